// Banners as a storefront page gets them: the real engine behind the real handler, over real HTTP.
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { createComeback, type Comeback } from "comeback";
import { createLinks, createPages, toNodeListener, type Links } from "comeback/http";
import { memoryStore } from "comeback/stores/memory";
import { fakeShop, virtualClock } from "comeback/testing";

const PROGRAM = `
comeback: 1
shop: { name: Bean & Leaf, zone: Europe/London, currency: GBP, locale: en }
offers:
  - { id: first, percent: 10, description: 10 % off }
actions:
  - id: ad
    on: url
    when: { event: { field: utm.source, is: { any_of: [facebook] } } }
    offer: first
    banner: { title: Welcome, text: "Your code is {code}.", url: /tea, slot: home, for: 7d, times: 2, priority: 1 }
  - id: tea
    on: viewed
    when: { product: { any_of: [tea] } }
    banner: { title: Tea, slot: home, for: 1d, times: 1 }
`;
const TEA = { id: "tea", name: "Rooibos", price: 720, currency: "GBP", in_stock: true };
const VISITOR = "v_0123456789abcdef";

let server: Server;
let origin: string;
let comeback: Comeback;
let links: Links;
const clock = virtualClock("2026-03-02T12:00:00Z");

before(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  links = createLinks({
    base_url: `${origin}/comeback`,
    keys: [{ id: "a", secret: "a secret of at least thirty-two characters" }],
  });
  const shop = Object.assign(fakeShop([TEA]), {
    issueOffer: async ({ offer }: { offer: { code: string } }) => ({ code: offer.code }),
  });
  comeback = await createComeback({
    program: PROGRAM,
    store: memoryStore(),
    shop,
    clock,
    pages: (host) =>
      createPages({ host, links, shop: { name: "Bean & Leaf", url: `${origin}/` }, requests_per_minute_max: 100_000 }),
  });
  server.on("request", toNodeListener(comeback.fetch));
});
after(async () => {
  await comeback.stop();
  server.closeAllConnections();
  server.close();
});

const get = (query: string, headers: Record<string, string> = {}) =>
  fetch(`${origin}/comeback/banners?${query}`, { headers });

interface Shown {
  banner: string;
  title: string;
  text: string;
  url: string;
  times_left: number;
}

async function waiting(query = `slot=home&visitor=${VISITOR}`): Promise<Shown[]> {
  const response = await get(query);
  assert.equal(response.status, 200);
  return ((await response.json()) as { banners: Shown[] }).banners;
}

async function report(type: string, data: object, who: object = { visitor: VISITOR }): Promise<void> {
  const response = await fetch(`${origin}/comeback/page-events`, {
    method: "POST",
    body: JSON.stringify({ ...who, events: [{ type, data }] }),
  });
  assert.equal(response.status, 202);
  assert.deepEqual(((await response.json()) as { refused: unknown[] }).refused, []);
  await comeback.tick();
}

test("a visitor's banner: with its code, shown as often as it may be, the highest priority first", async () => {
  assert.deepEqual(await waiting(), []);
  await report("page.visited", { url: "/", utm: { source: "facebook" } });
  await report("product.viewed", { product: "tea" });
  const [welcome, tea] = await waiting();
  assert.equal(welcome?.title, "Welcome");
  assert.match(welcome.text, /^Your code is [A-Z0-9]{8,}\.$/);
  assert.equal(welcome.url, "/tea");
  assert.equal(tea?.title, "Tea");
  for (let look = 0; look < 5; look++) await waiting();
  assert.equal((await waiting())[0]?.times_left, 2, "asking counts nothing");
  await report("banner.shown", { banner: welcome.banner });
  assert.equal((await waiting())[0]?.times_left, 1);
  await report("banner.clicked", { banner: welcome.banner });
  assert.deepEqual(
    (await waiting()).map(({ title }) => title),
    ["Tea"],
  );
  await report("banner.dismissed", { banner: tea.banner });
  assert.deepEqual(await waiting(), []);
});

test("a customer by an identity that the shop's server had signed, and until the banner's time is over", async () => {
  const identity = await links.token("identity", { customer: "c42", now: clock.now() });
  await report("product.viewed", { product: "tea" }, { identity });
  const query = `slot=home&identity=${identity}`;
  assert.deepEqual(
    (await waiting(query)).map(({ title }) => title),
    ["Tea"],
  );
  assert.deepEqual(await waiting(`slot=cart&identity=${identity}`), [], "another slot");
  assert.deepEqual(await waiting(), [], "another visitor");
  clock.advance(2 * 86_400_000);
  assert.deepEqual(await waiting(query), []);
});

test("whoever guesses gets nothing", async () => {
  const unsubscribe = await links.token("unsubscribe", { customer: "c42", now: clock.now() });
  const table: [query: string, status: number, message: RegExp][] = [
    ["", 400, /`slot` must be/],
    [`slot=&visitor=${VISITOR}`, 400, /`slot` must be/],
    [`slot=${"x".repeat(65)}&visitor=${VISITOR}`, 400, /`slot` must be/],
    [`slot=ho%00me&visitor=${VISITOR}`, 400, /`slot` must be/],
    [`slot=<script>&visitor=${VISITOR}`, 400, /`slot` must be/],
    ["slot=home", 400, /`visitor` must look like/],
    ["slot=home&visitor=c42", 400, /`visitor` must look like/],
    ["slot=home&visitor=v_short", 400, /`visitor` must look like/],
    ["slot=home&customer=c42", 400, /`visitor` must look like/],
    ["slot=home&identity=c42", 403, /not signed by us/],
    [`slot=home&identity=${unsubscribe}`, 403, /not signed by us/],
    [`slot=home&visitor=${VISITOR}&identity=${"a".repeat(5000)}`, 403, /not signed by us/],
  ];
  for (const [query, status, message] of table) {
    const response = await get(query);
    assert.equal(response.status, status, query);
    assert.match(await response.text(), message, query);
  }
});

test("only pages of the shop may read the answer", async () => {
  const query = `slot=home&visitor=${VISITOR}`;
  const own = await get(query, { origin });
  assert.equal(own.headers.get("access-control-allow-origin"), origin);
  assert.equal(own.headers.get("cache-control"), "no-store");
  const foreign = await get(query, { origin: "https://elsewhere.example" });
  assert.equal(foreign.status, 403);
  assert.equal(foreign.headers.get("access-control-allow-origin"), null);
});
