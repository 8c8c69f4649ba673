// Figures for the shop's own server: who may ask, and in which shape they come.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Product } from "comeback";
import { createComeback, type Comeback } from "comeback";
import { createLinks, createPages } from "comeback/http";
import { makeReport } from "comeback/measure";
import { memoryStore } from "comeback/stores/memory";
import { fakeShop, virtualClock } from "comeback/testing";
import { startStandIn } from "./stand-in-engine.js";

const TEA: Product = { id: "tea", name: "Rooibos", price: 720, currency: "GBP", in_stock: true };
const secret = "an event secret";
let comeback: Comeback;

before(async () => {
  const store = memoryStore();
  const clock = virtualClock("2026-03-02T12:00:00Z");
  const links = createLinks({
    base_url: "https://shop.example/comeback",
    keys: [{ id: "a", secret: "a secret of at least thirty-two characters" }],
  });
  comeback = await createComeback({
    program: { comeback: 1, shop: { name: "Bean & Leaf", zone: "Europe/London", currency: "GBP", locale: "en" } },
    store,
    shop: fakeShop([TEA]),
    clock,
    pages: (host) =>
      createPages({
        host,
        links,
        shop: { name: "Bean & Leaf", url: "https://shop.example/" },
        event_secrets: [secret],
        reports: (name, span) => {
          const ask = <T>(customer: string, question: Parameters<typeof host.ask>[1]) =>
            host.ask<T>(customer, question);
          return makeReport({ store, ask, now: () => host.now() }, name, span);
        },
      }),
  });
  const cart = { lines: [{ product: "tea", quantity: 1, price: 720 }], total: 720, currency: "GBP" };
  const at = "2026-02-20T10:00:00Z";
  await comeback.ingest([{ id: "1", source: "shop", type: "cart.updated", at, customer: "c1", data: cart }], "shop");
});
after(() => comeback.stop());

const get = (path: string, headers: Record<string, string> = { authorization: `Bearer ${secret}` }) =>
  comeback.fetch(new Request(`https://shop.example/comeback/reports/${path}`, { headers }));

test("a report as JSON and as CSV, over a span", async () => {
  const json = (await (await get("lost-carts")).json()) as { summary: object; rows: object[]; until: string };
  assert.deepEqual(json.summary, { carts: { bought: 0, recovered: 0, emptied: 0, open: 0, lost: 0 } });
  assert.equal(json.until, "2026-03-02T12:00:00.000Z");
  const later = await get("lost-carts?from=2026-02-01&until=2026-03-20&format=csv");
  assert.match(later.headers.get("content-type") ?? "", /^text\/csv/);
  assert.equal(await later.text(), "step,shipping,observed,asked,currency,carts,value\r\ncart,,,,GBP,1,720\r\n");
  const asked = await get("weeks", { authorization: `Bearer ${secret}`, accept: "text/csv" });
  assert.match(asked.headers.get("content-disposition") ?? "", /filename="weeks.csv"/);
});

test("nobody else, and nothing else", async () => {
  const table: [path: string, headers: Record<string, string> | undefined, status: number, message: RegExp][] = [
    ["weeks", {}, 401, /authorization: Bearer/],
    ["weeks", { authorization: "Bearer wrong" }, 401, /not one of the event secrets/],
    ["nothing", undefined, 404, /there are weeks, steps/],
    ["__proto__", undefined, 404, /no report of this name/],
    ["weeks?format=xls", undefined, 400, /`json` or `csv`/],
    ["steps?window_days=0", undefined, 400, /`window_days` must be/],
    ["weeks?from=yesterday", undefined, 400, /`from` must be an instant/],
    ["weeks?until=9999999999", undefined, 400, /`until` must be an instant/],
  ];
  for (const [path, headers, status, message] of table) {
    const response = await get(path, headers);
    assert.equal(response.status, status, path);
    assert.match(await response.text(), message, path);
  }
  const closed = await startStandIn({ deps: { event_secrets: [] } });
  assert.equal((await fetch(`${closed.origin}/comeback/reports/weeks`)).status, 404);
  await closed.close();
});
