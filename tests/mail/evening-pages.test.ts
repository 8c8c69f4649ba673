// The pages through the real engine: from the letter to the order, the operator's call, and a link that expired.
import assert from "node:assert/strict";
import { test } from "node:test";
import { simpleParser } from "mailparser";
import type { CartView } from "comeback";
import { startEvening, type Evening } from "./evening.js";
import { links } from "./messages.js";

/** The address of a page, as the reader of a letter finds it in the text part. */
async function linkIn(raw: string, kind: "c" | "u" | "p" | "operator"): Promise<string> {
  const { text } = await simpleParser(raw);
  return new RegExp(`https://shop\\.example/comeback/${kind}/[a-z2-7]+`).exec(text!)![0];
}

const get = async ({ comeback }: Evening, url: string) => (await comeback.fetch(new Request(url))).text();
const onceOf = (page: string) => /name="once" value="([^"]+)"/.exec(page)![1]!;
const post = ({ comeback }: Evening, url: string, fields: Record<string, string>) =>
  comeback.fetch(new Request(url, { method: "POST", body: new URLSearchParams(fields) }));

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

test("from the letter to the order, the operator's letter and the recorded call", async (t) => {
  const evening = await startEvening(t);
  await evening.until("2026-03-02T20:10:00Z");
  const letter = evening.letters.find(({ to }) => to === "anna@example.com")!;
  const url = await linkIn(letter.raw, "c");
  const page = await get(evening, url);
  assert.match(page, /Rooibos, loose 250 g/);
  assert.equal((await post(evening, url, { do: "confirm", once: onceOf(page) })).status, 303);
  await evening.until("2026-03-02T20:15:00Z");
  assert.match(await get(evening, url), /Your order number is N1/);

  const call = evening.letters.find(({ to }) => to === "staff@shop.example")!;
  assert.match((await simpleParser(call.raw)).subject!, /^Call anna, order N1$/);
  const task = await linkIn(call.raw, "operator");
  const form = await get(evening, task);
  assert.equal((await post(evening, task, { once: onceOf(form), outcome: "reached", note: "glad" })).status, 303);
  assert.match(await get(evening, task), /The customer was reached/);
});

test("an undone order is cancelled in the shop and its call withdrawn", async (t) => {
  const evening = await startEvening(t);
  await evening.until("2026-03-02T20:10:00Z");
  const url = await linkIn(evening.letters.find(({ to }) => to === "anna@example.com")!.raw, "c");
  await post(evening, url, { do: "confirm", once: onceOf(await get(evening, url)) });
  await evening.until("2026-03-02T20:15:00Z");
  await post(evening, url, { do: "undo", once: onceOf(await get(evening, url)) });
  await evening.until("2026-03-02T20:20:00Z");
  assert.match(await get(evening, url), /The order is cancelled and nobody will call/);
  assert.deepEqual(
    [...evening.shop.orders.values()].map(({ status }) => status),
    ["cancelled"],
  );
  const call = evening.letters.find(({ to }) => to === "staff@shop.example")!;
  assert.match(await get(evening, await linkIn(call.raw, "operator")), /This task is withdrawn/);
});

test("an expired link sends a new one to the address on record, and that one opens", async (t) => {
  const evening = await startEvening(t);
  await evening.until("2026-03-02T20:10:00Z");
  const { cart } = (await evening.comeback.ask<CartView | null>("boris", { ask: "cart" }))!;
  const old = await links.url("cart", { customer: "boris", cart, now: evening.clock.now() - 40 * 86_400_000 });
  const expired = await get(evening, old);
  assert.match(expired, /This link has expired/);
  const token = /name="token" value="([^"]+)"/.exec(expired)![1]!;
  assert.equal((await post(evening, "https://shop.example/comeback/r", { token })).status, 200);
  await evening.until("2026-03-02T20:20:00Z");
  const letters = evening.letters.filter(({ to }) => to === "boris@example.com");
  assert.equal(letters.length, 2, "Monday's letter and the new link");
  assert.match(await get(evening, await linkIn(letters[1]!.raw, "c")), /Is it time again/);
});

test("a price that changed after the letter is shown before it is ordered, and what is sold out is left out", async (t) => {
  const evening = await startEvening(t);
  await evening.until("2026-03-02T20:10:00Z");
  const url = await linkIn(evening.letters.find(({ to }) => to === "anna@example.com")!.raw, "c");
  const before = await get(evening, url);
  assert.match(before, /£7\.20/);
  assert.doesNotMatch(before, /price has changed/);

  const tea = evening.shop.catalogue[0]!;
  tea.price = 800;
  await post(evening, url, { do: "confirm", once: onceOf(before) });
  await evening.until("2026-03-02T20:15:00Z");
  assert.equal(evening.shop.orders.size, 0, "a confirmation of the old price orders nothing");

  const after = await get(evening, url);
  assert.match(after, /£8\.00/);
  assert.match(after, /was <\/span>£7\.20/);
  assert.match(after, /The price has changed since our letter/);

  tea.in_stock = false;
  const soldOut = await get(evening, url);
  assert.match(soldOut, /Rooibos, loose 250 g: not in stock/);
  assert.doesNotMatch(soldOut, /value="confirm"/);
  await post(evening, url, { do: "confirm", once: onceOf(after) });
  await evening.until("2026-03-02T20:20:00Z");
  assert.equal(evening.shop.orders.size, 0);

  tea.in_stock = true;
  await post(evening, url, { do: "confirm", once: onceOf(await get(evening, url)) });
  await evening.until("2026-03-02T20:25:00Z");
  const [order] = [...evening.shop.orders.values()];
  assert.deepEqual(order!.lines, [{ product: "tea", quantity: 1, price: 800 }]);
});

test("a shop that gives no prices leaves the cart as it was offered", async (t) => {
  const evening = await startEvening(t);
  await evening.until("2026-03-02T20:10:00Z");
  const url = await linkIn(evening.letters.find(({ to }) => to === "anna@example.com")!.raw, "c");
  evening.shop.failure = new Error("the shop is down");
  const page = await get(evening, url);
  assert.match(page, /£7\.20/);
  await post(evening, url, { do: "confirm", once: onceOf(page) });
  evening.shop.failure = null;
  await evening.until("2026-03-02T20:15:00Z");
  assert.equal(evening.shop.orders.size, 1);
});
