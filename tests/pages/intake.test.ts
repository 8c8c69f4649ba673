// What programs say over HTTP: the shop's server, storefront pages, providers, mail programs.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { test } from "node:test";
import type { EventEnvelope } from "comeback";
import { signWebhook } from "comeback/http";
import { NOW, startStandIn, type StandIn } from "./stand-in-engine.js";

const event = (over: object = {}) => ({
  id: "e1",
  source: "shop",
  type: "order.placed",
  at: "2026-03-02T09:15:00Z",
  customer: "c1",
  data: {},
  ...over,
});

function post(standIn: StandIn, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`${standIn.origin}/comeback${path}`, {
    method: "POST",
    body: text,
    headers: { "content-type": "application/json", ...headers },
  });
}

const bearer = { authorization: "Bearer an event secret" };

async function answer(response: Response): Promise<unknown> {
  return [response.status, await response.json()];
}

test("the shop's server is believed with its secret, in three shapes of body", async () => {
  const standIn = await startStandIn();
  const shapes: [unknown, number][] = [
    [event(), 1],
    [[event({ id: "e2" }), event({ id: "e3" })], 2],
    [{ events: [event({ id: "e4" })] }, 1],
  ];
  for (const [body, accepted] of shapes) {
    assert.deepEqual(await answer(await post(standIn, "/events", body, bearer)), [
      200,
      { accepted, duplicates: 0, refused: [] },
    ]);
  }
  assert.deepEqual(await answer(await post(standIn, "/events", event(), bearer)), [
    200,
    { accepted: 0, duplicates: 1, refused: [] },
  ]);
  assert.ok(standIn.events.every(({ by }) => by === "shop"));
  await standIn.close();
});

test("nobody else is", async () => {
  const standIn = await startStandIn();
  for (const headers of [
    {},
    { authorization: "Bearer wrong" },
    { authorization: "Basic an event secret" },
    { authorization: "Bearer an event secret " + "x" },
  ] as Record<string, string>[]) {
    assert.equal((await post(standIn, "/events", event(), headers)).status, 401, JSON.stringify(headers));
  }
  assert.equal(standIn.events.length, 0);
  const closed = await startStandIn({ deps: { event_secrets: [] } });
  assert.equal((await post(closed, "/events", event(), bearer)).status, 404);
  await closed.close();
  await standIn.close();
});

test("a body that can't be read says what is wrong with it", async () => {
  const standIn = await startStandIn();
  const deep = "[".repeat(33) + "]".repeat(33);
  const table: [unknown, number, RegExp][] = [
    ["{", 400, /the body is not JSON/],
    ["", 400, /the body is not JSON/],
    [deep, 400, /JSON may nest 32 deep/],
    ['{"__proto__": {"admin": true}}', 400, /`__proto__` is not a field name/],
    [[], 200, /"accepted":0/],
    [null, 400, /event 0 must be an object/],
    [[event(), 7], 400, /event 1 must be an object/],
    [event({ id: "" }), 400, /event 0: `id` must be a text of 1 to 200 characters/],
    [event({ customer: { a: 1 } }), 400, /`customer` must be a text/],
    [event({ data: [] }), 400, /`data` must be an object/],
    [Array.from({ length: 1001 }, () => 1), 413, /at most 1000 events at a time, found 1001/],
    ["x".repeat(300_000), 413, /at most 256 KB/],
  ];
  for (const [body, status, message] of table) {
    const response = await post(standIn, "/events", body, bearer);
    assert.equal(response.status, status, String(message));
    assert.match(await response.text(), message);
  }
  assert.equal(({} as { admin?: boolean }).admin, undefined);
  await standIn.close();
});

