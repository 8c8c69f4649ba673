// The mail server is down from 20:00 to 02:00 while letters wait, and somebody unsubscribes in between: nobody gets mail
// at night, and the one who left gets none at all. Everything is real but time and the shop.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CUSTOMERS, startEvening, type Evening } from "./evening.js";
import { links } from "./messages.js";

async function unsubscribe({ comeback, clock }: Evening, customer: string): Promise<void> {
  const url = await links.url("unsubscribe", {
    customer,
    topic: "email:replenishment",
    effect: "1".repeat(32),
    now: clock.now(),
  });
  const response = await comeback.fetch(
    new Request(url, { method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) }),
  );
  assert.equal(response.status, 200);
}

const everybody = CUSTOMERS.map((customer) => `${customer}@example.com`);

test("with a working server the letters leave on the stroke", async (t) => {
  const evening = await startEvening(t);
  await evening.until("2026-03-02T21:00:00Z");
  assert.deepEqual(evening.letters.map(({ to }) => to).sort(), everybody);
  assert.ok(
    evening.letters.every(({ at }) => at === "2026-03-02T20:05"),
    JSON.stringify(evening.letters),
  );
});

test("down from 20:00 to 02:00: no mail by night, none to the one who left, each other letter once in the morning", async (t) => {
  const evening = await startEvening(t);
  await evening.until("2026-03-02T20:00:00Z");
  await evening.smtp.stop();
  await evening.until("2026-03-02T23:00:00Z");
  assert.equal(evening.letters.length, 0);
  await unsubscribe(evening, "boris");
  await evening.until("2026-03-03T02:00:00Z");
  await evening.smtp.start();
  await evening.until("2026-03-03T07:55:00Z");
  assert.equal(evening.letters.length, 0, "mail by night");
  await evening.until("2026-03-03T12:00:00Z");
  assert.deepEqual(
    evening.letters.map(({ to }) => to).sort(),
    everybody.filter((address) => !address.startsWith("boris")),
  );
  assert.ok(
    evening.letters.every(({ at }) => at >= "2026-03-03T08:00"),
    JSON.stringify(evening.letters),
  );
  const { messages } = await evening.comeback.ask<{ messages: { status: string; reason: string }[] }>("boris", {
    ask: "profile",
  });
  assert.deepEqual(
    messages.map(({ status, reason }) => `${status}: ${reason}`),
    ["skipped: no_consent"],
  );
});

test("a server that dies after each letter: every letter is uncertain and none is sent again", async (t) => {
  const evening = await startEvening(t, { end: "hang up" });
  await evening.until("2026-03-04T12:00:00Z");
  assert.equal(evening.smtp.received.length, CUSTOMERS.length);
  for (const customer of CUSTOMERS) {
    const { messages } = await evening.comeback.ask<{ messages: { status: string }[] }>(customer, { ask: "profile" });
    assert.deepEqual(
      messages.map(({ status }) => status),
      ["uncertain"],
    );
  }
});

test("an address that is unknown is not written to again", async (t) => {
  const evening = await startEvening(t, { rcpt: { "carla@example.com": "550 5.1.1 user unknown" } });
  await evening.until("2026-03-02T21:00:00Z");
  assert.deepEqual(
    evening.letters.map(({ to }) => to).sort(),
    everybody.filter((address) => !address.startsWith("carla")),
  );
  const connections = evening.smtp.connections;
  await evening.until("2026-03-04T12:00:00Z");
  assert.equal(evening.smtp.connections, connections);
});
