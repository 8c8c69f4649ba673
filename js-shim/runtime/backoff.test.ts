import assert from "node:assert/strict";
import { it } from "node:test";
import { waitBefore } from "./backoff.js";

const minutes = { firstMs: 60_000, maxMs: 3_600_000 };

it("doubles up to the cap, between half and all of it", () => {
  for (const [tries, whole] of [
    [0, 60_000],
    [1, 120_000],
    [5, 1_920_000],
    [6, 3_600_000],
    [500, 3_600_000],
  ] as const) {
    // prettier-ignore
    const wait = waitBefore(tries, "e1", minutes);
    assert.ok(wait >= whole / 2 && wait <= whole, `${tries} tries: ${wait}`);
  }
});

it("is the same for the same key and spread over keys", () => {
  const waits = new Set(Array.from({ length: 100 }, (_, at) => waitBefore(3, `effect ${at}`, minutes)));
  assert.ok(waits.size > 90);
  assert.equal(waitBefore(3, "effect 7", minutes), waitBefore(3, "effect 7", minutes));
});
