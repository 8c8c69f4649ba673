import assert from "node:assert/strict";
import { it } from "node:test";
import { chiSquareAbove, meanDifference, sampleRatio, shareDifference, shareInterval, summed } from "./statistics.js";

const near = (value: number, expected: number, by = 5e-4) =>
  assert.ok(Math.abs(value - expected) <= by, `${value} is not ${expected}`);

it("gives Wilson's interval", () => {
  // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  const table: [count: number, of: number, low: number, high: number][] = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ];
  for (const [count, of, low, high] of table) {
    const interval = shareInterval({ count, of });
    near(interval.low, low);
    near(interval.high, high);
  }
  assert.deepEqual(shareInterval({ count: 0, of: 0 }), { value: 0, low: 0, high: 1 });
});

it("gives Newcombe's interval of a difference", () => {
  // Newcombe 1998, table II, method 10: 56/70 and 48/80; 9/10 and 3/10; 0/20 and 0/10.
  const table: [number, number, number, number, number, number][] = [
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [0, 20, 0, 10, -0.2775, 0.1611],
  ];
  for (const [a, n, b, m, low, high] of table) {
    const interval = shareDifference({ count: a, of: n }, { count: b, of: m });
    near(interval.low, low);
    near(interval.high, high);
  }
});

it("compares means, when there are any", () => {
  assert.equal(meanDifference(summed([1]), summed([1, 2])), null);
  const interval = meanDifference(summed([10, 12, 14]), summed([9, 9, 9]))!;
  near(interval.value, 3);
  near(interval.high - interval.low, 2 * 1.959964 * Math.sqrt(4 / 3));
});

it("notices arms that are not as large as they should be", () => {
  near(chiSquareAbove(3.841459, 1), 0.05, 1e-6);
  near(chiSquareAbove(9.487729, 4), 0.05, 1e-6);
  near(chiSquareAbove(0.710723, 4), 0.95, 1e-6);
  near(chiSquareAbove(60, 3), 5.878e-13, 1e-15);
  assert.equal(sampleRatio([3, 4], [1, 1]), null, "too few");
  assert.equal(sampleRatio([505, 495], [1, 1])!.mismatch, false);
  assert.equal(sampleRatio([600, 400], [1, 1])!.mismatch, true);
  assert.equal(sampleRatio([903, 97], [90, 10])!.mismatch, false);
  assert.equal(sampleRatio([250, 250, 250, 150], [1, 1, 1, 1])!.mismatch, true);
});