test("a body longer than it claims is cut off while it arrives", async () => {
  const standIn = await startStandIn();
  const port = Number(new URL(standIn.origin).port);
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => (text += chunk));
  socket.on("error", () => {});
  socket.write(
    "POST /comeback/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer an event secret\r\ntransfer-encoding: chunked\r\n\r\n",
  );
  for (let i = 0; i < 40 && !text; i++) {
    socket.write(`4000\r\n${"x".repeat(0x4000)}\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.match(text, /^HTTP\/1\.1 413/);
  socket.destroy();
  await standIn.close();
});

test("a signed body is believed inside five minutes, with any live secret, and no byte may change", async () => {
  const secret = `whsec_${Buffer.from("0123456789abcdef01234567").toString("base64")}`;
  const standIn = await startStandIn({ deps: { event_secrets: ["old", secret] } });
  const body = JSON.stringify(event());
  const sign = (id: string, at: number, text = body) =>
    `v1,${createHmac("sha256", "0123456789abcdef01234567").update(`${id}.${at}.${text}`).digest("base64")}`;
  const headers = (at: number, signature = sign("m1", at)) => ({
    "webhook-id": "m1",
    "webhook-timestamp": String(at),
    "webhook-signature": signature,
  });
  const now = NOW / 1000;
  const send = async (h: Record<string, string>, text = body) => (await post(standIn, "/events", text, h)).status;
  assert.equal(await send(headers(now)), 200);
  assert.equal(await send(headers(now, `v1,bm9wZQ== ${sign("m1", now)}`)), 200, "one of several signatures");
  assert.equal(await send(headers(now - 299)), 200);
  for (const [wrong, text] of [
    [headers(now - 301), body],
    [headers(now + 301), body],
    [headers(now, "v1,"), body],
    [headers(now, sign("m2", now)), body],
    [headers(now, sign("m1", now).replace("v1,", "v2,")), body],
    [headers(now), body.replace("c1", "c2")],
    [{ ...headers(now), "webhook-timestamp": "NaN" }, body],
    [{ ...headers(now), "webhook-id": "m3" }, body],
  ] as const) {
    assert.equal(await send(wrong, text), 401);
  }
  const signature = sign("m1", now);
  for (let at = 3; at < signature.length; at++) {
    const changed = signature.slice(0, at) + (signature[at] === "A" ? "B" : "A") + signature.slice(at + 1);
    assert.equal(await send(headers(now, changed)), 401, changed);
  }
  await standIn.close();
});

test("a page observes as the visitor it is, and says nothing else", async () => {
  const standIn = await startStandIn();
  const visitor = "v_0123456789abcdef";
  const view = { id: "1", type: "product.viewed", data: { product: "p1" } };
  const identity = await standIn.links.token("identity", { customer: "c7", now: NOW });
  const good = await post(standIn, "/page-events", { visitor, events: [view] });
  assert.deepEqual(await answer(good), [202, { accepted: 1, duplicates: 0, refused: [] }]);
  assert.equal((await post(standIn, "/page-events", { identity, events: [view] })).status, 202);
  assert.deepEqual(
    standIn.events.map(({ by, event }) => [by, event.customer, event.source, event.at]),
    [
      ["page", visitor, "page", new Date(NOW).toISOString()],
      ["page", "c7", "page", new Date(NOW).toISOString()],
    ],
  );
  const table: [unknown, number, RegExp][] = [
    [{ visitor, events: [{ ...view, type: "order.placed" }] }, 403, /a page may report product.viewed/],
    [{ visitor, events: [{ ...view, type: "consent.changed" }] }, 403, /and nothing else/],
    [{ visitor, events: [{ ...view, type: "customer.identified" }] }, 403, /and nothing else/],
    [{ visitor, events: [{ ...view, type: "predicted_cart.confirmed" }] }, 403, /and nothing else/],
    [{ visitor: "c42", events: [view] }, 400, /`visitor` must look like/],
    [{ customer: "c42", events: [view] }, 400, /`visitor` must look like/],
    [{ visitor: "c42", identity: "forged", events: [view] }, 403, /identity was not signed by us/],
    [{ identity: await standIn.links.token("cart", { customer: "c7", now: NOW }), events: [view] }, 403, /identity/],
    [{ visitor, events: {} }, 400, /must be a list/],
    [{ visitor, events: Array.from({ length: 21 }, () => view) }, 400, /at most 20/],
    [{ visitor, events: [{ ...view, data: "x".repeat(20_000) }] }, 413, /at most 16 KB/],
    [null, 400, /`visitor` must look like/],
  ];
  for (const [body, status, message] of table) {
    const response = await post(standIn, "/page-events", body);
    assert.equal(response.status, status, String(message));
    assert.match(await response.text(), message);
  }
  assert.equal(standIn.events.length, 2);
  // The customer of an event is ours to say, whatever the page put beside it.
  await post(standIn, "/page-events", {
    visitor,
    events: [{ ...view, id: "2", customer: "c42", source: "shop", at: "1999-01-01" }],
  });
  assert.equal(standIn.events.at(-1)!.event.customer, visitor);
  await standIn.close();
});

test("only the storefront's own origins may", async () => {
  const standIn = await startStandIn({ deps: { origins: ["https://blog.example/"] } });
  const body = { visitor: "v_0123456789abcdef", events: [] };
  for (const [origin, status] of [
    ["https://shop.example", 202],
    ["https://blog.example", 202],
    ["https://evil.example", 403],
    ["null", 403],
  ] as const) {
    const response = await post(standIn, "/page-events", body, { origin });
    assert.equal(response.status, status, origin);
    assert.equal(response.headers.get("access-control-allow-origin"), status === 202 ? origin : null);
    assert.equal(response.headers.get("access-control-allow-credentials"), null);
  }
  const preflight = await fetch(`${standIn.origin}/comeback/page-events`, {
    method: "OPTIONS",
    headers: { origin: "https://shop.example", "access-control-request-method": "POST" },
  });
  assert.deepEqual(
    [preflight.status, preflight.headers.get("access-control-allow-origin")],
    [204, "https://shop.example"],
  );
  await standIn.close();
});

test("a provider's report is taken once, signed and fresh", async () => {
  const toEvents = (body: unknown): EventEnvelope[] => [
    {
      id: (body as { id: string }).id,
      source: "post",
      type: "message.bounced",
      at: new Date(NOW).toISOString(),
      customer: "c1",
      data: { effect: "x" },
    },
  ];
  const standIn = await startStandIn({ deps: { providers: { post: { secrets: ["s1", "s2"], toEvents } } } });
  const body = JSON.stringify({ id: "b1" });
  const at = String(NOW / 1000);
  const report = async (secret: string, id = "w1") =>
    post(standIn, "/webhooks/post", body, {
      "webhook-id": id,
      "webhook-timestamp": at,
      "webhook-signature": `v1,${await signWebhook(secret, id, at, new TextEncoder().encode(body))}`,
    });
  assert.equal((await report("wrong")).status, 401);
  assert.equal((await post(standIn, "/webhooks/post", body)).status, 401);
  assert.equal((await post(standIn, "/webhooks/nobody", body)).status, 404);
  assert.equal((await post(standIn, "/webhooks/__proto__", body)).status, 404);
  assert.deepEqual(await answer(await report("s2")), [200, { accepted: 1, duplicates: 0, refused: [] }]);
  assert.deepEqual(await answer(await report("s2")), [200, { repeated: true }]);
  assert.deepEqual(
    standIn.events.map(({ by }) => by),
    ["provider"],
  );
  await standIn.close();
});

test("a mail program's one click unsubscribes at once, without cookies, also from an old letter", async () => {
  for (const age of [0, 60, 800]) {
    for (const type of ["application/x-www-form-urlencoded", "multipart/form-data"]) {
      const standIn = await startStandIn();
      const url = await standIn.url("unsubscribe", { now: NOW - age * 86_400_000, topic: "email:reminders" });
      const fields: [string, string][] = [["List-Unsubscribe", "One-Click"]];
      const form = new FormData();
      for (const [name, value] of fields) form.set(name, value);
      const response = await fetch(url, {
        method: "POST",
        body: type.startsWith("multipart") ? form : new URLSearchParams(fields),
        redirect: "error",
      });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("set-cookie"), null);
      const [{ by, event }] = standIn.events as [(typeof standIn.events)[0]];
      assert.equal(by, "link");
      assert.deepEqual(
        { ...event, id: "" },
        {
          id: "",
          source: "link",
          type: "consent.changed",
          at: new Date(NOW).toISOString(),
          customer: "c42",
          store: "main",
          data: {
            channel: "email",
            topic: "*",
            state: "denied",
            proof: { source: "one_click", text_version: null, effect: "2".repeat(32) },
          },
        },
      );
      await standIn.close();
    }
  }
});

test("saying no, yes and no again are three decisions, each with its proof", async () => {
  const standIn = await startStandIn({
    deps: {
      preferences: {
        channels: ["email", "sms"],
        topics: [
          { id: "reminders", names: { en: "Reminders" } },
          { id: "offers", names: { en: "Offers" } },
        ],
      },
    },
  });
  const url = await standIn.url("preferences");
  const save = async (fields: Record<string, string>) => {
    standIn.now += 1000;
    const response = await fetch(url, { method: "POST", body: new URLSearchParams(fields) });
    assert.equal(response.status, 200);
  };
  await save({ "email:reminders": "on" });
  await save({ "email:reminders": "on" });
  await save({ "email:reminders": "on", "sms:offers": "on" });
  await save({ none: "1", "email:reminders": "on" });
  const decisions = standIn.events.map(({ event: { data } }) => `${data["channel"]} ${data["topic"]} ${data["state"]}`);
  assert.deepEqual(decisions, ["email offers denied", "sms offers granted", "email * denied", "sms * denied"]);
  for (const { event } of standIn.events) {
    const proof = event.data["proof"] as { source: string; text_version: string };
    assert.equal(proof.source, "preference_centre");
    assert.match(proof.text_version, /^[a-z2-7]{16}$/);
  }
  await standIn.close();
});

test("health, unknown addresses and wrong methods", async () => {
  const standIn = await startStandIn({ deps: { health: () => ({ waiting: 3 }) } });
  const at = (path: string, init: RequestInit = {}) => fetch(`${standIn.origin}${path}`, init);
  assert.deepEqual(await answer(await at("/comeback/healthz")), [200, { status: "ok", waiting: 3 }]);
  for (const path of [
    "/",
    "/comeback",
    "/comeback/",
    "/comeback/nothing",
    "/healthz",
    "/comeback/c/%E0%A4%A",
    "/comeback/c/a/b/c",
    "//evil.example/comeback/healthz",
  ]) {
    assert.equal((await at(path)).status, 404, path);
  }
  const wrong = await at("/comeback/healthz", { method: "DELETE" });
  assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
  assert.equal((await at("/comeback/r")).status, 405);
  await standIn.close();
});
