import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { OPENING_INSTANT } from "../clock/shop-clock.js";
import { openGrocer, type Grocer } from "../shop/grocer.js";
import { RANGE } from "./catalogue.js";
import { CUSTOMERS_STOCKED, stockShop } from "./stock-shop.js";

function fingerprint(grocer: Grocer): string {
  const hash = createHash("sha256");
  for (const table of ["products", "customers", "orders", "order_lines", "reviews"]) {
    for (const row of grocer.db.prepare(`SELECT * FROM ${table} ORDER BY id`).iterate())
      hash.update(JSON.stringify(row));
  }
  return hash.digest("hex");
}

test("the same shop is stocked every time", () => {
  const prints = [0, 1].map(() => {
    const grocer = openGrocer(":memory:");
    stockShop(grocer);
    const print = fingerprint(grocer);
    grocer.close();
    return print;
  });
  assert.equal(prints[0], prints[1]);
});

test("a year of believable customers", () => {
  const grocer = openGrocer(":memory:");
  const { customers, orders } = stockShop(grocer);
  assert.equal(customers, CUSTOMERS_STOCKED);
  assert.ok(orders > 2500 && orders < 8000, `${orders} orders`);
  const one = (sql: string) => (grocer.db.prepare(sql).get() as { n: number }).n;
  assert.equal(
    one(`SELECT count(*) AS n FROM orders WHERE placed_at > ${OPENING_INSTANT}`),
    0,
    "orders from the future",
  );
  assert.ok(one("SELECT count(*) AS n FROM customers WHERE mail_consent = 0") > 15);
  assert.ok(one("SELECT count(*) AS n FROM customers WHERE email IS NULL") >= 2);
  assert.equal(one("SELECT count(*) AS n FROM customers WHERE email IS NULL AND mail_consent = 1"), 0);
  assert.ok(one("SELECT count(*) AS n FROM orders WHERE status IN ('paid', 'shipped')") > 0, "orders on their way");
  assert.ok(one("SELECT count(*) AS n FROM order_lines WHERE status = 'returned'") > 5);
  assert.equal(
    one("SELECT count(*) AS n FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id WHERE l.id IS NULL"),
    0,
    "empty orders",
  );
  const events = grocer.outbox.waiting(1000);
  assert.deepEqual([...new Set(events.map((event) => event.type))], ["consent.changed"]);
  assert.equal(events.length, one("SELECT count(*) AS n FROM customers WHERE mail_consent = 1"));
  grocer.close();
});

test("the range holds together", () => {
  const ids = new Set(RANGE.map((item) => item.id));
  assert.equal(ids.size, RANGE.length);
  for (const item of RANGE) {
    if (item.successor) assert.ok(ids.has(item.successor), `successor of ${item.id}`);
    if (item.group)
      assert.ok(RANGE.filter((other) => other.group === item.group).length > 1, `${item.group} has one variant`);
  }
});
