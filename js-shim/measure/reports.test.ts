// The reports over what the real engine made of a small shop's weeks.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { parse } from "yaml";
import type { EventEnvelope } from "../core/types.js";
import { createComeback } from "../runtime/comeback.js";
import { memoryStore } from "../stores/memory.js";
import { fakeChannel, fakeShop, virtualClock } from "../testing/index.js";
import { lostCarts } from "./lost-carts.js";
import { makeReport, REPORTS, toCsv, type ReportSource } from "./reports.js";
import type { Lift } from "./lift.js";
import type { PaidOrdersWeek } from "./paid-orders.js";
import type { StepFigures } from "./steps.js";

const PROGRAM = `
comeback: 1
shop: { name: Bean & Leaf, zone: UTC, currency: GBP, locale: en }
policy: { slot: 0m, quiet_hours: null }
journeys:
  - id: unpaid-order
    trigger: { event: order.placed }
    when: { order: { paid: false } }
    holdout_percent: 30
    goal: [{ event: order.paid }]
    steps:
      - wait: { for: 4h }
      - { id: remind, send: { template: unpaid-order, class: transactional } }
  - id: greet
    trigger: { event: customer.registered }
    holdout_percent: 50
    entry: { rule: once }
    steps:
      - split:
          seed: greet-2026
          arms:
            - { name: warm, weight: 1, then: [{ id: warm, send: { template: welcome } }] }
            - { name: plain, weight: 1, then: [{ id: plain, send: { template: message } }] }
`;
const TEA = { id: "tea", name: "Rooibos", price: 700, currency: "GBP", in_stock: true };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse("2026-03-02T09:00:00Z");
const CUSTOMERS = 400;

let source: ReportSource;

/** Whom the reminder reaches pays; those without one do half the time. Whom the greeting reaches buys more often. */
before(async () => {
  const clock = virtualClock(START);
  const store = memoryStore();
  const channel = fakeChannel();
  const comeback = await createComeback({
    program: PROGRAM,
    store,
    shop: fakeShop([TEA]),
    channels: [channel],
    clock,
    limits: { waitingMax: 100_000 },
  });
  const tell = (list: [customer: string, type: string, data: object][]): Promise<unknown> =>
    comeback.ingest(
      list.map(([customer, type, data], n) => event(customer, `${type}-${n}`, type, clock.now(), data)),
      "shop",
    );
  const names = Array.from({ length: CUSTOMERS }, (_, n) => `c${n}`);
  await tell(names.map((name) => [name, "consent.changed", { channel: "email", state: "granted" }]));
  await tell(names.map((name) => [name, "customer.registered", { name, email: `${name}@example.com` }]));
  await comeback.tick();
  const greeted = new Set(channel.rendered.map(({ customer }) => customer));
  clock.advance(HOUR);
  const buyers = names.filter((name, n) => (greeted.has(name) ? n % 10 < 7 : n % 10 < 2));
  await tell(buyers.map((name) => [name, "order.placed", { order: order(name, 1, false) }]));
  clock.advance(5 * HOUR);
  await comeback.tick();
  const reminded = new Set(channel.rendered.flatMap(({ customer, step }) => (step === "remind" ? [customer] : [])));
  clock.advance(HOUR);
  const payers = buyers.filter((name, n) => reminded.has(name) || n % 2 === 0);
  await tell(payers.map((name) => [name, "order.paid", { order: order(name, 2, true) }]));
  await comeback.tick();
  clock.advance(30 * DAY);
  source = {
    store,
    ask: (customer, question) => comeback.ask(customer, question),
    program: parse(PROGRAM),
    now: clock.now,
  };
});

describe("reports over a real shop", () => {
  it("tells the share of orders that get paid, with and without reminders", async () => {
    const report = await makeReport(source, "paid-orders");
    const [week] = report!.rows as PaidOrdersWeek[];
    assert.equal(week!.week, "2026-03-02");
    assert.equal(report!.rows.length, 1);
    const { placed, paid, reminded, heldOut, unreminded } = week!;
    assert.equal(unreminded.of, 0);
    assert.equal(reminded.of + heldOut.of, placed);
    assert.equal(reminded.count, reminded.of);
    assert.ok(heldOut.count > 0 && heldOut.count < heldOut.of);
    assert.equal(paid, reminded.count + heldOut.count);
    const { lift } = report!.summary as { lift: { low: number; value: number; high: number } };
    assert.ok(lift.low > 0.2 && lift.value > lift.low && lift.high > lift.value);
  });

  it("credits an order to the last message, and where paying is the goal to the one about it", async () => {
    const rows = (await makeReport(source, "steps"))!.rows as StepFigures[];
    const of = (step: string) => rows.find((row) => row.step === step)!;
    assert.equal(of("remind").orders, of("remind").sent);
    assert.equal(of("remind").notSent["journey_holdout"]! + of("remind").sent, of("remind").decided);
    assert.equal(of("warm").decided + of("plain").decided, CUSTOMERS);
    const ordered = rows.reduce((sum, { orders }) => sum + orders, 0);
    const brief = (await makeReport(source, "steps", { windowMs: HOUR / 2 }))!.rows as StepFigures[];
    assert.equal(brief.find((row) => row.step === "warm")!.orders, 0, "an order an hour later is outside this window");
    const revenue = rows.reduce((sum, row) => sum + (row.revenue["GBP"] ?? 0), 0);
    assert.equal(revenue, ordered * 700, "no order is credited twice");
  });

  it("tells what messages add, with an interval, and whether the groups are as large as they should be", async () => {
    const rows = (await makeReport(source, "lift"))!.rows as Lift[];
    const greet = rows.find(({ journey, arm }) => journey === "greet" && arm === null)!;
    assert.equal(greet.treated.of + greet.control.of, CUSTOMERS);
    assert.equal(greet.verdict, "adds");
    assert.ok(greet.lift!.low > 0.3 && greet.lift!.high < 0.7);
    assert.ok(greet.spent!.low > 0);
    assert.equal(greet.sample!.mismatch, false);
    assert.match(greet.says, /^adds \d+\.\d points \(\d+\.\d to \d+\.\d\)$/);
    const dunned = rows.find(({ journey }) => journey === "unpaid-order")!;
    assert.equal(dunned.treated.count, dunned.treated.of, "where paying is the goal, paying counts");
    const arms = rows.find(({ arm }) => arm === "warm")!;
    assert.equal(arms.against, "plain");
    assert.equal(arms.verdict, "not enough data");
    assert.match(arms.says, /^not enough data yet, (about \d+ weeks? more|more than two years)$/);
    const wrong = await makeReport(
      { ...source, program: parse(PROGRAM.replace("holdout_percent: 50", "holdout_percent: 10")) },
      "lift",
    );
    assert.equal(
      (wrong!.rows as Lift[]).find(({ journey, arm }) => journey === "greet" && !arm)!.sample!.mismatch,
      true,
    );
  });

  it("makes every report there is, as CSV too, and no other", async () => {
    for (const name of Object.keys(REPORTS)) {
      const report = (await makeReport(source, name))!;
      const lines = toCsv(report).trimEnd().split("\r\n");
      assert.equal(lines.length, report.rows.length + 1, name);
    }
    assert.equal(await makeReport(source, "toString"), null);
  });
});

