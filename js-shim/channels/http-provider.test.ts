import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { MessageSend } from "../core/types.js";
import { createLinks } from "../links/index.js";
import { loadTemplates } from "../templates/index.js";
import type { Delivery } from "./channel.js";
import { channelConformance } from "./conformance.js";
import { createHttpProviderChannel, createReceipts, type HttpProviderOptions } from "./http-provider.js";

const NOW = Date.parse("2026-03-02T09:00:00Z");
const shop = { name: "Bean & Leaf", url: "https://shop.example/" };
const links = createLinks({
  base_url: "https://shop.example/comeback",
  keys: [{ id: "a", secret: "a secret of at least thirty-two characters" }],
});
const templates = await loadTemplates();

const MESSAGE: MessageSend = {
  kind: "message.send",
  id: "2".repeat(32),
  customer: "c42",
  store: "main",
  channel: "sms",
  template: "night-sms",
  variant: 0,
  topic: "reminders",
  class: "marketing",
  locale: "en",
  to: "+44 20 7946 0018",
  sender: null,
  bcc: [],
  not_after: NOW + 86_400_000,
  journey: "care",
  run: "4".repeat(32),
  step: "sms",
  context: {
    recipient: { id: "c42", name: null, email: null, phone: null, locale: "en", recommendations: {} },
    cart: {
      cart: "1".repeat(32),
      store: "main",
      status: "ready",
      currency: "GBP",
      prepared_at: NOW,
      lines: [],
      left_out: [],
      total: 3150,
      edited: false,
      order: null,
      undo_until: null,
      postponed_in_a_row: 0,
      ask_to_stop: false,
      next_delivery_day: null,
    },
  },
};

interface Provider {
  url: string;
  requests: { headers: Record<string, unknown>; body: string }[];
  close(): Promise<void>;
}

async function startProvider(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<Provider> {
  const requests: Provider["requests"] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    requests.push({ headers: request.headers, body });
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`,
    requests,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  };
}

function sms(url: string, over: Partial<HttpProviderOptions> = {}) {
  return createHttpProviderChannel({
    name: "sms",
    url,
    headers: { authorization: "Bearer canary-token" },
    body: { from: "BeanLeaf", to: "{{to}}", text: "{{text}}", meta: { ref: "{{reference}}", tries: [1, "{{key}}"] } },
    templates,
    links,
    shop,
    clock: () => NOW,
    timeout_ms: 400,
    ...over,
  });
}

channelConformance("HTTP provider", async () => {
  let how: "well" | "gone" | "dies" = "well";
  let provider = await startProvider((response) => (how === "dies" ? response.destroy() : void response.end("{}")));
  const before = provider;
  return {
    channel: sms("http://127.0.0.1/", { fetch: (_url, init) => fetch(provider.url, init) }),
    message: MESSAGE,
    taken: () => before.requests.length,
    async behave(next) {
      if (next === "gone") await provider.close();
      if (how === "gone" && next !== "gone") provider = await startProvider((response) => void response.end("{}"));
      how = next;
    },
    dispose: () => provider.close(),
  };
});

test("the request is the template with its values, the secret is not stored, the key goes along", async () => {
  const provider = await startProvider((response) => response.end('{"messages":[{"id":"m-7"}]}'));
  const channel = sms(provider.url, { provider_id: "/messages/0/id" });
  const frozen = await channel.render(MESSAGE);
  assert.ok(!new TextDecoder().decode(frozen.payload).includes("canary-token"));
  assert.deepEqual(await channel.deliver(frozen, MESSAGE.id), { outcome: "sent", provider_id: "m-7" });
  const [{ headers, body }] = provider.requests as [Provider["requests"][0]];
  const sent = JSON.parse(body) as { to: string; text: string; meta: { ref: string; tries: unknown[] } };
  assert.deepEqual([headers["authorization"], headers["idempotency-key"]], ["Bearer canary-token", MESSAGE.id]);
  assert.deepEqual([sent.to, sent.meta.tries], ["+442079460018", [1, MESSAGE.id]]);
  assert.match(
    sent.text,
    /^Bean & Leaf: your order for this week is put together, £31\.50\. https:\/\/shop\.example\/comeback\/c\/\S+ Stop: \S+$/,
  );
  await provider.close();
});

test("nothing in a value changes the shape of the request", async () => {
  const provider = await startProvider((response) => response.end());
  for (const encoding of ["json", "form"] as const) {
    const evil = `"},"to":"+1000"&to=+1000\n{{to}}`;
    const channel = sms(provider.url, {
      encoding,
      body: { to: "{{to}}", text: "{{text}}" },
      shop: { ...shop, name: evil },
    });
    await channel.deliver(await channel.render(MESSAGE), "k");
    const { body } = provider.requests.at(-1)!;
    const read =
      encoding === "json"
        ? (JSON.parse(body) as Record<string, string>)
        : Object.fromEntries(new URLSearchParams(body));
    assert.deepEqual([Object.keys(read), read["to"]], [["to", "text"], "+442079460018"]);
  }
  await provider.close();
});

