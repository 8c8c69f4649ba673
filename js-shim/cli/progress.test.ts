import assert from "node:assert/strict";
import { it } from "node:test";
import { line, progress } from "./progress.js";

it("tells how far it is, how fast, and how long it will take", () => {
  assert.equal(line("reading", "MB", 1.5, 6, 1000), "reading  25%  1.5 of 6.0 MB  1.5 MB/s  0:03 left");
  assert.equal(
    line("importing", "customers", 500, 5853, 500),
    "importing  8%  500 of 5,853 customers  1,000 customers/s  0:06 left",
  );
  assert.equal(line("reading", "MB", 0, 0, 0), "reading  0%  0.0 of 0.0 MB  0.0 MB/s");
});

it("is silent when nobody looks", () => {
  const said: string[] = [];
  const io = { out: () => {}, err: (text: string) => void said.push(text), isTerminal: false, color: false, env: {} };
  const shown = progress("reading", "MB", io);
  shown.at(1, 2);
  shown.end();
  assert.deepEqual(said, []);
});
