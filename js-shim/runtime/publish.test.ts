import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import type { EventEnvelope } from "../core/types.js";
import { memoryStore } from "../stores/memory.js";
import { sqliteStore } from "../stores/sqlite.js";
import type { Store } from "../stores/store.js";
import { fakeChannel, fakeShop, virtualClock } from "../testing/index.js";
import { createComeback } from "./comeback.js";
import { requestRun } from "./publish.js";

const sunday = "2026-03-01T12:00:00Z";
const day = 86_400_000;
/** More than one page, so that a publication can be cut in the middle. */
const customers = 1_200;

const letter = (template: string) => [{ send: { template, class: "transactional" } }];
const program = (journeys: object[]) => ({
  comeback: 1,
  shop: { name: "Leaf", zone: "UTC", currency: "EUR", locale: "en" },
  policy: { quiet_hours: null, slot: "0m" },
  journeys,
});
const waiting = {
  id: "hello",
  trigger: { event: "search.performed" },
  steps: [{ id: "pause", wait: { for: "30d" } }, ...letter("hello")],
};
const winBack = (backlog: unknown) => ({
  id: "back",
  trigger: { inactive: { last: "purchase", for: "14d" } },
  backlog,
  steps: letter("win-back"),
});
const spring = {
  id: "spring",
  trigger: { manual: true },
  when: { orders: { at_least: 1 } },
  steps: letter("spring"),
};

/** Half of the customers bought something five weeks ago. */
function history(at: number): { customer: string; events: EventEnvelope[] } {
  const customer = `c${String(at).padStart(5, "0")}`;
  const placed_at = "2026-01-26T10:00:00Z";
  const event = (id: string, type: string, data: object) => ({
    id: `${customer}/${id}`,
    source: "shop",
    type,
    at: placed_at,
    customer,
    data: { ...data },
  });
  const order = { id: customer, revision: 1, status: "completed", placed_at, currency: "EUR", total: 1, lines: [] };
  return {
    customer,
    events: [
      event("r", "customer.registered", { email: `${customer}@customers.example`, zone: "UTC" }),
      ...(at % 2 === 0 ? [event("o", "order.placed", { order })] : []),
    ],
  };
}

async function start(store: Store, journeys: object[], clock = virtualClock(sunday)) {
  const email = fakeChannel();
  const shop = fakeShop([]);
  const comeback = await createComeback({ program: program(journeys), store, shop, channels: [email], clock });
  return { comeback, email, clock };
}

async function stocked(store: Store, journeys: object[]) {
  const started = await start(store, journeys);
  await started.comeback.importHistory(
    "past",
    Array.from({ length: customers }, (_, at) => history(at)),
  );
  await started.comeback.tick();
  return started;
}

async function publications(store: Store): Promise<number> {
  let count = 0;
  const span = { from: 0, until: Number.MAX_SAFE_INTEGER, types: ["program.published"] };
  for await (const _ of store.journal(span)) count += 1;
  return count;
}

it("says who was due before a journey was switched on, and publishes as its policy says", async () => {
  const { comeback, email } = await stocked(memoryStore(), []);
  const backlog = async (policy: unknown) => (await comeback.preview(program([winBack(policy)]))).backlog;
  const due = { journey: "back", customers: customers / 2 };
  assert.deepEqual(await backlog("skip"), [{ ...due, policy: "skip", days: null }]);
  assert.deepEqual(await backlog({ per_day: 100 }), [{ ...due, policy: { per_day: 100 }, days: 6 }]);
  assert.deepEqual(await backlog("all"), [{ ...due, policy: "all", days: 0 }]);
  await comeback.publish(program([winBack("skip")]));
  await comeback.tick();
  assert.equal(email.delivered.length, 0);
  await comeback.publish(program([winBack("all")]));
  await comeback.tick();
  assert.equal(new Set(email.delivered).size, customers / 2);
  await comeback.publish(program([winBack("all"), waiting]));
  await comeback.tick();
  assert.equal(email.delivered.length, customers / 2, "publishing again sends to nobody twice");
  await comeback.stop();
});

it("spreads a backlog over days, also when the history was imported under the very program", async () => {
  const { comeback, email, clock } = await stocked(memoryStore(), [winBack({ per_day: 100 })]);
  const perDay: number[] = [];
  for (let passed = 0; passed < 8; passed++) {
    const before = email.delivered.length;
    clock.advance(day);
    await comeback.tick();
    perDay.push(email.delivered.length - before);
  }
  assert.equal(email.delivered.length, customers / 2);
  const busy = perDay.filter((count) => count > 0);
  assert.ok(busy.length >= 6 && perDay.every((count) => count < 140), JSON.stringify(perDay));
  await comeback.stop();
});

