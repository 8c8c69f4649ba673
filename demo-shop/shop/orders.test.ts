import assert from "node:assert/strict";
import { test } from "node:test";
import { stockShop } from "../stock/stock-shop.js";
import { openGrocer } from "./grocer.js";

const DAY_MS = 86_400_000;
const LINES = [{ product: "espresso-500", quantity: 1, price: 1580 }];

function stocked() {
  const grocer = openGrocer(":memory:");
  stockShop(grocer);
  // What is told about the stocking is no part of these tests.
  grocer.outbox.markDelivered(Number.MAX_SAFE_INTEGER, 0);
  const told = () =>
    grocer.outbox
      .waiting(100)
      .map(
        (event) =>
          `${event.type} ${(event.data.order as { status: string; revision: number }).status} r${(event.data.order as { revision: number }).revision}`,
      );
  return { grocer, told };
}

test("an order is paid at once, sent on the next day and there on the one after", () => {
  const { grocer, told } = stocked();
  const at = grocer.clock.now();
  const order = grocer.orders.place({ customer: "c001", lines: LINES, shipping: 395, at, pay: "now" });
  assert.equal(order.status, "paid");
  grocer.orders.advance(at + 3 * DAY_MS);
  const done = grocer.orders.find(order.id);
  assert.equal(done?.status, "completed");
  assert.equal(done?.completed_at, at + 2 * DAY_MS);
  const ours = told().filter((line) => !line.includes("undefined"));
  for (const line of [
    "order.placed confirmed r1",
    "order.paid paid r2",
    "order.status_changed shipped r3",
    "order.status_changed completed r4",
  ]) {
    assert.ok(ours.includes(line), line);
  }
  grocer.close();
});

test("an order from a cart waits for a call, and the same key is the same order", () => {
  const { grocer, told } = stocked();
  const at = grocer.clock.now();
  const request = { key: "k1", cart: "cart1", customer: "c001", lines: LINES, shipping: 0, at };
  const first = grocer.orders.createUnconfirmed(request);
  assert.equal(grocer.orders.createUnconfirmed({ ...request, at: at + 1000 }).id, first.id);
  assert.deepEqual(told(), ["order.placed unconfirmed r1"]);
  grocer.orders.confirm(first.id, at + 2000);
  assert.equal(grocer.orders.find(first.id)?.status, "paid");
  grocer.close();
});

test("cancelling twice is cancelling once, and puts the goods back", () => {
  const { grocer, told } = stocked();
  const before = grocer.products.find("espresso-500")?.stock;
  const at = grocer.clock.now();
  const order = grocer.orders.createUnconfirmed({
    key: "k2",
    cart: "cart2",
    customer: "c001",
    lines: LINES,
    shipping: 0,
    at,
  });
  grocer.orders.cancel(order.id, at, "undone");
  grocer.orders.cancel(order.id, at, "undone");
  assert.equal(grocer.products.find("espresso-500")?.stock, before);
  assert.deepEqual(told(), ["order.placed unconfirmed r1", "order.cancelled cancelled r2"]);
  grocer.close();
});

test("an event needs the transaction of its change, and goes with it", () => {
  const { grocer, told } = stocked();
  assert.throws(
    () => grocer.outbox.record({ type: "order.placed", at: 0, customer: "c001", data: {} }),
    /outside the transaction/,
  );
  assert.throws(() =>
    grocer.db.transaction(() => {
      grocer.orders.place({ customer: "c001", lines: LINES, shipping: 0, at: grocer.clock.now(), pay: "later" });
      throw new Error("the till jams");
    })(),
  );
  assert.deepEqual(told(), []);
  grocer.close();
});
