import assert from "node:assert/strict";
import { test } from "node:test";
import { openGrocer } from "../shop/grocer.js";
import { TimeMachine, type Station } from "./time-machine.js";

const HOUR_MS = 3_600_000;

/** Rings at the given hours after the start and writes down what the clock showed. */
function bell(name: string, hours: number[], clock: { now(): number }, start: number, rung: string[]): Station {
  const due = hours.map((hour) => start + hour * HOUR_MS);
  return {
    name,
    nextAt: () => due[0] ?? null,
    run: async () => {
      if ((due[0] ?? Infinity) > clock.now()) return false;
      due.shift();
      rung.push(`${name} at ${Math.floor((clock.now() - start) / HOUR_MS)}`);
      return true;
    },
  };
}

test("a ride stops wherever something is due, in the order of time", async () => {
  const grocer = openGrocer(":memory:");
  const { clock } = grocer;
  const start = clock.now();
  const rung: string[] = [];
  const machine = new TimeMachine(clock, [
    bell("one", [2, 5], clock, start, rung),
    bell("two", [1, 5, 30], clock, start, rung),
  ]);
  machine.moveTo(start + 24 * HOUR_MS);
  assert.equal(await machine.arrived(5000), true);
  assert.deepEqual(rung, ["two at 1", "one at 2", "one at 5", "two at 5"]);
  assert.equal(clock.now() >= start + 24 * HOUR_MS, true);
  assert.equal(machine.ride?.error, null);
  grocer.close();
});

test("a ride that fails says where, and the next one starts there", async () => {
  const grocer = openGrocer(":memory:");
  const { clock } = grocer;
  const start = clock.now();
  let broken = true;
  const station: Station = {
    name: "broken",
    nextAt: () => start + HOUR_MS,
    run: async () => {
      if (broken && clock.now() >= start + HOUR_MS) throw new Error("no paper in the printer");
      return false;
    },
  };
  const machine = new TimeMachine(clock, [station]);
  machine.moveTo(start + 5 * HOUR_MS);
  await machine.arrived(5000);
  assert.equal(machine.ride?.error, "no paper in the printer");
  broken = false;
  machine.moveTo(start + 5 * HOUR_MS);
  await machine.arrived(5000);
  assert.equal(machine.ride?.error, null);
  assert.equal(clock.now() >= start + 5 * HOUR_MS, true);
  grocer.close();
});
