import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { CustomerCommit, Environment, JournalEntry, NewOutboxRow, OutboxRow, Store } from "./store.js";

export interface StoreUnderTest {
  store: Store;
  /** Closes and opens again over the same data. Not asked of a store that forgets. */
  reopen?(): Promise<Store>;
  dispose(): Promise<void>;
}

/** Every promise of `Store`, as tests. Run it on your own store: `storeConformance("mine", open)`. */
export function storeConformance(
  name: string,
  open: () => Promise<StoreUnderTest>,
  { forgets = false }: { forgets?: boolean } = {},
): void {
  describe(`store ${name}`, () => {
    let under: StoreUnderTest;
    let store: Store;

    beforeEach(async () => {
      under = await open();
      store = under.store;
      await store.keepEnvironment(environment, 1);
    });
    afterEach(() => under.dispose());

    const commit = async (...parts: Partial<CustomerCommit>[]) => store.commit({ customers: parts.map(part) });
    const one = async (customer: string) => (await store.load([customer]))[0]!;
    const lease = (now: number, limit = 10): Promise<OutboxRow[]> =>
      store.lease({ lane: "email", now, until: now + 30, limit });

    it("gives empty sections and seq 0 for a customer never seen", async () => {
      assert.deepEqual(await one("c1"), {
        customer: "c1",
        seq: 0,
        state: { hot: bytes(), purchases: bytes() },
        wakeAt: null,
        parked: null,
      });
    });

    it("keeps a section that a commit leaves out", async () => {
      await commit({ hot: bytes(1), purchases: bytes(2) });
      await commit({ seq: 1, hot: bytes(3) });
      const { seq, state } = await one("c1");
      assert.deepEqual([seq, [...state.hot], [...state.purchases]], [2, [3], [2]]);
    });

    it("answers in the order asked", async () => {
      await commit({ customer: "b" }, { customer: "a" });
      const loaded = await store.load(["a", "x", "b"]);
      assert.deepEqual(
        loaded.map(({ customer, seq }) => [customer, seq]),
        [["a", 1], ["x", 0], ["b", 1]], // prettier-ignore
      );
    });

    it("reports a stale seq as a conflict and writes nothing of that part", async () => {
      await commit({ hot: bytes(1) });
      const outcomes = await commit(
        { hot: bytes(9), wakeAt: 5, outbox: [row("e1")] },
        { customer: "c2", hot: bytes(2) },
      );
      assert.deepEqual(outcomes, ["conflict", "stored"]);
      assert.deepEqual([...(await one("c1")).state.hot], [1]);
      assert.deepEqual([await store.nextWake(), await store.nextDelivery("email")], [null, null]);
      assert.equal((await one("c2")).seq, 1);
    });

    it("takes an event once, whoever brings it again", async () => {
      await commit({ entries: [entry("e1")] });
      assert.deepEqual(await store.seen([key("e1"), key("e2")]), [true, false]);
      assert.deepEqual(await commit({ seq: 1, entries: [entry("e1")] }), ["conflict"]);
      assert.deepEqual(await commit({ customer: "c2", entries: [entry("e1")] }), ["conflict"]);
      assert.deepEqual(await commit({ seq: 1, entries: [entry("e1", "other source")] }), ["stored"]);
    });

    it("moves the wake with the state", async () => {
      await commit({ wakeAt: 20 }, { customer: "c2", wakeAt: 10 }, { customer: "c3" });
      assert.equal(await store.nextWake(), 10);
      assert.deepEqual(await store.due(9, 10), []);
      assert.deepEqual((await store.due(20, 10)).map(customerOf), ["c2", "c1"]);
      assert.deepEqual((await store.due(20, 1)).map(customerOf), ["c2"]);
      await commit({ customer: "c2", seq: 1, wakeAt: 30 }, { seq: 1, wakeAt: null });
      assert.deepEqual(await store.due(30, 10), [{ customer: "c2", wakeAt: 30 }]);
    });

    it("leases what is due of one lane, earliest first, once", async () => {
      await commit({ outbox: [row("late", { nextAt: 9 }), row("soon", { nextAt: 1 }), row("sms", { lane: "sms" })] });
      assert.equal(await store.nextDelivery("email"), 1);
      assert.deepEqual((await lease(5)).map(effectOf), ["soon"]);
      assert.deepEqual((await lease(9)).map(effectOf), ["late"]);
      assert.deepEqual(await lease(9), []);
      assert.equal(await store.nextDelivery("email"), null);
    });

    it("gives back what it was given", async () => {
      await commit({ outbox: [row("e1", { body: '{"to":"ü"}', payload: bytes(0, 255), notAfter: 70 })] });
      const [taken] = await lease(5);
      const { token, ...rest } = taken!;
      assert.deepEqual({ ...rest, payload: [...rest.payload!], token: token > 0 }, {
        ...row("e1", { body: '{"to":"ü"}', notAfter: 70 }),
        state: "pending",
        payload: [0, 255],
        settledAt: null,
        token: true,
      }); // prettier-ignore
    });

    it("finds one row, and the rows of one customer", async () => {
      await commit({ outbox: [row("e1", { payload: bytes(1) })] }, { customer: "c2", outbox: [row("e2")] });
      assert.deepEqual([(await store.effect("e2"))!.customer, (await store.effect("e1"))!.payload], ["c2", null]);
      assert.equal(await store.effect("e3"), null);
      assert.deepEqual(await collect(store.ledger({ from: 0, until: 9, customer: "c2" })), [["e2", "pending", null]]);
    });

    it("makes the same effect once", async () => {
      await commit({ outbox: [row("e1", { body: "first" })] });
      await commit({ seq: 1, outbox: [row("e1", { body: "second" })] });
      assert.deepEqual((await lease(5)).map(({ body }) => body), ["first"]); // prettier-ignore
    });

    it("settles a row together with the step that heard of it", async () => {
      await commit({ outbox: [row("e1", { payload: bytes(1) })] });
      const [taken] = await lease(5);
      await store.begin([taken!], 35);
      const settled = [{ ...claim(taken!), state: "sent" as const, reason: null, at: 6 }];
      assert.deepEqual(await commit({ seq: 1, settled, entries: [entry("r1")] }), ["stored"]);
      assert.deepEqual(await collect(store.ledger({ from: 0, until: 100 })), [["e1", "sent", 6]]);
      assert.deepEqual(await commit({ seq: 2, settled }), ["fenced"]);
    });

    it("puts a row back for later and counts the attempt", async () => {
      await commit({ outbox: [row("e1")] });
      const [taken] = await lease(5);
      await store.postpone([{ ...claim(taken!), nextAt: 50, attempts: 1, reason: "busy" }]);
      assert.deepEqual(await lease(49), []);
      const [again] = await lease(50);
      assert.deepEqual([again!.attempts, again!.reason], [1, "busy"]);
      assert.ok(again!.token > taken!.token);
    });

    it("hands over what a dead worker held, and refuses the worker when it returns", async () => {
      await commit({ outbox: [row("e1"), row("e2", { nextAt: 1 })] });
      const [sending, leased] = await lease(5);
      assert.deepEqual(await store.begin([sending!], 35), [true]);
      assert.equal(await store.nextLeaseEnd(), 35);
      assert.deepEqual(await store.takeOver({ now: 35, until: 99, limit: 9, except: new Set(["e1", "e2"]) }), []);
      assert.deepEqual(await store.takeOver({ now: 34, until: 99, limit: 9, except: new Set() }), []);
      const taken = await store.takeOver({ now: 35, until: 99, limit: 9, except: new Set() });
      assert.deepEqual(new Map(taken.map(({ effect, state }) => [effect, state])), new Map([["e1", "sending"], ["e2", "leased"]])); // prettier-ignore
      // The taker may die as well; the next one has to be told the same.
      const again = await store.takeOver({ now: 99, until: 120, limit: 9, except: new Set() });
      assert.deepEqual(new Map(again.map(({ effect, state }) => [effect, state])), new Map([["e1", "sending"], ["e2", "leased"]])); // prettier-ignore
      assert.deepEqual(await store.begin([leased!], 99), [false]);
      await store.postpone([{ ...claim(sending!), nextAt: 0, attempts: 9, reason: null }]);
      const settled = [{ ...claim(sending!), state: "sent" as const, reason: null, at: 6 }];
      assert.deepEqual(await commit({ seq: 1, settled }), ["fenced"]);
      assert.deepEqual(await lease(99), []);
    });

    it("keeps a row that was settled when it was made", async () => {
      await commit({ outbox: [row("e1", { state: "failed", reason: "no template" })] });
      assert.deepEqual(await lease(99), []);
      assert.deepEqual(await collect(store.ledger({ from: 0, until: 9 })), [["e1", "failed", 1]]);
    });

    it("parks a customer with what was accepted, in order, and takes it out again", async () => {
      const parked = { reason: "trap", since: 7, tries: 1 };
      await commit({ parked, wakeAt: 60, defer: [input("e1"), input("e2")] });
      assert.deepEqual((await one("c1")).parked, parked);
      assert.deepEqual(await store.parked(9), [{ customer: "c1", ...parked, nextTry: 60, waiting: 2 }]);
      assert.deepEqual(await store.seen([key("e2")]), [true]);
      assert.deepEqual(await commit({ seq: 1, defer: [input("e2")] }), ["conflict"]);
      assert.deepEqual((await store.deferred("c1", 1)).map(({ event }) => event), [key("e1")]); // prettier-ignore
      assert.deepEqual(await commit({ seq: 1, parked, undefer: 1, entries: [entry("e1")] }), ["stored"]);
      assert.deepEqual((await store.deferred("c1", 9)).map(({ event }) => event), [key("e2")]); // prettier-ignore
      assert.deepEqual(await commit({ seq: 2, parked: null, undefer: 1, entries: [entry("e2")] }), ["stored"]);
      assert.deepEqual([await store.parked(9), (await one("c1")).parked], [[], null]);
    });

    it("keeps an environment by its hash", async () => {
      await store.keepEnvironment(environment, 1);
      const kept = await store.environment("env");
      assert.deepEqual([kept!.program.hash, [...kept!.program.bytes], kept!.model], ["p", [1, 2], null]);
      assert.equal(await store.environment("other"), null);
    });

    it("forgets what is past its time, and nothing of what is under way", async () => {
      const at = (now: number, id: string, type: string) => ({ ...entry(id), now, type });
      const entries = [at(1, "a", "order.placed"), at(2, "b", "page.visited"), at(3, "c", "order.placed"), at(4, "d", "page.visited")]; // prettier-ignore
      await commit({ entries, hot: bytes(7), outbox: [row("e1"), row("e2"), row("e3")] });
      const [first] = await lease(9, 1);
      await commit({ seq: 1, settled: [{ ...claim(first!), state: "sent", reason: null, at: 2 }] });
      const before = { journal: 2, browsing: 4, outbox: 3, links: 0, environments: 0 };
      assert.deepEqual(await store.prune(before, 100), { journal: 2, outbox: 1, links: 0, blobs: 0 });
      assert.deepEqual(await store.prune(before, 100), { journal: 0, outbox: 0, links: 0, blobs: 0 });
      const left: string[] = [];
      for await (const { event } of store.journal({ from: 0, until: 9 })) if (event) left.push(event.id);
      assert.deepEqual(left, ["c", "d"]);
      assert.deepEqual(await store.seen([key("a"), key("b"), key("c")]), [false, false, true]);
      const effects: string[] = [];
      for await (const { effect } of store.ledger({ from: 0, until: 9 })) effects.push(effect);
      assert.deepEqual(effects, ["e2", "e3"]);
      assert.deepEqual([...(await one("c1")).state.hot], [7]);
      assert.deepEqual(
        (await lease(9)).map(({ effect }) => effect),
        ["e2", "e3"],
      );
    });

    it("forgets an environment only when it was replaced long ago", async () => {
      const next = (hash: string) => ({ ...environment, hash, catalogue: { hash: `catalogue of ${hash}`, bytes: bytes(hash.length) } }); // prettier-ignore
      await store.keepEnvironment(next("second"), 10);
      await store.keepEnvironment(next("third"), 20);
      await store.prune({ journal: 0, browsing: 0, outbox: 0, links: 0, environments: 15 }, 100);
      const there = async (hash: string) => (await store.environment(hash)) !== null;
      assert.deepEqual([await there("env"), await there("second"), await there("third")], [false, true, true]);
      // A program that was replaced goes, though its catalogue is still in use.
      await store.keepEnvironment({ ...next("fourth"), program: { hash: "p4", bytes: bytes(4) } }, 40);
      await store.keepEnvironment({ ...next("fourth"), hash: "fifth" }, 50);
      await store.prune({ journal: 0, browsing: 0, outbox: 0, links: 0, environments: 60 }, 100);
      assert.deepEqual([await there("fourth"), await there("fifth")], [false, true]);
      // Its own program was that of the others too; and a return to it brings it back.
      await store.keepEnvironment(environment, 70);
      assert.deepEqual([...(await store.environment("env"))!.program.bytes], [1, 2]);
      assert.deepEqual(await commit({ entries: [entry("late")] }), ["stored"]);
    });

    it("tells the journal in order, by customer and by type", async () => {
      await commit(
        { entries: [entry("e1"), { ...entry("e2"), type: "order.placed" }] },
        { customer: "c2", entries: [wake] },
      );
      const told = async (query: object) => {
        const records = [];
        for await (const record of store.journal({ from: 0, until: 100, ...query })) {
          records.push(`${record.customer}/${record.seq} ${record.event?.id ?? "wake"} ${record.environment}`);
        }
        return records;
      };
      assert.deepEqual(await told({}), ["c1/1 e1 env", "c1/1 e2 env", "c2/1 wake env"]);
      assert.deepEqual(await told({ customer: "c2" }), ["c2/1 wake env"]);
      assert.deepEqual(await told({ types: ["order.placed"] }), ["c1/1 e2 env"]);
      assert.deepEqual(await told({ from: 6 }), []);
    });

    it("recognises a suppressed contact", async () => {
      await store.suppress({ hash: "h1", at: 1, reason: "bounced" });
      await store.suppress({ hash: "h1", at: 2, reason: "again" });
      assert.deepEqual(await store.suppressed(["h2", "h1"]), [false, true]);
    });

    it("erases a customer and keeps the suppression", async () => {
      await commit({ hot: bytes(1), wakeAt: 5, outbox: [row("e1")], entries: [entry("e1")], defer: [input("e2")] });
      await commit({ customer: "c2", wakeAt: 6 });
      await store.logLink({ at: 1, customer: "c1", purpose: "cart", method: "GET", agent: "person" });
      assert.ok((await store.erase("c1", [{ hash: "h", at: 9, reason: "erased" }])) > 0);
      assert.equal((await one("c1")).seq, 0);
      assert.deepEqual([await store.nextWake(), await store.nextDelivery("email")], [6, null]);
      assert.deepEqual(await store.seen([key("e1"), key("e2")]), [false, false]);
      assert.deepEqual(await collect(store.ledger({ from: 0, until: 99 })), []);
      assert.deepEqual(await store.suppressed(["h"]), [true]);
      assert.equal(await store.erase("c1", []), 0);
    });

    it("lists customers page by page", async () => {
      await commit({ customer: "b" }, { customer: "a" }, { customer: "c" });
      assert.deepEqual(await store.customers({ limit: 2 }), ["a", "b"]);
      assert.deepEqual(await store.customers({ after: "b", limit: 2 }), ["c"]);
    });

    it("commits the progress of an import with its rows", async () => {
      const progress = { id: "file", offset: 100, rows: 5, refused: 1, done: false };
      await store.commit({ customers: [part({})], progress });
      await store.commit({ customers: [], progress: { ...progress, offset: 200, done: true } });
      assert.deepEqual(await store.importProgress("file"), { ...progress, offset: 200, done: true });
      assert.equal(await store.importProgress("other"), null);
    });

    it("leaves the progress of an import alone when one of its customers is not stored", async () => {
      const progress = { id: "file", offset: 100, rows: 5, refused: 1, done: false };
      await store.commit({ customers: [part({}), part({ customer: "c2", seq: 7 })], progress });
      assert.equal(await store.importProgress("file"), null);
    });

    it("sets a named value once", async () => {
      assert.equal(await store.meta("key"), null);
      assert.equal(await store.metaOnce("key", "a"), "a");
      assert.equal(await store.metaOnce("key", "b"), "a");
    });

    it("sets a named value again", async () => {
      await store.metaSet("key", "a");
      await store.metaSet("key", "b");
      assert.equal(await store.meta("key"), "b");
    });

    if (forgets) return;

    it("has everything after it was closed and opened", async () => {
      await commit({ hot: bytes(7), wakeAt: 40, outbox: [row("e1")], entries: [entry("e1")] });
      store = await under.reopen!();
      assert.deepEqual([...(await one("c1")).state.hot], [7]);
      assert.deepEqual([await store.nextWake(), await store.nextDelivery("email")], [40, 1]);
      assert.deepEqual(await store.seen([key("e1")]), [true]);
      assert.deepEqual(await commit({ seq: 1, entries: [entry("e9")] }), ["stored"]);
    });
  });
}

