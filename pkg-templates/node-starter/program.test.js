// Your program, tried out on a clock that you move: `npm test`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "comeback/stores/memory";
import { fakeChannel, virtualClock } from "comeback/testing";
import { openComeback } from "./comeback.js";
import { myShop } from "./shop.js";

const day = 86_400_000;
const event = (id, type, at, data) => ({ id, source: "shop", type, at, customer: "c1", data });

test("who bought coffee a month ago gets a cart on Monday at nine", async () => {
  const clock = virtualClock("2026-03-02T12:00:00Z");
  const email = fakeChannel("email");
  const comeback = await openComeback({ store: memoryStore(), shop: myShop(), channels: [email], clock });

  const at = "2026-03-02T12:00:00Z";
  const line = { id: "1", product: "coffee", quantity: 1, price: 1890 };
  const order = {
    id: "o1",
    revision: 1,
    status: "completed",
    placed_at: at,
    currency: "GBP",
    total: 1890,
    lines: [line],
  };
  const results = await comeback.ingest(
    [
      event("e1", "customer.registered", at, { email: "anna@customer.example", name: "Anna" }),
      event("e2", "consent.changed", at, { channel: "email", state: "granted" }),
      event("e3", "order.placed", at, { order }),
    ],
    "shop",
  );
  assert.deepEqual(
    results.filter(({ refusal }) => refusal),
    [],
  );

  for (let hour = 0; hour < 35 * 24; hour++) {
    clock.advance(day / 24);
    await comeback.tick();
    if (email.rendered.length > 0) break;
  }
  assert.equal(email.rendered[0]?.to, "anna@customer.example");
  assert.equal(new Date(clock.now()).toISOString(), "2026-03-30T08:00:00.000Z");
  await comeback.stop();
});
