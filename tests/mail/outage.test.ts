// The mail server is down from 20:00 to 02:00 while letters wait, and somebody unsubscribes in between: nobody gets mail
// at night, and the one who left gets none at all. Everything is real but time and the shop.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createComeback, type Comeback, type EventEnvelope } from "comeback";
import { createPages } from "comeback/http";
import { memoryStore } from "comeback/stores/memory";
import { fakeShop, virtualClock, type VirtualClock } from "comeback/testing";
import { channel, links, shop } from "./messages.js";
import { startMisbehavingSmtp, type Behaviour } from "./misbehaving-smtp.js";

const PROGRAM = `
comeback: 1
shop: { name: Bean & Leaf, zone: Europe/London, currency: GBP, locale: en }
orders: { counts_when: [completed] }
replenish:
  delivery_day: { weekday: monday, at: "20:05" }
  method: { fixed: { days_per_unit: 28 } }
  prepare_ahead: 0m
  offer_within: 3d
  topic: replenishment
policy:
  quiet_hours: { from: "21:00", to: "08:00" }
  slot: 0m
  topics: [replenishment]
journeys:
  - id: care
    trigger: { event: predicted_cart.prepared }
    exit: [{ event: [predicted_cart.postponed, predicted_cart.lapsed] }]
    valid_for: 10d
    steps:
      - id: letter
        send: { template: predicted-cart, topic: replenishment, not_after: 2d }
`;

const PRODUCT = { id: "tea", name: "Rooibos, loose 250 g", price: 720, currency: "GBP", in_stock: true };
const CUSTOMERS = ["anna", "boris", "carla", "denis", "elena", "farid"];
const MINUTE = 60_000;

/** What the shop knows of a customer: an address, a consent, and an order of five weeks ago. */
function facts(customer: string): EventEnvelope[] {
  const at = "2026-01-26T10:00:00Z";
  const order = {
    id: `o-${customer}`,
    revision: 1,
    status: "completed",
    placed_at: at,
    currency: "GBP",
    total: 720,
    lines: [{ id: "1", product: "tea", quantity: 1, price: 720 }],
  };
  const event = (id: string, type: string, data: Record<string, unknown>) => ({
    id: `${customer}-${id}`,
    source: "shop",
    type,
    at,
    customer,
    data,
  });
  return [
    event("1", "customer.registered", { name: customer, email: `${customer}@example.com`, zone: "Europe/London" }),
    event("2", "consent.changed", { channel: "email", state: "granted", proof: { source: "checkout" } }),
    event("3", "order.placed", { order }),
  ];
}

interface Evening {
  comeback: Comeback;
  clock: VirtualClock;
  smtp: Awaited<ReturnType<typeof startMisbehavingSmtp>>;
  /** Who got a letter, and when by the shop's clock. */
  letters: { to: string; at: string }[];
  /** Moves time in steps of five minutes, doing what is due at each. */
  until(at: string): Promise<void>;
}

async function startEvening(t: TestContext, behaviour: Behaviour = {}): Promise<Evening> {
  const clock = virtualClock("2026-03-02T12:00:00Z");
  const smtp = await startMisbehavingSmtp(behaviour);
  const comeback = await createComeback({
    program: PROGRAM,
    store: memoryStore(),
    shop: fakeShop([PRODUCT]),
    channels: [channel({ port: smtp.port }, { clock: () => clock.now() })],
    clock,
    pages: (host) => createPages({ host, links, shop }),
  });
  for (const customer of CUSTOMERS) {
    const results = await comeback.ingest(facts(customer), "shop");
    assert.ok(
      results.every(({ status }) => status === "accepted"),
      JSON.stringify(results),
    );
  }
  const evening: Evening = {
    comeback,
    clock,
    smtp,
    letters: [],
    async until(at) {
      const end = Date.parse(at);
      while (clock.now() < end) {
        clock.set(Math.min(end, clock.now() + 5 * MINUTE));
        await comeback.tick();
        for (const { to } of smtp.delivered.splice(0)) {
          evening.letters.push({ to: to[0]!, at: new Date(clock.now()).toISOString().slice(0, 16) });
        }
      }
    },
  };
  t.after(async () => {
    await comeback.stop();
    await smtp.stop();
  });
  return evening;
}

