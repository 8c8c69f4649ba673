import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Core } from "../core/core.js";
import * as wasm from "../core/pkg/comeback.js";
import type { CartView, EventEnvelope, OrderFacts, Product } from "../core/types.js";
import { memoryStore } from "../stores/memory.js";
import { sqliteStore } from "../stores/sqlite.js";
import type { OutboxRow, Store } from "../stores/store.js";
import { fakeChannel, fakeShop, virtualClock } from "../testing/index.js";
import { createComeback } from "./comeback.js";
import type { ComebackOptions } from "./options.js";
import type { LogLine } from "./log.js";

const program = {
  comeback: 1,
  shop: { name: "Leaf", zone: "UTC", currency: "EUR", locale: "en" },
  policy: { quiet_hours: { from: "21:00", to: "08:00" }, slot: "0m" },
  replenish: { method: { fixed: { days_per_unit: 7 } }, topic: "replenishment", prepare_ahead: "1h" },
  journeys: [
    {
      id: "welcome",
      trigger: { event: "customer.registered" },
      steps: [{ send: { template: "welcome", class: "transactional" } }],
    },
    {
      id: "news",
      trigger: { event: "search.performed" },
      entry: { rule: "always" },
      steps: [{ send: { template: "news", topic: "news", not_after: "20h" } }],
    },
    {
      id: "cart",
      trigger: { event: "predicted_cart.prepared" },
      steps: [{ send: { template: "predicted-cart", topic: "replenishment" } }],
    },
  ],
};

const products: Product[] = [{ id: "tea", name: "Tea", price: 450, currency: "EUR", in_stock: true }];
const sunday = "2026-03-01T12:00:00Z";
const monday = "2026-03-02T09:30:00Z";
const core = await Core.load();

