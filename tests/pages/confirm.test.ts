// The cart's buttons over real HTTP: what each press says, and that it says it once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CART, EFFECT, startStandIn, type StandIn } from "./stand-in-engine.js";

/** The one-time value of a fresh view. */
async function view(url: string): Promise<string> {
  const text = await (await fetch(url)).text();
  return /name="once" value="([^"]+)"/.exec(text)![1]!;
}

function press(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
}

/** What was said about the cart, without the receipt of the click. */
function said(standIn: StandIn): string[] {
  return standIn.events
    .filter(({ event }) => event.type.startsWith("predicted_cart."))
    .map(({ by, event }) => `${by} ${event.type.slice("predicted_cart.".length)} ${JSON.stringify(event.data)}`);
}

test("each button says its event", async () => {
  const table: [Record<string, string>, string | null][] = [
    [{ do: "confirm" }, `link confirmed {"cart":"${CART}"}`],
    [{ do: "undo" }, `link undone {"cart":"${CART}"}`],
    [{ do: "postpone" }, `link postponed {"cart":"${CART}"}`],
    [{ do: "postpone p1" }, `link postponed {"cart":"${CART}","product":"p1"}`],
    [
      { do: "postpone p1", until: "2026-03-20" },
      `link postponed {"cart":"${CART}","product":"p1","until":"2026-03-20"}`,
    ],
    [{ do: "postpone", until: "1999-01-01" }, `link postponed {"cart":"${CART}"}`],
    [{ do: "postpone", until: "2999-01-01" }, `link postponed {"cart":"${CART}"}`],
    [{ do: "postpone", until: "tomorrow" }, `link postponed {"cart":"${CART}"}`],
    [{ do: "remove p2" }, `link line_removed {"cart":"${CART}","product":"p2"}`],
    [{ do: "restore p2" }, `link line_restored {"cart":"${CART}","product":"p2"}`],
    [{ do: "quantity 3 p2" }, `link quantity_changed {"cart":"${CART}","product":"p2","quantity":3}`],
    [{ do: "stop" }, `link stopped {"cart":"${CART}"}`],
    [{ do: "keep" }, `link kept {"cart":"${CART}"}`],
    [{ do: "quantity 0 p2" }, null],
    [{ do: "quantity p2", quantity: "144" }, `link quantity_changed {"cart":"${CART}","product":"p2","quantity":144}`],
    [{ do: "quantity p2", quantity: "-1" }, null],
    [{ do: "quantity p2", quantity: "many" }, null],
    [{ do: "quantity p2", quantity: "10000" }, null],
    [{ do: "quantity 10000 p2" }, null],
    [{ do: "quantity p2" }, null],
    [{ do: "remove p99" }, null],
    [{ do: "remove" }, null],
    [{ do: "confirm p1" }, null],
    [{ do: "constructor" }, null],
    [{}, null],
  ];
  for (const [fields, expected] of table) {
    const standIn = await startStandIn();
    const url = await standIn.url("cart");
    const response = await press(url, { ...fields, once: await view(url) } as Record<string, string>);
    assert.deepEqual(said(standIn), expected === null ? [] : [expected], JSON.stringify(fields));
    assert.equal(response.status, expected === null ? 400 : 303, JSON.stringify(fields));
    await standIn.close();
  }
});

test("a product id may hold spaces, digits and quotes", async () => {
  for (const product of ["12 34", "7", `a "b" <c>`, "quantity 3 x", "ж ж"]) {
    const standIn = await startStandIn();
    standIn.cart.lines[0]!.product = product;
    const url = await standIn.url("cart");
    for (const [verb, fields] of [
      ["remove", {}],
      ["quantity 2", {}],
      ["postpone", {}],
    ] as const) {
      const response = await press(url, { do: `${verb} ${product}`, once: await view(url), ...fields });
      assert.equal(response.status, 303, `${verb} ${product}`);
    }
    assert.deepEqual(
      standIn.events.filter(({ event }) => event.data["product"]).map(({ event }) => event.data["product"]),
      [product, product, product],
    );
    await standIn.close();
  }
});

test("a hundred presses of Confirm are one confirmation and one click", async () => {
  const standIn = await startStandIn();
  const url = await standIn.url("cart");
  const once = await view(url);
  const responses = await Promise.all(Array.from({ length: 100 }, () => press(url, { do: "confirm", once })));
  assert.ok(responses.every(({ status }) => status === 303));
  assert.deepEqual(said(standIn), [`link confirmed {"cart":"${CART}"}`]);
  assert.deepEqual(
    standIn.events.filter(({ event }) => event.type === "message.clicked").map(({ by, event }) => [by, event.id]),
    [["host", `clicked-${EFFECT}`]],
  );
  await standIn.close();
});

test("Confirm without the value of a view, or with another's, does nothing", async () => {
  const standIn = await startStandIn();
  const url = await standIn.url("cart");
  const others = await view(await standIn.url("cart", { effect: "5".repeat(32) }));
  for (const once of ["", "x", others, "a.b.c", (await view(url)).replace(/.$/, (c) => (c === "a" ? "b" : "a"))]) {
    const response = await press(url, { do: "confirm", once });
    assert.equal(response.status, 303);
    assert.match(response.headers.get("location")!, /n=stale$/);
  }
  assert.equal(standIn.events.length, 0);
  await standIn.close();
});

