import assert from "node:assert/strict";
import { it } from "node:test";
import { memoryStore } from "../stores/memory.js";
import type { CustomerCommit, OutboxRow, Store } from "../stores/store.js";
import { Lane } from "./lane.js";
import { bucket, type Rate } from "./rates.js";

it("delivers so many at a time, and each once", async () => {
  const { lane, delivered, busiest } = await filled(10, { concurrency: 3 });
  assert.equal(await lane.run(), 10);
  assert.deepEqual([delivered.length, new Set(delivered).size, busiest()], [10, 10, 3]);
  assert.equal(await lane.run(), 0);
});

it("joins a run that is going on", async () => {
  const { lane, delivered } = await filled(5, {});
  const [first, second] = [lane.run(), lane.run()];
  assert.deepEqual([await first, await second, delivered.length], [5, 5, 5]);
});

it("stops where the rate does, and knows when it goes on", async () => {
  const { lane, delivered } = await filled(5, { perSecond: 2 });
  await lane.run();
  assert.deepEqual([delivered.length, await lane.nextAt()], [2, 600]);
});

it("gives back what it has not begun when it is stopped", async () => {
  const { lane, delivered, store } = await filled(4, {}, () => void lane.stop());
  await lane.run();
  assert.equal(delivered.length, 1);
  // Not when the lease ends, but now.
  assert.equal(await store.nextDelivery("email"), 100);
  assert.equal((await store.lease({ lane: "email", now: 100, until: 200, limit: 9 })).length, 3);
});

it("holds nothing after a failure of the store", async () => {
  const { lane } = await filled(3, {}, () => {
    throw new Error("disk full");
  });
  await assert.rejects(lane.run(), /disk full/);
  assert.deepEqual([lane.held.size, lane.running], [0, false]);
});

async function filled(rows: number, rate: Rate, onDelivery: () => void = () => {}) {
  const store = memoryStore();
  await put(store, rows);
  const delivered: string[] = [];
  let [now, most] = [0, 0];
  const lane = new Lane({
    name: "email",
    store,
    bucket: bucket(rate),
    concurrency: rate.concurrency ?? 1,
    leaseMs: 1000,
    now: () => 100,
    async deliver(row: OutboxRow) {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now -= 1;
      delivered.push(row.effect);
      onDelivery();
      const settled = { effect: row.effect, token: row.token, state: "sent" as const, reason: null, at: 100 };
      const [customer] = await store.load(["anna"]);
      await store.commit({ customers: [{ ...empty, seq: customer!.seq, settled: [settled] }] });
    },
  });
  return { lane, store, delivered, busiest: () => most };
}

const nothing = { entries: [], outbox: [], settled: [], defer: [], undefer: 0 };
const empty: CustomerCommit = {
  ...nothing,
  customer: "anna",
  seq: 0,
  hot: null,
  purchases: null,
  wakeAt: null,
  parked: null,
};

async function put(store: Store, count: number): Promise<void> {
  const row = { customer: "anna", kind: "message.send", lane: "email", state: "pending" as const, body: "{}" };
  const times = { attempts: 0, nextAt: 1, notAfter: null, createdAt: 1, payload: null, reason: null };
  const outbox = Array.from({ length: count }, (_, at) => ({ ...row, ...times, effect: `e${at}` }));
  await store.commit({ customers: [{ ...empty, outbox }] });
}
