import assert from "node:assert/strict";
import { test } from "node:test";
import type { IngestResult } from "comeback";
import { openGrocer } from "../shop/grocer.js";
import { EventBridge } from "./event-bridge.js";

function shopWithEvents(count: number) {
  const grocer = openGrocer(":memory:");
  grocer.db.transaction(() => {
    for (let at = 1; at <= count; at++)
      grocer.outbox.record({ type: "customer.logged_in", at, customer: "c1", data: {} });
  })();
  return grocer;
}

test("events are told in order, and again under the same ids until they are acknowledged", async () => {
  const grocer = shopWithEvents(450);
  const heard: string[] = [];
  let fails = 1;
  const ingest = async (events: readonly unknown[]): Promise<IngestResult[]> => {
    const ids = events.map((event) => (event as { id: string }).id);
    heard.push(...ids);
    if (heard.length > 200 && fails-- > 0) throw new Error("gone in the middle");
    return ids.map((id) => ({ id, status: "accepted" as const }));
  };
  const bridge = new EventBridge(grocer.outbox, { ingest }, () => 0);
  await assert.rejects(bridge.deliver(), /gone in the middle/);
  assert.equal(grocer.outbox.countWaiting(), 250);
  assert.equal(await bridge.deliver(), 250);
  assert.equal(grocer.outbox.countWaiting(), 0);
  const expected = Array.from({ length: 450 }, (_, index) => `shop-${index + 1}`);
  assert.deepEqual([...new Set(heard)], expected);
  assert.equal(heard.length, 650, "the part that was not acknowledged was told twice");
  grocer.close();
});

test("a refusal is kept where somebody sees it, and does not hold up the rest", async () => {
  const grocer = shopWithEvents(3);
  const refusal = { code: "bad_field", path: "data", message: "not like this" };
  const ingest = async (events: readonly unknown[]): Promise<IngestResult[]> =>
    events.map((event, index) => ({
      id: (event as { id: string }).id,
      ...(index === 1 ? { status: "refused" as const, refusal } : { status: "accepted" as const }),
    }));
  const bridge = new EventBridge(grocer.outbox, { ingest }, () => 0);
  assert.equal(await bridge.deliver(), 3);
  assert.deepEqual(bridge.refused, [{ id: "shop-2", type: "customer.logged_in", why: "not like this" }]);
  grocer.close();
});
