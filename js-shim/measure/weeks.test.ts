import assert from "node:assert/strict";
import { it } from "node:test";
import { memoryStore } from "../stores/memory.js";
import type { CustomerCommit, NewOutboxRow, Store } from "../stores/store.js";
import { reasons } from "./reasons.js";
import { weeks } from "./weeks.js";

const at = (text: string): number => Date.parse(text);
const utf8 = new TextEncoder();

it("tells a shop owner what each week came to", async () => {
  const store = memoryStore();
  await keep(store, "anna", {
    rows: [
      message("m1", "2026-03-02T09:00:00Z", "sent"),
      message("m2", "2026-03-02T09:00:00Z", "uncertain", "connection lost"),
      message("m3", "2026-03-03T09:00:00Z", "dropped", "no_consent"),
      message("m4", "2026-03-09T09:00:00Z", "pending", "quiet_hours"),
      order("o1", "2026-03-02T10:00:00Z", "cart-1", 2),
      order("o2", "2026-03-04T10:00:00Z", "cart-2", 1),
    ],
    events: [
      ["2026-03-02T09:30:00Z", "predicted_cart.viewed", {}],
      ["2026-03-02T10:00:00Z", "predicted_cart.confirmed", {}],
      ["2026-03-10T09:00:00Z", "predicted_cart.undone", { cart: "cart-2" }],
      [
        "2026-03-03T12:00:00Z",
        "operator.call_done",
        { items_added: [{ product: "p", quantity: 3 }, { product: "q" }] },
      ],
      ["2026-03-10T10:00:00Z", "predicted_cart.postponed", {}],
    ],
  });
  const span = { from: at("2026-03-01T00:00:00Z"), until: at("2026-04-01T00:00:00Z") };
  assert.deepEqual(await weeks(store, span), [
    {
      week: "2026-03-02",
      sent: { "predicted-cart": 2 },
      notSent: { no_consent: 1 },
      uncertain: 1,
      ...{ clicked: 0, viewed: 1, confirmed: 1, postponed: 0, orders: 1, itemsAdded: 4 },
      revenue: { GBP: 900 },
    },
    {
      week: "2026-03-09",
      sent: {},
      notSent: { quiet_hours: 1 },
      uncertain: 0,
      ...{ clicked: 0, viewed: 0, confirmed: 0, postponed: 1, orders: 0, itemsAdded: 0 },
      revenue: {},
    },
  ]);
});

it("begins a week where the shop does", async () => {
  const store = memoryStore();
  await keep(store, "anna", { rows: [message("m1", "2026-03-01T23:30:00Z", "sent")], events: [] });
  const span = { from: 0, until: Number.MAX_SAFE_INTEGER };
  const first = async (query: object) => (await weeks(store, { ...span, ...query }))[0]!.week;
  assert.equal(await first({}), "2026-02-23");
  assert.equal(await first({ offsetMinutes: 60 }), "2026-03-02");
  assert.equal(await first({ firstDay: 0 }), "2026-03-01");
});

it("counts reasons over all customers", async () => {
  const store = memoryStore();
  for (const customer of ["a", "b", "c"]) await keep(store, customer, { rows: [], events: [] });
  const messages = (customer: string) => [
    { journey: "cart", status: "skipped", reason: customer === "c" ? "cap" : "no_consent" },
  ];
  const ask = async <T>(customer: string): Promise<T> => ({ messages: messages(customer) }) as T;
  assert.deepEqual(await reasons({ store, ask }), [
    { journey: "cart", status: "skipped", reason: "no_consent", count: 2 },
    { journey: "cart", status: "skipped", reason: "cap", count: 1 },
  ]);
});

interface Kept {
  rows: NewOutboxRow[];
  events: [string, string, object][];
}

async function keep(store: Store, customer: string, { rows, events }: Kept): Promise<void> {
  const entries = events.map(([when, type, data], n) => ({
    now: at(when),
    input: utf8.encode(JSON.stringify({ event: { type, data }, by: "link" })),
    event: { source: "test", id: `${customer}-${n}` },
    type,
    environment: "env",
  }));
  const nothing = { settled: [], defer: [], undefer: 0, hot: null, purchases: null, wakeAt: null, parked: null };
  const commit: CustomerCommit = {
    ...nothing,
    customer,
    seq: 0,
    entries,
    outbox: rows.map((row) => ({ ...row, customer })),
  };
  await store.commit({ customers: [commit] });
}

function message(
  effect: string,
  when: string,
  state: NewOutboxRow["state"],
  reason: string | null = null,
): NewOutboxRow {
  return row(effect, "message.send", when, state, reason, { template: "predicted-cart" });
}

function order(effect: string, when: string, cart: string, quantity: number): NewOutboxRow {
  const body = { cart, currency: "GBP", lines: [{ product: "tea", quantity, price: 450 }] };
  return row(effect, "order.create", when, "sent", null, body);
}

function row(
  effect: string,
  kind: string,
  when: string,
  state: NewOutboxRow["state"],
  reason: string | null,
  body: object,
): NewOutboxRow {
  const createdAt = at(when);
  const fixed = { customer: "", lane: "x", attempts: 0, notAfter: null, payload: null };
  return {
    ...fixed,
    effect,
    kind,
    state,
    reason,
    createdAt,
    nextAt: createdAt,
    body: JSON.stringify({ kind, ...body }),
  };
}