async function unsubscribe({ comeback, clock }: Evening, customer: string): Promise<void> {
  const url = await links.url("unsubscribe", {
    customer,
    topic: "email:replenishment",
    effect: "1".repeat(32),
    now: clock.now(),
  });
  const response = await comeback.fetch(
    new Request(url, { method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) }),
  );
  assert.equal(response.status, 200);
}

const everybody = CUSTOMERS.map((customer) => `${customer}@example.com`);

test("with a working server the letters leave on the stroke", async (t) => {
  const evening = await startEvening(t);
  await evening.until("2026-03-02T21:00:00Z");
  assert.deepEqual(evening.letters.map(({ to }) => to).sort(), everybody);
  assert.ok(
    evening.letters.every(({ at }) => at === "2026-03-02T20:05"),
    JSON.stringify(evening.letters),
  );
});

test("down from 20:00 to 02:00: no mail by night, none to the one who left, each other letter once in the morning", async (t) => {
  const evening = await startEvening(t);
  await evening.until("2026-03-02T20:00:00Z");
  await evening.smtp.stop();
  await evening.until("2026-03-02T23:00:00Z");
  assert.equal(evening.letters.length, 0);
  await unsubscribe(evening, "boris");
  await evening.until("2026-03-03T02:00:00Z");
  await evening.smtp.start();
  await evening.until("2026-03-03T07:55:00Z");
  assert.equal(evening.letters.length, 0, "mail by night");
  await evening.until("2026-03-03T12:00:00Z");
  assert.deepEqual(
    evening.letters.map(({ to }) => to).sort(),
    everybody.filter((address) => !address.startsWith("boris")),
  );
  assert.ok(
    evening.letters.every(({ at }) => at >= "2026-03-03T08:00"),
    JSON.stringify(evening.letters),
  );
  const { messages } = await evening.comeback.ask<{ messages: { status: string; reason: string }[] }>("boris", {
    ask: "profile",
  });
  assert.deepEqual(
    messages.map(({ status, reason }) => `${status}: ${reason}`),
    ["skipped: no_consent"],
  );
});

test("a server that dies after each letter: every letter is uncertain and none is sent again", async (t) => {
  const evening = await startEvening(t, { end: "hang up" });
  await evening.until("2026-03-04T12:00:00Z");
  assert.equal(evening.smtp.received.length, CUSTOMERS.length);
  for (const customer of CUSTOMERS) {
    const { messages } = await evening.comeback.ask<{ messages: { status: string }[] }>(customer, { ask: "profile" });
    assert.deepEqual(
      messages.map(({ status }) => status),
      ["uncertain"],
    );
  }
});

test("an address that is unknown is not written to again", async (t) => {
  const evening = await startEvening(t, { rcpt: { "carla@example.com": "550 5.1.1 user unknown" } });
  await evening.until("2026-03-02T21:00:00Z");
  assert.deepEqual(
    evening.letters.map(({ to }) => to).sort(),
    everybody.filter((address) => !address.startsWith("carla")),
  );
  const connections = evening.smtp.connections;
  await evening.until("2026-03-04T12:00:00Z");
  assert.equal(evening.smtp.connections, connections);
});

test("pressed a hundred times through the real engine, Confirm makes one order", async (t) => {
  const evening = await startEvening(t);
  await evening.until("2026-03-02T20:10:00Z");
  const { comeback, clock } = evening;
  const cart = await comeback.ask<{ cart: string; status: string } | null>("anna", { ask: "cart" });
  assert.equal(cart?.status, "ready");
  const url = await links.url("cart", { customer: "anna", cart: cart!.cart, effect: null, now: clock.now() });
  const text = await (await comeback.fetch(new Request(url))).text();
  const once = /name="once" value="([^"]+)"/.exec(text)![1]!;
  const press = () =>
    comeback.fetch(new Request(url, { method: "POST", body: new URLSearchParams({ do: "confirm", once }) }));
  const responses = await Promise.all([...Array.from({ length: 100 }, press), comeback.tick()]);
  assert.ok(responses.slice(0, 100).every((response) => [303, 429].includes((response as Response).status)));
  await comeback.tick();
  const after = await comeback.ask<{ status: string; order: { number: string } }>("anna", { ask: "cart" });
  assert.deepEqual([after.status, after.order.number], ["ordered", "N1"]);
});
