import assert from "node:assert/strict";
import { test } from "node:test";
import { mergePrograms } from "./merge.js";

test("lists are joined, words once, and of single values the first counts", () => {
  const merged = mergePrograms([
    {
      comeback: 1,
      shop: { name: "A", zone: "UTC" },
      policy: { topics: ["news"], slot: "0m" },
      journeys: [{ id: "a" }],
    },
    { comeback: 1, shop: { name: "B" }, policy: { topics: ["news", "care"], slot: "10m" }, journeys: [{ id: "a" }] },
    { offers: [{ id: "o" }] },
  ]);
  assert.deepEqual(merged, {
    comeback: 1,
    shop: { name: "A", zone: "UTC" },
    policy: { topics: ["news", "care"], slot: "0m" },
    journeys: [{ id: "a" }, { id: "a" }],
    offers: [{ id: "o" }],
  });
});
