import assert from "node:assert/strict";
import { it } from "node:test";
import { Agenda } from "./agenda.js";

it("gives things back by time, then by key, whatever the order they came in", () => {
  const agenda = new Agenda<number>();
  // A fixed shuffle: multiples of 37 modulo 100.
  for (let n = 0; n < 100; n++) agenda.add((n * 37) % 50, String((n * 37) % 100).padStart(2, "0"), (n * 37) % 100);
  const taken = [];
  for (let next = agenda.take(); next; next = agenda.take()) taken.push(`${next.at}/${next.what}`);
  const expected = Array.from({ length: 50 }, (_, at) => [`${at}/${at}`, `${at}/${at + 50}`]).flat();
  assert.deepEqual(taken, expected);
  assert.equal(agenda.nextAt, null);
});