for (const [name, open] of [
  ["memory", memoryStore],
  ["sqlite", () => sqliteStore({ path: ":memory:" })],
] as const) {
  describe(`comeback on ${name}`, () => {
    it("acknowledges an event when it is stored, and again when it comes again", async () => {
      const { comeback, store } = await start(open());
      const events = [registered("anna"), registered("anna"), registered("boris")];
      assert.deepEqual(statuses(await comeback.ingest(events, "shop")), ["accepted", "duplicate", "accepted"]);
      assert.deepEqual(statuses(await comeback.ingest(events, "shop")), ["duplicate", "duplicate", "duplicate"]);
      assert.deepEqual(await store.customers({ limit: 9 }), ["anna", "boris"]);
      await comeback.stop();
    });

    it("brings a predicted cart from order to order", async () => {
      const { comeback, clock, shop, email } = await start(open());
      await comeback.ingest(past("anna"), "shop");
      await comeback.tick();
      clock.set(monday);
      await comeback.tick();
      assert.deepEqual(email.rendered.map(({ template }) => template), ["welcome", "predicted-cart"]); // prettier-ignore
      const cart = (await comeback.ask<CartView | null>("anna", { ask: "cart" }))!;
      assert.deepEqual([cart.status, cart.lines[0]!.product], ["ready", "tea"]);
      const confirm = event("anna", "predicted_cart.confirmed", { cart: cart.cart }, monday);
      await comeback.ingest([confirm], "link");
      await comeback.tick();
      assert.equal(shop.orders.size, 1);
      assert.deepEqual([...shop.tasks.values()].map(({ kind }) => kind), ["operator.task"]); // prettier-ignore
      await comeback.stop();
    });

    it("takes a new model, and goes on with the old one when the new one is damaged", async () => {
      const store = open();
      const model = learned();
      const damaged = model.slice();
      damaged[damaged.length >> 1]! ^= 1;
      await assert.rejects(start(store, { model: damaged }), /the model is damaged/);
      const { comeback } = await start(store);
      const before = await store.meta("environment");
      await assert.rejects(comeback.useModel(damaged), /the model is damaged/);
      assert.equal(await store.meta("environment"), before);
      await comeback.useModel(model);
      const after = (await store.environment((await store.meta("environment"))!))!;
      assert.deepEqual([after.model!.hash, after.model!.bytes.length], [core.modelHash(model), model.length]);
      await comeback.ingest([registered("anna")], "shop");
      await comeback.tick();
      assert.equal((await store.customers({ limit: 9 })).length, 1);
      await comeback.stop();
    });

    it("takes history as facts and decides only when all is there", async () => {
      const { comeback, clock, email } = await start(open());
      const histories = [{ customer: "anna", events: past("anna") }];
      assert.equal((await comeback.importHistory("old shop", histories)).done, true);
      await comeback.tick();
      assert.deepEqual(email.rendered, []);
      clock.set(monday);
      await comeback.tick();
      assert.deepEqual(email.rendered.map(({ template }) => template), ["predicted-cart"]); // prettier-ignore
      await comeback.stop();
    });

    it("does not write to someone who took consent back while the mail server was down", async () => {
      const { comeback, clock, email, store } = await start(open());
      await comeback.ingest([registered("anna"), consent("anna", "granted")], "shop");
      await comeback.tick();
      clock.set("2026-03-02T20:00:00Z");
      email.answers.push({ outcome: "retry", reason: "down" });
      await comeback.ingest([event("anna", "search.performed", {}, "2026-03-02T20:00:00Z")], "shop");
      await comeback.tick();
      assert.deepEqual(await outbox(store, "news"), [["pending", "down", 1]]);
      await comeback.ingest([consent("anna", "denied")], "shop");
      clock.set("2026-03-03T09:00:00Z");
      await comeback.tick();
      assert.deepEqual((await outbox(store, "news"))[0]![0], "dropped");
      assert.equal(email.delivered.length, 2);
      await comeback.stop();
    });

    it("does not write at night what could not leave in the evening", async () => {
      const { comeback, clock, email, store } = await start(open());
      await comeback.ingest([registered("anna"), consent("anna", "granted")], "shop");
      await comeback.tick();
      clock.set("2026-03-02T20:50:00Z");
      email.answers.push({ outcome: "retry", reason: "down", after_ms: 3_600_000 });
      await comeback.ingest([event("anna", "search.performed", {}, "2026-03-02T20:50:00Z")], "shop");
      await comeback.tick();
      clock.set("2026-03-02T23:00:00Z");
      await comeback.tick();
      assert.deepEqual((await outbox(store, "news"))[0]![0], "pending");
      clock.set("2026-03-03T08:01:00Z");
      await comeback.tick();
      assert.deepEqual((await outbox(store, "news"))[0]![0], "sent");
      await comeback.stop();
    });

    it("parks the customer whose step traps, serves the next, and replays by one call", async () => {
      const { comeback, logs } = await start(open(), { core: trapping("poison") });
      const events = [registered("poison"), registered("anna")];
      assert.deepEqual(statuses(await comeback.ingest(events, "shop")), ["accepted", "accepted"]);
      const [parked] = await comeback.parked();
      assert.deepEqual([parked!.customer, parked!.reason, parked!.waiting], ["poison", "the core trapped; its instance was replaced", 1]); // prettier-ignore
      assert.ok(logs.some(({ message }) => message === "customer parked"));
      assert.equal((await comeback.ask<{ email: string }>("anna", { ask: "profile" })).email, "anna@customers.example");
      traps.armed = false;
      await comeback.unpark("poison");
      await comeback.tick();
      assert.deepEqual(await comeback.parked(), []);
      assert.equal(
        (await comeback.ask<{ email: string }>("poison", { ask: "profile" })).email,
        "poison@customers.example",
      );
      await comeback.stop();
    });

    it("asks the shop for orders it was not told of", async () => {
      const { comeback, shop } = await start(open());
      const { order: whole } = order("anna", 1).data as { order: OrderFacts };
      shop.ordersSince = async function* () {
        yield { customer: "anna", store: "main", order: whole };
      };
      assert.deepEqual([await comeback.reconcile(0), await comeback.reconcile(0)], [1, 0]);
      await comeback.stop();
    });

    it("goes on without a letter that can't be rendered", async () => {
      const { comeback, email, store } = await start(open());
      email.unrenderable = new Error("no template `welcome`");
      await comeback.ingest([registered("anna")], "shop");
      assert.deepEqual(await outbox(store, "welcome"), [["failed", "no template `welcome`", 0]]);
      await comeback.stop();
    });

    it("suppresses a bad address and writes to it no more", async () => {
      const { comeback, email, store } = await start(open());
      email.answers.push({ outcome: "failed", reason: "550 no such user", suppress: true });
      await comeback.ingest([registered("anna"), registered("carl", "ANNA@customers.example")], "shop");
      await comeback.tick();
      assert.deepEqual((await outbox(store, "welcome")).map(([state]) => state).sort(), ["dropped", "failed"]); // prettier-ignore
      assert.equal(email.delivered.length, 1);
      await comeback.stop();
    });

    it("leaves what it does not know as uncertain", async () => {
      const { comeback, email, store, clock } = await start(open());
      email.answers.push(new Error("connection lost after DATA"));
      await comeback.ingest([registered("anna")], "shop");
      await comeback.tick();
      clock.advance(86_400_000);
      await comeback.tick();
      assert.deepEqual(await outbox(store, "welcome"), [["uncertain", "connection lost after DATA", 0]]);
      assert.equal(email.delivered.length, 1);
      await comeback.stop();
    });

    it("keeps to the channel's rate", async () => {
      const { comeback, email, clock } = await start(open(), { rates: { email: { perSecond: 2 } } });
      await comeback.ingest(
        ["a", "b", "c", "d", "e"].map((customer) => registered(customer)),
        "shop",
      );
      const { nextAt } = await comeback.tick();
      assert.equal(email.delivered.length, 2);
      assert.equal(nextAt, clock.now() + 500);
      clock.advance(1000);
      await comeback.tick();
      assert.equal(email.delivered.length, 4);
      await comeback.stop();
    });

    it("refuses hostile events and stays well", async () => {
      const { comeback } = await start(open());
      const hostile: unknown[] = [
        null,
        [],
        "text",
        {},
        { ...registered("x"), id: "" },
        { ...registered("x"), id: "i".repeat(201) },
        { ...registered("x"), customer: "\ud800" },
        { ...registered("x"), source: "comeback" },
        { ...registered("x"), type: "customer.exploded" },
        { ...registered("x"), at: "yesterday" },
        { ...registered("x"), data: { name: "n".repeat(300_000) } },
        { ...registered("x"), surprise: 1 },
        JSON.parse('{"__proto__":{"polluted":true}}'),
      ];
      assert.deepEqual([...new Set(statuses(await comeback.ingest(hostile, "shop")))], ["refused"]);
      assert.deepEqual(statuses(await comeback.ingest([order("anna", 1)], "page")), ["refused"]);
      assert.equal(({} as { polluted?: boolean }).polluted, undefined);
      assert.deepEqual(statuses(await comeback.ingest([registered("anna")], "shop")), ["accepted"]);
      await comeback.stop();
    });

    it("refuses more than it can hold, saying that trying again helps", async () => {
      const { comeback } = await start(open(), { limits: { waitingMax: 2 } });
      const first = comeback.ingest([registered("a"), registered("b")], "shop");
      await assert.rejects(comeback.ingest([registered("c")], "shop"), { name: "Overloaded", retryable: true });
      assert.deepEqual(statuses(await first), ["accepted", "accepted"]);
      assert.deepEqual(statuses(await comeback.ingest([registered("c")], "shop")), ["accepted"]);
      await comeback.stop();
      await assert.rejects(comeback.ingest([registered("d")], "shop"), { name: "Stopped", retryable: true });
    });

    it("runs by itself once started", async () => {
      const { comeback, email } = await start(open());
      comeback.start();
      await comeback.ingest([registered("anna")], "shop");
      for (let waited = 0; email.delivered.length === 0 && waited < 2000; waited += 10) {
        await new Promise((resume) => setTimeout(resume, 10));
      }
      assert.equal(email.delivered.length, 1);
      await comeback.stop();
    });

    it("gives out and forgets a person", async () => {
      const { comeback, store } = await start(open());
      await comeback.ingest([registered("anna")], "shop");
      await comeback.tick();
      const exported = await comeback.export("anna");
      assert.deepEqual([exported.profile!.email, exported.effects.length], ["anna@customers.example", 1]);
      assert.ok((await comeback.erase("anna")) > 0);
      assert.deepEqual(await store.customers({ limit: 9 }), []);
      // The address comes back by another import, and stays suppressed.
      await comeback.ingest([{ ...registered("anna"), id: "again" }], "shop");
      await comeback.tick();
      assert.deepEqual(await outbox(store, "welcome"), [["dropped", "suppressed", 0]]);
      await comeback.stop();
    });
  });
}

