// A Monday evening with the real engine, the real e-mail channel and a real SMTP server; time and the shop are stand-ins.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { createComeback, type Comeback, type EventEnvelope } from "comeback";
import { createPages } from "comeback/http";
import { memoryStore } from "comeback/stores/memory";
import { fakeShop, virtualClock, type FakeShop, type VirtualClock } from "comeback/testing";
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
export const CUSTOMERS = ["anna", "boris", "carla", "denis", "elena", "farid"];
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

export interface Evening {
  comeback: Comeback;
  clock: VirtualClock;
  shop: FakeShop;
  smtp: Awaited<ReturnType<typeof startMisbehavingSmtp>>;
  /** Who got which letter, and when by the shop's clock. */
  letters: { to: string; at: string; raw: string }[];
  /** Moves time in steps of five minutes, doing what is due at each. */
  until(at: string): Promise<void>;
}

export async function startEvening(t: TestContext, behaviour: Behaviour = {}): Promise<Evening> {
  const clock = virtualClock("2026-03-02T12:00:00Z");
  const smtp = await startMisbehavingSmtp(behaviour);
  const grocer = fakeShop([{ ...PRODUCT }]);
  const comeback = await createComeback({
    program: PROGRAM,
    store: memoryStore(),
    shop: grocer,
    channels: [channel({ port: smtp.port }, { clock: () => clock.now() })],
    clock,
    operator: { email: "staff@shop.example" },
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
    shop: grocer,
    smtp,
    letters: [],
    async until(at) {
      const end = Date.parse(at);
      while (clock.now() < end) {
        clock.set(Math.min(end, clock.now() + 5 * MINUTE));
        await comeback.tick();
        for (const { to, raw } of smtp.delivered.splice(0)) {
          evening.letters.push({ to: to[0]!, at: new Date(clock.now()).toISOString().slice(0, 16), raw });
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