test("what each answer comes to", async () => {
  const answer =
    (status: number, headers: Record<string, string> = {}, body = "x") =>
    (response: ServerResponse) =>
      response.writeHead(status, headers).end(body);
  const silent = () => {};
  const cut = (response: ServerResponse) => response.destroy();
  const table: [string, (response: ServerResponse) => void, boolean, Partial<Delivery>][] = [
    ["taken", answer(202), false, { outcome: "sent" }],
    ["too fast", answer(429, { "retry-after": "7" }), false, { outcome: "retry", after_ms: 7_000 }],
    ["down", answer(503), false, { outcome: "retry", after_ms: 60_000 }],
    ["bad key", answer(401), false, { outcome: "retry", after_ms: 900_000 }],
    [
      "refused",
      answer(400, {}, "to +442079460018 is bad"),
      false,
      { outcome: "failed", suppress: false, reason: "http 400: to [number] is bad" },
    ],
    ["gone", answer(410, {}, "unreachable"), false, { outcome: "failed", suppress: true }],
    ["elsewhere", answer(302, { location: "http://evil.example/" }), false, { outcome: "failed", suppress: false }],
    ["broke", answer(500), false, { outcome: "uncertain" }],
    ["broke, but drops repeats", answer(500), true, { outcome: "retry" }],
    ["silent", silent, false, { outcome: "uncertain", reason: "http: TimeoutError" }],
    ["silent, but drops repeats", silent, true, { outcome: "retry" }],
    ["cut off", cut, false, { outcome: "uncertain" }],
  ];
  for (const [name, behaviour, idempotent, expected] of table) {
    const provider = await startProvider(behaviour);
    const channel = sms(provider.url, { idempotent, bad_contact: ({ status }) => status === 410 });
    const delivery = await channel.deliver(await channel.render(MESSAGE), "k");
    assert.deepEqual({ ...delivery, ...expected }, delivery, `${name}: ${JSON.stringify(delivery)}`);
    await provider.close();
  }
  const gone = await startProvider(silent);
  await gone.close();
  const nobody = sms(gone.url);
  assert.equal((await nobody.deliver(await nobody.render(MESSAGE), "k")).outcome, "retry");
});

test("a contact that is no phone number is failed and suppressed", async () => {
  const channel = sms("https://sms.example/");
  for (const to of ["", "020 7946 0018", "anna@example.com", "+44 20 7946 0018; +1 900"]) {
    const delivery = await channel.deliver(await channel.render({ ...MESSAGE, to }), "k");
    assert.deepEqual(delivery, { outcome: "failed", reason: "the contact is unusable", suppress: true });
  }
});

test("mistakes in the set-up are found at the start", () => {
  assert.throws(() => sms("http://sms.example/"), /must begin with https/);
  assert.throws(
    () => sms("https://sms.example/", { body: { to: "{{phone}}" } }),
    /has no value `phone`; there are to, text/,
  );
});

test("a report is about the message whose reference it brings, and no other", async () => {
  const receipts = createReceipts({
    name: "sms",
    links,
    secrets: ["s"],
    reference: "/ref",
    statuses: { DELIVRD: "delivered", UNDELIV: "failed", ABSENT: "failed" },
    bad_contact: ["ABSENT"],
  });
  const url = new URL("https://shop.example/comeback/webhooks/sms");
  const ref = await links.token("receipt", { customer: "c42", effect: MESSAGE.id, now: NOW });
  const read = async (body: unknown, at = url) =>
    (await receipts.toEvents(body, NOW, at)).map(({ type, customer, data }) => [
      type,
      customer,
      data["effect"],
      data["suppress"],
    ]);
  assert.deepEqual(await read({ ref, status: "DELIVRD" }), [["message.delivered", "c42", MESSAGE.id, false]]);
  assert.deepEqual(
    await read([
      { ref, status: "ABSENT" },
      { ref, status: "BUFFERED" },
    ]),
    [["message.failed", "c42", MESSAGE.id, true]],
  );
  const cart = await links.token("cart", { customer: "c42", effect: MESSAGE.id, now: NOW });
  for (const body of [
    { ref: "forged", status: "DELIVRD" },
    { ref: cart, status: "DELIVRD" },
    { status: "DELIVRD" },
    { ref, status: "constructor" },
    null,
    7,
  ]) {
    assert.deepEqual(await read(body), []);
  }
  const byQuery = createReceipts({ name: "sms", links, secrets: ["s"], statuses: { DELIVRD: "delivered" } });
  const [event] = await byQuery.toEvents({ status: "DELIVRD" }, NOW, new URL(`${url}?ref=${ref}`));
  assert.deepEqual([event!.id, event!.source], [`${MESSAGE.id}:message.delivered`, "provider:sms"]);
});
