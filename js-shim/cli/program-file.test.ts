import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseProgram } from "./program-file.js";

const text = `shop:
  name: Leaf
journeys:
  - id: welcome
    steps:
      - wait: 3 bananas
      - send:
          template: hello
`;

describe("a problem's place", () => {
  for (const [pointer, place] of [
    ["", "1:1"],
    ["/shop/name", "2:9"],
    ["/shop", "1:1"],
    ["/journeys/0/steps/0/wait", "6:15"],
    ["/journeys/0/steps/1/send", "7:9"],
    ["/journeys/0/steps/1/send/channel", "7:9"],
    ["/journeys/0/steps/9", "5:5"],
    ["/nothing/here", "1:1"],
  ]) {
    it(`${pointer || "the whole"} is ${place}`, () => {
      const problem = { severity: "error", path: pointer!, code: "x", message: "m", remedy: null } as const;
      const { line, column } = parseProgram("p.yaml", text).place(problem);
      assert.equal(`${line}:${column}`, place);
    });
  }

  it("is known for mistakes of the text itself", () => {
    const { problems, tree } = parseProgram("p.yaml", "a: 1\nb: 2\na: 3\n");
    assert.deepEqual(
      problems.map(({ line, column, code, message }) => [line, column, code, message]),
      [[3, 1, "yaml_duplicate_key", "map keys must be unique"]],
    );
    assert.equal(tree, null);
  });
});
