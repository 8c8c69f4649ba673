import assert from "node:assert/strict";
import { it } from "node:test";
import { csvRows } from "./csv.js";

for (const [text, rows] of [
  [
    "a,b\n1,2\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  ['a\r\n"x, ""y""\nz"\r\n', [["a"], ['x, "y"\nz']]],
  ["a,,b", [["a", "", "b"]]],
  ["", [[""]]],
] as const) {
  // prettier-ignore
  it(JSON.stringify(text), () => assert.deepEqual([...csvRows(text)], rows));
}
