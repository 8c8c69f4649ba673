import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { Effect, EventEnvelope } from "../core/types.js";
import { fakeShop } from "../testing/index.js";
import { perform, performers, type Webhook } from "./performers.js";

const base = { id: "e1", customer: "anna", store: "main" };
const now = 1_772_444_400_000;

describe("a webhook", () => {
  const received: { headers: IncomingMessage["headers"]; body: string }[] = [];
  let answer: { status: number; headers?: Record<string, string> } = { status: 200 };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      response.writeHead(answer.status, answer.headers).end();
    });
  });
  before(() => new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready)));
  after(() => server.close());

  const secret = "a secret of at least twenty-four bytes";
  const call = (webhook = "crm") => {
    const { port } = server.address() as AddressInfo;
    const webhooks: Record<string, Webhook> = { crm: { url: `http://127.0.0.1:${port}/in`, secret } };
    return run({ ...base, kind: "webhook.call", webhook, body: { a: "ü" } }, { webhooks });
  };

  it("is signed as Standard Webhooks does, under the effect's id", async () => {
    assert.deepEqual(await call(), { outcome: "done", result: { status: 200 } });
    const { headers, body } = received.at(-1)!;
    assert.deepEqual([headers["webhook-id"], body], ["e1", '{"a":"ü"}']);
    const signed = `e1.${headers["webhook-timestamp"]}.${body}`;
    const mac = createHmac("sha256", secret).update(signed).digest("base64");
    assert.equal(headers["webhook-signature"], `v1,${mac}`);
  });

  for (const [status, headers, outcome] of [
    [503, { "retry-after": "120" }, { outcome: "retry", reason: "webhook answered 503", afterMs: 120_000 }],
    [302, { location: "http://169.254.169.254/" }, { outcome: "retry", reason: "webhook answered 302" }],
    [410, {}, { outcome: "failed", reason: "webhook answered 410" }],
  ] as const) {
    it(`answered ${status} is ${outcome.outcome}`, async () => {
      answer = { status, headers };
      const before = received.length;
      assert.deepEqual(await call(), outcome);
      assert.equal(received.length, before + 1);
    });
  }

  it("that nobody configured is not called", async () => {
    assert.deepEqual(await call("evil"), { outcome: "failed", reason: "webhook `evil` is not configured" });
  });
});

describe("performing", () => {
  it("what this shop can't do fails with that reason", async () => {
    const outcome = await run({ ...base, kind: "role.assign", role: "gold" });
    assert.deepEqual(outcome, { outcome: "failed", reason: "shop `fake` has no roles" });
  });

  it("what throws is tried again, unless the error says that it won't help", async () => {
    const shop = fakeShop([]);
    const order: Effect = { ...base, kind: "order.cancel", order: "o1", reason: "undone" };
    shop.failure = new Error("shop down");
    assert.deepEqual(await run(order, { shop }), { outcome: "retry", reason: "shop down" });
    shop.failure = Object.assign(new Error("no such order"), { retryable: false });
    assert.deepEqual(await run(order, { shop }), { outcome: "failed", reason: "no such order" });
  });

  it("an event for another customer hands it over", async () => {
    const emitted: EventEnvelope[] = [];
    const event = {
      id: "x",
      source: "comeback",
      type: "emitted",
      at: "2026-03-02T09:00:00Z",
      customer: "boris",
      data: {},
    };
    await run(
      { ...base, kind: "event.emit", event },
      { emit: async (given: EventEnvelope) => void emitted.push(given) },
    );
    assert.deepEqual(emitted, [event]);
  });
});

function run(effect: Effect, more: Partial<Parameters<typeof performers>[0]> = {}) {
  const standard = { shop: fakeShop([]), webhooks: {}, emit: async () => {}, now: () => now };
  return perform(effect, performers({ ...standard, ...more }));
}