const environment: Environment = {
  hash: "env",
  program: { hash: "p", bytes: new Uint8Array([1, 2]) },
  model: null,
  catalogue: { hash: "c", bytes: new Uint8Array([3]) },
};

const wake: JournalEntry = { now: 5, input: bytes(), event: null, type: null, environment: "env" };

const entry = (id: string, source = "shop"): JournalEntry => ({
  ...wake,
  event: { source, id },
  type: "product.viewed",
});
const key = (id: string) => ({ source: "shop", id });
const input = (id: string) => ({ input: bytes(1), event: key(id), type: "product.viewed" });
const claim = ({ effect, token }: OutboxRow) => ({ effect, token });
const customerOf = ({ customer }: { customer: string }) => customer;
const effectOf = ({ effect }: OutboxRow) => effect;

function bytes(...values: number[]): Uint8Array {
  return new Uint8Array(values);
}

function part(given: Partial<CustomerCommit>): CustomerCommit {
  const customer = given.customer ?? "c1";
  const nothing = { entries: [], outbox: [], settled: [], defer: [], undefer: 0 };
  const same = { seq: 0, hot: null, purchases: null, wakeAt: null, parked: null };
  const outbox = (given.outbox ?? []).map((one) => ({ ...one, customer }));
  return { ...nothing, ...same, ...given, customer, outbox };
}

function row(effect: string, given: Partial<NewOutboxRow> = {}): NewOutboxRow {
  return {
    effect,
    customer: "c1",
    kind: "message.send",
    lane: "email",
    state: "pending",
    attempts: 0,
    nextAt: 1,
    notAfter: null,
    body: "{}",
    payload: null,
    reason: null,
    createdAt: 1,
    ...given,
  };
}

async function collect(rows: AsyncIterable<OutboxRow>): Promise<unknown[]> {
  const found = [];
  for await (const { effect, state, settledAt } of rows) found.push([effect, state, settledAt]);
  return found;
}
