import assert from "node:assert/strict";
import { it } from "node:test";
import { bucket } from "./rates.js";

it("without limits lets everything through", () => {
  const free = bucket({});
  assert.deepEqual([free.take(1000, 0), free.readyAt(5)], [1000, 5]);
});

it("gives one second of burst, then the rate", () => {
  const ten = bucket({ perSecond: 10 });
  assert.deepEqual([ten.take(50, 0), ten.take(1, 0), ten.readyAt(0)], [10, 0, 100]);
  assert.deepEqual([ten.take(50, 250), ten.readyAt(250)], [2, 300]);
});

it("never holds less than one message, however slow", () => {
  const slow = bucket({ perMinute: 6 });
  assert.deepEqual([slow.take(5, 0), slow.readyAt(0), slow.take(5, 10_000)], [1, 10_000, 1]);
});

it("takes the stricter of two limits, and what is given back", () => {
  const both = bucket({ perSecond: 100, perMinute: 60 });
  assert.equal(both.take(9, 0), 1);
  both.give(1);
  assert.equal(both.take(9, 0), 1);
});

it("stands still when the clock goes back", () => {
  const one = bucket({ perSecond: 1 });
  one.take(1, 10_000);
  assert.equal(one.take(1, 0), 0);
});
