import assert from "node:assert/strict";
import { it } from "node:test";
import { StoreUnavailable } from "../stores/errors.js";
import { memoryStore } from "../stores/memory.js";
import type { Store } from "../stores/store.js";
import { Pipeline } from "./pipeline.js";
import type { TurnContext } from "./turn.js";
import type { Work } from "./work.js";

const nothing = new Uint8Array(0);
const context: TurnContext = {
  decider: {
    hash: "env",
    step: () => ({ hot: nothing, purchases: null, wakeAt: null, effects: [], refused: null, trace: [] }),
  },
  release: async () => ({ rows: [], receipt: null }),
  receiptRefused: () => {},
  now: 0,
};

function pipeline(store: Store): Pipeline {
  return new Pipeline({ store, context: () => context, waitingMax: 10, committed: () => {} });
}

function work(customer: string, id = customer): Work {
  return { customer, input: { bytes: nothing, event: { source: "shop", id }, type: "x" }, settled: null };
}

async function outcomes(promises: Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((one) =>
    one.status === "fulfilled" ? (one.value as { outcome: string }).outcome : (one.reason as Error).message,
  );
}

it("stores what came together in one transaction", async () => {
  const store = memoryStore();
  let commits = 0;
  const line = pipeline({ ...store, commit: (batch) => (commits++, store.commit(batch)) });
  assert.deepEqual(await outcomes(line.admit([work("a"), work("b"), work("a", "a2")])), [
    "accepted",
    "accepted",
    "accepted",
  ]);
  assert.equal(commits, 1);
});

it("does not let one customer's failure be the others'", async () => {
  const store = memoryStore();
  const line = pipeline({
    ...store,
    async commit(batch) {
      if (batch.customers.some(({ customer }) => customer === "bad")) throw new Error("constraint failed");
      return store.commit(batch);
    },
  });
  assert.deepEqual(await outcomes(line.admit([work("a"), work("bad"), work("b")])), [
    "accepted",
    "constraint failed",
    "accepted",
  ]);
});

it("promises nothing while the store is not there", async () => {
  const store = memoryStore();
  let tries = 0;
  const line = pipeline({
    ...store,
    async commit(batch) {
      if (tries++ === 0) throw new StoreUnavailable("the disk is full");
      return store.commit(batch);
    },
  });
  assert.deepEqual(await outcomes(line.admit([work("a"), work("b")])), ["the disk is full", "the disk is full"]);
  assert.deepEqual(await outcomes(line.admit([work("a"), work("b")])), ["accepted", "accepted"]);
});

it("steps again what lost to another writer", async () => {
  const store = memoryStore();
  let stolen = false;
  const line = pipeline({
    ...store,
    async commit(batch) {
      const [first] = batch.customers;
      if (!stolen) await store.commit({ customers: [{ ...first!, entries: [], hot: new Uint8Array([1]) }] });
      stolen = true;
      return store.commit(batch);
    },
  });
  assert.deepEqual(await outcomes(line.admit([work("a")])), ["accepted"]);
  assert.equal((await store.load(["a"]))[0]!.seq, 2);
});

it("finds the same event under two customers, in one batch", async () => {
  const line = pipeline(memoryStore());
  assert.deepEqual(await outcomes(line.admit([work("a", "same"), work("b", "same")])), ["accepted", "duplicate"]);
});