it("counts what becomes of runs, and does it", async () => {
  const { comeback } = await stocked(memoryStore(), [waiting]);
  const search = {
    id: "s",
    source: "shop",
    type: "search.performed",
    at: sunday,
    customer: "c00001",
    data: { query: "tea" },
  };
  await comeback.ingest([search], "shop");
  const runs = async (journeys: object[]) => (await comeback.preview(program(journeys))).runs;
  const counts = { journey: "hello", stays: 0, restarts: 0, leaves: 0 };
  const changed = { ...waiting, steps: letter("hello") };
  assert.deepEqual(await runs([waiting, spring]), [{ ...counts, stays: 1 }]);
  assert.deepEqual(await runs([{ ...changed, when_step_is_gone: "restart" }]), [{ ...counts, restarts: 1 }]);
  assert.deepEqual(await runs([changed]), [{ ...counts, leaves: 1 }]);
  await comeback.publish(program([spring]));
  await comeback.tick();
  assert.deepEqual((await comeback.ask<{ runs: unknown[] }>("c00001", { ask: "profile" })).runs, []);
  await comeback.stop();
});

it("goes on with a publication that was cut", async () => {
  const folder = mkdtempSync(join(tmpdir(), "comeback-publish-"));
  const path = join(folder, "comeback.sqlite");
  const first = await stocked(sqliteStore({ path }), []);
  await first.comeback.stop();
  const before = await published(path);

  let commits = 0;
  const broken = sqliteStore({ path });
  const failing: Store = {
    ...broken,
    commit: (batch) => (++commits > 1 ? Promise.reject(new Error("cut")) : broken.commit(batch)),
  };
  const second = await start(failing, [winBack("all")]);
  await assert.rejects(second.comeback.tick());
  await broken.close();
  const reached = (await published(path)) - before;
  assert.ok(reached > 0 && reached < customers, `${reached} customers before the cut`);

  const third = await start(sqliteStore({ path }), [winBack("all")]);
  await third.comeback.tick();
  assert.equal(third.email.delivered.length, customers / 2);
  await third.comeback.stop();
  assert.equal((await published(path)) - before, customers);
  rmSync(folder, { recursive: true });
});

async function published(path: string): Promise<number> {
  const store = sqliteStore({ path });
  const count = await publications(store);
  await store.close();
  return count;
}

it("begins a run over an audience, once for a key, and at another process's request", async () => {
  const store = memoryStore();
  const { comeback, email, clock } = await stocked(store, [spring]);
  const run = { journey: "spring", key: "2026" };
  const refused = { "its conditions do not hold": customers / 2 };
  assert.deepEqual(await comeback.audience(run), { customers, reached: customers / 2, refused });
  await comeback.runOver(run);
  await comeback.tick();
  assert.equal(email.delivered.length, customers / 2);
  await comeback.runOver(run);
  await comeback.tick();
  assert.equal(email.delivered.length, customers / 2);

  assert.equal(await requestRun(store, { journey: "spring", key: "2027" }), true);
  assert.equal(await requestRun(store, { journey: "spring", key: "2028" }), false);
  clock.advance(60_000);
  await comeback.tick();
  assert.equal(email.delivered.length, customers);
  await comeback.stop();
});

it("fills a new accumulator with what was heard before it was declared", async () => {
  const store = memoryStore();
  const { comeback, email } = await start(store, []);
  const search = (id: number, customer: string) => {
    return { id: String(id), source: "shop", type: "search.performed", at: sunday, customer, data: { query: "tea" } };
  };
  const registered = (customer: string) => {
    const data = { email: `${customer}@customers.example`, zone: "UTC" };
    return { id: customer, source: "shop", type: "customer.registered", at: sunday, customer, data };
  };
  const searches = [search(1, "anna"), search(2, "anna"), search(3, "boris")];
  await comeback.ingest([registered("anna"), registered("boris"), ...searches], "shop");
  const curious = {
    id: "curious",
    trigger: { event: "search.performed" },
    when: { counted: { of: "searches", at_least: 3 } },
    steps: letter("curious"),
  };
  const accumulators = [{ id: "searches", event: "search.performed" }];
  await comeback.publish({ ...program([curious]), accumulators });
  await comeback.tick();
  await comeback.ingest([search(4, "anna"), search(5, "boris")], "shop");
  await comeback.tick();
  assert.equal(email.delivered.length, 1, "anna's third search; boris has two");
  await comeback.stop();
});

it("lets what is due go first and between the pages that it counts", async () => {
  const store = memoryStore();
  const calls: string[] = [];
  const watched: Store = {
    ...store,
    customers: (page) => (calls.push("page"), store.customers(page)),
    due: (now, limit) => (calls.push("wakes"), store.due(now, limit)),
  };
  const { comeback } = await stocked(watched, []);
  calls.length = 0;
  await comeback.publish(program([winBack({ per_day: 100 })]));
  comeback.start();
  while (calls.filter((call) => call === "page").length < 6) await new Promise((resolve) => setTimeout(resolve, 5));
  await comeback.stop();
  // Three pages are counted, then each is brought the program.
  assert.doesNotMatch(calls.join(" "), /page page/);
});
