import assert from "node:assert/strict";
import { it } from "node:test";
import { forwardOnly } from "./clock.js";

it("stands when the machine's clock goes back", () => {
  const times = [10, 7, 9.9, 12];
  const clock = forwardOnly({ now: () => times.shift()! });
  assert.deepEqual([clock.now(), clock.now(), clock.now(), clock.now()], [10, 10, 10, 12]);
});