const traps = { armed: true };

/** The real core, which truly traps when it steps the customer named. */
function trapping(customer: string): Core {
  traps.armed = true;
  return new Proxy(core, {
    get(target, property) {
      if (property !== "open") return bound(target, property);
      return (parts: Parameters<Core["open"]>[0]) => {
        const env = target.open(parts);
        return new Proxy(env, {
          get(opened, name) {
            if (name !== "step") return bound(opened, name);
            return (...args: Parameters<typeof env.step>) => {
              const text = new TextDecoder().decode(args[1] as Uint8Array);
              if (traps.armed && text.includes(`"customer":"${customer}"`)) target.guard(() => wasm.trap());
              return opened.step(...args);
            };
          },
        });
      };
    },
  });
}

function bound(target: object, property: string | symbol): unknown {
  const value = Reflect.get(target, property, target) as unknown;
  return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
}

async function start(store: Store, more: Partial<ComebackOptions> = {}) {
  const clock = virtualClock(sunday);
  const [shop, email] = [fakeShop(products), fakeChannel()];
  const logs: LogLine[] = [];
  const log = (line: LogLine): void => {
    logs.push(line);
    assert.notEqual(line.message, "receipt refused by the core");
  };
  const comeback = await createComeback({ program, store, shop, channels: [email], clock, core, log, ...more });
  return { comeback, clock, shop, email, logs, store };
}

