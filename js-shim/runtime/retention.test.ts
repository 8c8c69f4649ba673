import assert from "node:assert/strict";
import { it } from "node:test";
import { memoryStore } from "../stores/memory.js";
import { fakeShop, virtualClock } from "../testing/index.js";
import { createComeback } from "./comeback.js";

const day = 86_400_000;

it("forgets browsing before the rest, and customers never", async () => {
  const store = memoryStore();
  const clock = virtualClock("2026-03-01T12:00:00Z");
  const program = { comeback: 1, shop: { name: "Leaf", zone: "UTC", currency: "EUR", locale: "en" } };
  const retention = { journal: 100, browsing: 10 };
  const comeback = await createComeback({ program, store, shop: fakeShop([]), clock, retention });
  const heard = (id: string, type: string, data: object) => {
    return { id, source: "shop", type, at: new Date(clock.now()).toISOString(), customer: "anna", data };
  };
  await comeback.ingest(
    [heard("1", "customer.registered", { name: "Anna" }), heard("2", "page.visited", { url: "/" })],
    "shop",
  );
  const types = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { type } of store.journal({ from: 0, until: Number.MAX_SAFE_INTEGER }))
      if (type !== "program.published" && type) found.push(type);
    return found;
  };
  clock.advance(9 * day);
  await comeback.tick();
  assert.deepEqual(await types(), ["customer.registered", "page.visited"]);
  clock.advance(2 * day);
  await comeback.tick();
  assert.deepEqual(await types(), ["customer.registered"]);
  clock.advance(100 * day);
  await comeback.tick();
  assert.deepEqual(await types(), []);
  assert.equal((await comeback.ask<{ name: string }>("anna", { ask: "profile" })).name, "Anna");
  await comeback.stop();
});
