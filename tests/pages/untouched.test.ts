// Looking changes nothing: every GET route, fetched in every way that scanners, previews and mail programs fetch links.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ROUTES } from "comeback/http";
import { EFFECT, startStandIn, type StandIn } from "./stand-in-engine.js";

/** An address for each GET route. A new route without one fails the first test. */
const ADDRESSES: Record<string, (standIn: StandIn) => Promise<string> | string> = {
  "/c/:token": (s) => s.url("cart"),
  "/u/:token": (s) => s.url("unsubscribe"),
  "/p/:token": (s) => s.url("preferences"),
  "/o/:token": (s) => s.url("open"),
  "/operator/:token": (s) => s.url("operator"),
  "/healthz": (s) => `${s.origin}/comeback/healthz`,
  "/reports/:name": (s) => `${s.origin}/comeback/reports/weeks`,
  "/banners": (s) => `${s.origin}/comeback/banners?slot=home&visitor=v_0123456789abcdef`,
};

const AGENTS = [
  "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
  "Mozilla/5.0 (compatible; Microsoft Outlook Safe Links)",
  "BarracudaCentral",
  "Mimecast URL Protect",
  "Proofpoint URL Defense",
  "Slackbot-LinkExpanding 1.0",
  "TelegramBot (like TwitterBot)",
  "WhatsApp/2.23",
  "facebookexternalhit/1.1",
  "curl/8.5.0",
  "",
];

const VARIANTS: { method: string; headers: Record<string, string> }[] = [
  { method: "HEAD", headers: {} },
  { method: "OPTIONS", headers: {} },
  { method: "GET", headers: { purpose: "prefetch", "sec-purpose": "prefetch;prerender" } },
  { method: "GET", headers: { "x-purpose": "preview" } },
  { method: "GET", headers: { "x-http-method-override": "POST" } },
  ...AGENTS.map((agent) => ({ method: "GET", headers: { "user-agent": agent } })),
];

/** What such requests may tempt a handler to do. */
const QUERIES = ["", "?do=confirm", "?sub=0&unsubscribe=1", "?List-Unsubscribe=One-Click", "?lang=ru&n=stopped"];

test("every GET route is tried here", () => {
  const routes = ROUTES.filter(({ method }) => method === "GET").map(({ path }) => path);
  assert.deepEqual(
    routes.filter((path) => !(path in ADDRESSES)),
    [],
  );
});

test("no way of looking changes anything; the open pixel adds its one hint and nothing else", async () => {
  for (const { path } of ROUTES.filter(({ method }) => method === "GET")) {
    const standIn = await startStandIn();
    const before = JSON.stringify([standIn.cart, standIn.profile]);
    const address = await ADDRESSES[path]!(standIn);
    const looks = VARIANTS.flatMap((variant) =>
      QUERIES.map((query) => ({
        ...variant,
        url: address + (address.includes("?") ? query.replace("?", "&") : query),
      })),
    );
    const parallel = Array.from({ length: 20 }, () => ({ method: "GET", headers: {}, url: address }));
    await Promise.all(
      [...looks, ...parallel].map(async ({ url, ...init }) => {
        // The shop's own server has a secret; the others don't mind it.
        const headers = { authorization: "Bearer an event secret", ...init.headers };
        const response = await fetch(url, { ...init, headers, redirect: "manual" });
        await response.arrayBuffer();
        assert.ok(response.status < 400, `${init.method} ${url}: ${response.status}`);
      }),
    );
    assert.equal(JSON.stringify([standIn.cart, standIn.profile]), before, path);
    const said = standIn.events.map(({ event }) => `${event.type} ${event.id}`);
    assert.deepEqual(said, path === "/o/:token" ? [`message.opened opened-${EFFECT}`] : [], path);
    assert.deepEqual(standIn.reports, []);
    assert.deepEqual(standIn.renewed, []);
    await standIn.close();
  }
});

test("HEAD answers like GET without a body", async () => {
  const standIn = await startStandIn();
  const url = await standIn.url("cart");
  const [get, head] = await Promise.all([fetch(url), fetch(url, { method: "HEAD" })]);
  assert.deepEqual([get.status, head.status, (await head.text()).length], [200, 200, 0]);
  assert.equal(head.headers.get("content-type"), get.headers.get("content-type"));
  await standIn.close();
});

test("every page keeps nothing, tells nobody and runs only its own script", async () => {
  const standIn = await startStandIn();
  const addresses = [
    await standIn.url("cart"),
    await standIn.url("unsubscribe"),
    await standIn.url("preferences"),
    await standIn.url("operator"),
    `${standIn.origin}/comeback/c/wrong`,
    await standIn.url("cart", { now: 0 }),
  ];
  for (const address of addresses) {
    const response = await fetch(address);
    const text = await response.text();
    const header = (name: string) => response.headers.get(name) ?? "";
    assert.equal(header("cache-control"), "no-store");
    assert.equal(header("referrer-policy"), "no-referrer");
    assert.match(header("x-robots-tag"), /noindex/);
    assert.match(text, /<meta name="robots" content="noindex/);
    assert.match(
      header("content-security-policy"),
      /default-src 'none'; style-src 'nonce-[^']+'; script-src 'nonce-[^']+'/,
    );
    assert.ok(!/unsafe/.test(header("content-security-policy")));
    assert.equal(header("set-cookie"), "");
    assert.ok(text.length < 20_480, `${address}: ${text.length} bytes`);
    assert.ok(!/ on\w+="| style="/.test(text), "no inline handlers or styles");
    const outside = [...text.matchAll(/(?:src|action)="(https?:[^"]+)"/g)]
      .map(([, url]) => new URL(url!).host)
      .filter((host) => host !== "shop.example");
    assert.deepEqual(outside, []);
  }
  await standIn.close();
});

test("no page that a link opens shows a name, an address or a phone number", async () => {
  for (const status of [
    "ready",
    "ordered",
    "postponed",
    "undone",
    "lapsed",
    "superseded",
    "empty",
    "quoting",
    "confirming",
  ] as const) {
    const standIn = await startStandIn({ cart: { status } });
    for (const purpose of ["cart", "unsubscribe", "preferences"] as const) {
      for (const lang of ["en", "ru"]) {
        const text = await (await fetch(`${await standIn.url(purpose)}?lang=${lang}`)).text();
        assert.doesNotMatch(text, /Anna|Smith|anna@|7946|\bc42\b/, `${purpose} ${status}`);
      }
    }
    await standIn.close();
  }
});