/** A model of two orders. */
function learned(): Uint8Array {
  const builder = core.modelBuilder();
  const rows = "customer_id,product_id,ordered_at,quantity\na,tea,2026-01-05,1\na,tea,2026-02-05,1\n";
  builder.push(new TextEncoder().encode(rows));
  builder.endOrders();
  return builder.finish().model;
}

function statuses(results: { status: string }[]): string[] {
  return results.map(({ status }) => status);
}

async function outbox(store: Store, template: string): Promise<[string, string | null, number][]> {
  const rows: OutboxRow[] = [];
  for await (const row of store.ledger({ from: 0, until: Number.MAX_SAFE_INTEGER })) rows.push(row);
  return rows
    .filter(({ body }) => (JSON.parse(body) as { template?: string }).template === template)
    .map(({ state, reason, attempts }) => [state, reason, attempts]);
}

function event(customer: string, type: string, data: object, at = sunday): EventEnvelope {
  return { id: `${customer}/${type}/${at}`, source: "shop", type, at, customer, data: { ...data } };
}

function registered(customer: string, email = `${customer}@customers.example`): EventEnvelope {
  return event(customer, "customer.registered", { name: "Test Customer", email, zone: "UTC" });
}

function consent(customer: string, state: "granted" | "denied"): EventEnvelope {
  return { ...event(customer, "consent.changed", { channel: "email", state }), id: `${customer}/consent/${state}` };
}

function order(customer: string, weeks: number): EventEnvelope {
  const placed_at = new Date(Date.parse(sunday) - weeks * 604_800_000).toISOString();
  const lines = [{ id: "1", product: "tea", quantity: 1, price: 450 }];
  const whole = {
    id: `${customer}-${weeks}`,
    revision: 1,
    status: "completed",
    placed_at,
    currency: "EUR",
    total: 450,
    lines,
  };
  return event(customer, "order.placed", { order: whole }, placed_at);
}

function past(customer: string): EventEnvelope[] {
  return [
    registered(customer),
    consent(customer, "granted"),
    order(customer, 3),
    order(customer, 2),
    order(customer, 1),
  ];
}