test("nobody confirms what they have not seen", async () => {
  const standIn = await startStandIn();
  const url = await standIn.url("cart");
  const once = await view(url);
  standIn.cart.lines[0]!.price = 1990;
  const response = await press(url, { do: "confirm", once });
  assert.match(response.headers.get("location")!, /n=stale$/);
  assert.deepEqual(said(standIn), []);
  assert.match(
    await (await fetch(new URL(response.headers.get("location")!, standIn.origin))).text(),
    /look once more before confirming/,
  );
  // An edit from a stale page is still what the person meant.
  await press(url, { do: "quantity 3 p1", once });
  assert.equal(standIn.cart.lines[0]!.quantity, 3);
  await standIn.close();
});

test("a value lives for a day", async () => {
  const standIn = await startStandIn();
  const url = await standIn.url("cart");
  const once = await view(url);
  standIn.now += 86_400_001;
  assert.match((await press(url, { do: "confirm", once })).headers.get("location")!, /n=stale$/);
  await standIn.close();
});

test("the same change made again from a new view is a new change", async () => {
  const standIn = await startStandIn();
  const url = await standIn.url("cart");
  for (const quantity of [2, 1, 2]) {
    standIn.now += 1000;
    await press(url, { do: `quantity ${quantity} p1`, once: await view(url) });
  }
  assert.equal(said(standIn).length, 3);
  assert.equal(standIn.cart.lines[0]!.quantity, 2);
  await standIn.close();
});

test("after confirming the page says the number, the call and the undo; then undo, once", async () => {
  const standIn = await startStandIn();
  const url = await standIn.url("cart");
  await press(url, { do: "confirm", once: await view(url) });
  const page = await (await fetch(url)).text();
  assert.match(page, /Your order number is 1042\./);
  assert.match(page, /We will call you/);
  assert.match(page, /undo until 09:40, that is 10 more minutes/);
  const once = await view(url);
  await Promise.all(Array.from({ length: 10 }, () => press(url, { do: "undo", once })));
  assert.equal(said(standIn).filter((text) => text.includes("undone")).length, 1);
  assert.match(await (await fetch(url)).text(), /The order is cancelled and nobody will call/);
  // The old Confirm is worth nothing now.
  await press(url, { do: "confirm", once });
  assert.equal(standIn.cart.status, "undone");
  await standIn.close();
});

test("a visit is believed once, from the page it belongs to", async () => {
  const standIn = await startStandIn();
  const url = await standIn.url("cart");
  const seen = (once: string) => fetch(`${url}/seen`, { method: "POST", body: new URLSearchParams({ once }) });
  assert.equal((await seen("made up")).status, 400);
  assert.equal(standIn.events.length, 0);
  const once = await view(url);
  const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await seen(once)).status));
  assert.deepEqual(statuses, [204, 204, 204, 204, 204]);
  assert.deepEqual(said(standIn), [`link viewed {"cart":"${CART}"}`]);
  await standIn.close();
});

test("links that are wrong, expired or for something else are friendly and do nothing", async () => {
  const standIn = await startStandIn();
  const wrong = [
    `${standIn.origin}/comeback/c/abc`,
    (await standIn.url("unsubscribe")).replace("/u/", "/c/"),
    `${await standIn.url("cart")}a`,
  ];
  for (const url of wrong) {
    assert.equal((await fetch(url)).status, 404);
    assert.equal((await press(url, { do: "confirm", once: "x" })).status, 404);
  }
  const old = await standIn.url("cart", { now: standIn.now - 30 * 86_400_000 });
  const page = await fetch(old);
  assert.equal(page.status, 410);
  const text = await page.text();
  assert.match(text, /This link has expired/);
  const token = /name="token" value="([^"]+)"/.exec(text)![1]!;
  const renew = () => press(`${standIn.origin}/comeback/r`, { token });
  assert.equal((await renew()).status, 200);
  assert.deepEqual(standIn.renewed, ["c42"]);
  assert.equal((await renew()).status, 429, "one letter a minute");
  assert.equal((await press(`${standIn.origin}/comeback/r`, { token: "forged" })).status, 200);
  assert.deepEqual(standIn.renewed, ["c42"]);
  assert.equal((await fetch(`${await standIn.url("cart")}.`)).status, 200, "a full stop after the link");
  assert.equal(standIn.events.length, 0);
  await standIn.close();
});

test("an engine that is busy says so and an engine that fails tells nothing of its inside", async () => {
  for (const [error, status, text] of [
    [Object.assign(new Error("secret detail"), { retryable: true, retryAfterSeconds: 7 }), 503, /busy/],
    [new Error("secret detail"), 500, /went wrong on our side/],
  ] as const) {
    const standIn = await startStandIn({ deps: { ingest: async () => Promise.reject(error) } });
    const url = await standIn.url("cart");
    const response = await press(url, { do: "confirm", once: await view(url) });
    assert.equal(response.status, status);
    const body = await response.text();
    assert.match(body, text);
    assert.ok(!body.includes("secret") && !body.includes(" at "));
    if (status === 503) assert.equal(response.headers.get("retry-after"), "7");
    await standIn.close();
  }
});

test("one address can't press without end", async () => {
  const standIn = await startStandIn({ deps: { requests_per_minute_max: 30 } });
  const url = await standIn.url("cart");
  const once = await view(url);
  const statuses = await Promise.all(
    Array.from({ length: 50 }, async () => (await press(url, { do: "keep", once })).status),
  );
  assert.equal(statuses.filter((status) => status === 429).length, 20);
  standIn.now += 60_000;
  assert.equal((await press(url, { do: "keep", once })).status, 303);
  await standIn.close();
});
