// What the host benchmarks stand on: a folder, a small program, a shop, customers with a history.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const sunday = Date.parse("2026-03-01T12:00:00Z");
export const monday = Date.parse("2026-03-02T09:30:00Z");

export const program = {
  comeback: 1,
  shop: { name: "Leaf", zone: "UTC", currency: "EUR", locale: "en" },
  policy: { quiet_hours: null, slot: "0m" },
  replenish: { method: { fixed: { days_per_unit: 7 } }, topic: "replenishment", prepare_ahead: "1h" },
  journeys: [
    {
      id: "cart",
      trigger: { event: "predicted_cart.prepared" },
      steps: [{ send: { template: "predicted-cart", topic: "replenishment" } }],
    },
    ...Array.from({ length: 20 }, (_, at) => ({
      id: `viewed-${at}`,
      trigger: { event: "search.performed" },
      steps: [{ send: { template: "welcome", topic: "news" } }],
    })),
  ],
};

export const products = Array.from({ length: 50 }, (_, at) => ({
  id: `p${at}`,
  name: `Product ${at}`,
  price: 100 + at,
  currency: "EUR",
  in_stock: true,
  categories: [`category ${at % 5}`],
}));

/** A folder of its own, gone afterwards. On the disk: a sync in memory would measure nothing. */
export async function inFolder(work) {
  const folder = mkdtempSync(join(process.env.COMEBACK_BENCH_DIR ?? tmpdir(), "comeback-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A channel that sends nothing and loses no time. */
export const idleChannel = {
  name: "email",
  render: async () => ({ channel: "email", payload: new Uint8Array(2048) }),
  deliver: async () => ({ outcome: "sent" }),
};

export function viewed(at, customer) {
  const product = `p${at % products.length}`;
  const data = { product, category: `category ${at % 5}` };
  return {
    id: `view-${at}`,
    source: "shop",
    type: "product.viewed",
    at: new Date(sunday).toISOString(),
    customer,
    data,
  };
}

/** Registered, agreed to letters, and bought one thing every week: a cart will be due on Monday. */
export function history(customer, at) {
  const product = `p${at % products.length}`;
  const event = (id, type, when, data) => ({
    id: `${customer}/${id}`,
    source: "shop",
    type,
    at: new Date(when).toISOString(),
    customer,
    data,
  });
  const order = (weeks) => {
    const placed = monday - weeks * 604_800_000 - 86_400_000;
    const id = `${customer}-o${weeks}`;
    const lines = [{ id: "1", product, quantity: 1, price: 100 }];
    const placed_at = new Date(placed).toISOString();
    const whole = { id, revision: 1, status: "completed", placed_at, currency: "EUR", total: 100, lines };
    return event(id, "order.placed", placed, { order: whole });
  };
  return [
    event("registered", "customer.registered", sunday, { email: `${customer}@customers.example`, zone: "UTC" }),
    event("consent", "consent.changed", sunday, { channel: "email", state: "granted" }),
    ...[3, 2, 1].map(order),
  ];
}

/** Keeps what was committed, so that the same bytes can be written bare. */
export function recorded(store) {
  const batches = [];
  const commit = (batch) => {
    batches.push(
      batch.customers.map(({ customer, hot, purchases, entries }) => ({ customer, hot, purchases, entries })),
    );
    return store.commit(batch);
  };
  return { batches, store: { ...store, commit } };
}

export const rate = (count, ms) => Math.round((count / ms) * 1000);

export function show(rows) {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value}`);
}

export const perSecond = (value, what) => `${value.toLocaleString("en")} ${what}/s`;

/** A promise of the benchmark: below it the run fails. */
export function atLeast(name, value, promised) {
  console.log(`${name}: ${value.toFixed(3)} (promised at least ${promised})`);
  if (value < promised) throw new Error(`${name} is ${value.toFixed(3)}, promised at least ${promised}`);
}