it("says what was lost, how far it had come, and why", async () => {
  const store = memoryStore();
  const comeback = await createComeback({
    program: { comeback: 1, shop: { name: "x", zone: "UTC", currency: "GBP", locale: "en" } },
    store,
    shop: fakeShop([TEA]),
    clock: virtualClock(START + 40 * DAY),
  });
  const basket = (total: number) => ({
    lines: [{ product: "tea", quantity: 1, price: total }],
    total,
    currency: "GBP",
  });
  const checkout = { step: "payment", shipping: 895, delivery_days: 3 };
  const story: [customer: string, day: number, type: string, data: object][] = [
    ["dear", 0, "cart.updated", basket(1200)],
    ["dear", 0, "checkout.step_reached", checkout],
    ["slow", 1, "cart.updated", basket(9000)],
    ["slow", 1, "checkout.step_reached", { ...checkout, delivery_days: 9 }],
    ["declined", 2, "cart.updated", basket(5000)],
    ["declined", 2, "checkout.failed", { ...checkout, error: "payment" }],
    ["asked", 3, "cart.item_added", { product: "tea", quantity: 2, price: 700, currency: "GBP" }],
    ["asked", 4, "form.answered", { form: "why", answers: { why_left: "=price" } }],
    ["emptied", 3, "cart.updated", basket(100)],
    ["emptied", 3, "cart.updated", { lines: [], total: 0, currency: "GBP" }],
    ["buys", 3, "cart.updated", basket(700)],
    ["buys", 4, "order.placed", { order: order("buys", 1, true) }],
    ["returns", 3, "cart.updated", basket(700)],
    ["returns", 8, "order.placed", { order: order("returns", 1, true) }],
    ["forgets", 3, "cart.updated", basket(700)],
    ["forgets", 28, "order.placed", { order: order("forgets", 1, true) }],
    ["still", 39, "cart.updated", basket(700)],
  ];
  story.sort((a, b) => a[1] - b[1]);
  await comeback.ingest(
    story.map(([customer, day, type, data], n) => event(customer, `e${n}`, type, START + day * DAY + n, data)),
    "shop",
  );
  const report = await lostCarts(store, { from: START, until: START + 41 * DAY });
  assert.deepEqual(report.carts, { bought: 1, recovered: 1, emptied: 1, open: 1, lost: 5 });
  const row = (
    step: string,
    shipping: number | null,
    observed: string | null,
    asked: string | null,
    value: number,
  ) => ({
    ...{ step, shipping, observed, asked, currency: "GBP", carts: 1, value },
  });
  assert.deepEqual(report.lost, [
    row("payment", 895, "delivery_time", null, 9000),
    row("payment", 895, "payment", null, 5000),
    row("cart", null, null, "=price", 1400),
    row("payment", 895, "delivery_cost", null, 1200),
    row("cart", null, null, null, 700),
  ]);
  assert.match(toCsv({ rows: report.lost }), /^step,shipping,observed,asked,currency,carts,value\r\n/);
  assert.match(toCsv({ rows: report.lost }), /cart,,,'=price,GBP,1,1400/, "no formula for a spreadsheet");
  await comeback.stop();
});

function event(customer: string, id: string, type: string, at: number, data: object): EventEnvelope {
  return { id: `${customer}-${id}`, source: "shop", type, at: new Date(at).toISOString(), customer, data: { ...data } };
}

function order(customer: string, revision: number, paid: boolean) {
  return {
    ...{
      id: `o-${customer}`,
      revision,
      status: paid ? "paid" : "confirmed",
      placed_at: new Date(START + HOUR).toISOString(),
    },
    ...{ currency: "GBP", total: 700, goods_total: 700, paid },
    lines: [{ id: "1", product: "tea", quantity: 1, price: 700 }],
  };
}
