import assert from "node:assert/strict";
import { test } from "node:test";
import { simpleParser } from "mailparser";
import type { Delivery } from "comeback";
import type { SmtpOptions } from "comeback/channels/email";
import { channel, message } from "./messages.js";
import { startMisbehavingSmtp, type Behaviour, type MisbehavingSmtp } from "./misbehaving-smtp.js";

/** Sends one letter to a server that behaves like that. */
async function attempt(
  behaviour: Behaviour,
  options: Partial<SmtpOptions> = {},
  over = {},
): Promise<{ delivery: Delivery; smtp: MisbehavingSmtp; ms: number }> {
  const smtp = await startMisbehavingSmtp(behaviour);
  const email = channel({ port: smtp.port, ...options });
  const frozen = await email.render(message(over));
  const started = Date.now();
  const delivery = await email.deliver(frozen, message().id);
  const ms = Date.now() - started;
  await email.close!();
  await smtp.stop();
  return { delivery, smtp, ms };
}

test("a good server takes the letter", async () => {
  const { delivery, smtp } = await attempt({});
  assert.deepEqual(delivery, { outcome: "sent", provider_id: "TEST1234" });
  assert.deepEqual([smtp.delivered[0]!.from, smtp.delivered[0]!.to], ["hello@shop.example", ["anna@example.com"]]);
});

test("what each misbehaviour comes to, and that none delivers a letter that is not called sent or uncertain", async () => {
  const table: [string, Behaviour, string, RegExp][] = [
    ["refuses at the door", { greeting: "554 go away" }, "retry", /smtp connect: 554 go away/],
    ["too busy at the door", { greeting: "421 later" }, "retry", /smtp connect: 421/],
    ["hangs up at the door", { greeting: "hang up" }, "retry", /smtp connect/],
    ["never greets", { mute: true }, "retry", /smtp connect: ETIMEDOUT/],
    ["hangs up after EHLO", { ehlo: "hang up" }, "retry", /smtp connect/],
    ["silent after EHLO", { ehlo: null }, "retry", /smtp connect/],
    ["greylists the sender", { mail: "451 4.7.1 greylisted" }, "retry", /smtp sender: 451/],
    ["refuses the sender", { mail: "550 5.7.1 not you" }, "retry", /smtp sender: 550/],
    ["hangs up after MAIL", { mail: "hang up" }, "retry", /smtp sender: ECONNECTION/],
    ["greylists the recipient", { rcpt: { "*": "450 4.2.0 greylisted" } }, "retry", /smtp recipient: 450/],
    [
      "does not know the recipient",
      { rcpt: { "*": "550 5.1.1 unknown user" } },
      "suppress",
      /smtp recipient: 550 5.1.1/,
    ],
    ["blocks by policy", { rcpt: { "*": "550 5.7.1 blocked" } }, "failed", /smtp recipient: 550 5.7.1/],
    ["silent after RCPT", { rcpt: { "*": null } }, "retry", /ETIMEDOUT/],
    ["refuses DATA", { data: "451 not now" }, "retry", /smtp data: 451/],
    ["hangs up at DATA", { data: "hang up" }, "retry", /smtp sender: ECONNECTION/],
    ["dies in the letter", { die_in_letter: true }, "uncertain", /before the server answered/],
    ["dies after the letter", { end: "hang up" }, "uncertain", /before the server answered/],
    ["silent after the letter", { end: null }, "uncertain", /before the server answered \(ETIMEDOUT\)/],
    ["answers nonsense after the letter", { end: "maybe" }, "uncertain", /smtp data/],
    ["wants it later after all", { end: "451 4.3.0 disk full" }, "retry", /smtp data: 451/],
    ["calls it spam", { end: "554 5.7.1 spam" }, "failed", /smtp data: 554/],
    ["is slow but fine", { delay_ms: 120 }, "sent", /^$/],
  ];
  for (const [name, behaviour, expected, reason] of table) {
    const { delivery, smtp } = await attempt(behaviour);
    const found = delivery.outcome === "failed" && delivery.suppress ? "suppress" : delivery.outcome;
    assert.equal(found, expected, `${name}: ${JSON.stringify(delivery)}`);
    assert.match(delivery.outcome === "sent" ? "" : delivery.reason, reason, name);
    if (smtp.received.length > 0 && !["451 4.3.0 disk full", "554 5.7.1 spam"].includes(behaviour.end ?? "")) {
      assert.ok(["sent", "uncertain"].includes(delivery.outcome), name);
    }
  }
});

test("a server that is down is tried later", async () => {
  const smtp = await startMisbehavingSmtp();
  await smtp.stop();
  const email = channel({ port: smtp.port });
  const frozen = await email.render(message());
  const down = await email.deliver(frozen, "k");
  assert.deepEqual(down, { outcome: "retry", reason: "smtp connect: ESOCKET", after_ms: 60_000 });
  await smtp.start();
  assert.equal((await email.deliver(frozen, "k")).outcome, "sent");
  await email.close!();
  await smtp.stop();
});

test("a password is not sent in the clear, and a wrong one waits for a person", async () => {
  const auth = { user: "shop", pass: "canary-password" };
  const wrong = await attempt({ auth: "535 5.7.8 no" }, { auth });
  assert.deepEqual(wrong.delivery, { outcome: "retry", reason: "smtp login: 535 5.7.8 no", after_ms: 900_000 });
  const plain = await attempt({}, { auth, require_tls: true });
  assert.equal(plain.delivery.outcome, "retry");
  assert.equal(plain.smtp.received.length, 0);
  const right = await attempt({}, { auth });
  assert.equal(right.delivery.outcome, "sent");
});

test("a kept connection that died in the meantime costs nothing", async () => {
  const smtp = await startMisbehavingSmtp();
  const email = channel({ port: smtp.port });
  const frozen = await email.render(message());
  assert.equal((await email.deliver(frozen, "k")).outcome, "sent");
  await smtp.stop();
  await smtp.start();
  assert.equal((await email.deliver(frozen, "k")).outcome, "sent");
  // Cut between two commands rather than while idle.
  smtp.behaviour = { mail: "hang up" };
  assert.equal((await email.deliver(frozen, "k")).outcome, "retry");
  await email.close!();
  await smtp.stop();
});

test("letters share connections, at most so many at a time", async () => {
  const smtp = await startMisbehavingSmtp();
  const email = channel({ port: smtp.port, connections_max: 3 });
  const frozen = await email.render(message());
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => email.deliver(frozen, "k")));
  assert.ok(outcomes.every(({ outcome }) => outcome === "sent"));
  assert.equal(smtp.delivered.length, 40);
  assert.ok(smtp.connections <= 3, `${smtp.connections} connections`);
  await email.close!();
  await smtp.stop();
});

test("every attempt sends the same bytes under the same Message-ID", async () => {
  const smtp = await startMisbehavingSmtp({ end: "451 later" });
  const email = channel({ port: smtp.port });
  const frozen = await email.render(message());
  // What the outbox stores and loads again.
  const stored = { channel: frozen.channel, payload: Uint8Array.from(frozen.payload) };
  assert.equal((await email.deliver(frozen, "k")).outcome, "retry");
  smtp.behaviour = {};
  assert.equal((await email.deliver(stored, "k")).outcome, "sent");
  assert.equal(smtp.received[0]!.raw, smtp.received[1]!.raw);
  assert.deepEqual(
    Buffer.from((await email.render(message())).payload),
    Buffer.from(frozen.payload),
    "rendering again gives the same bytes",
  );
  const letter = await simpleParser(smtp.received[0]!.raw);
  assert.equal(letter.messageId, `<${"2".repeat(32)}@shop.example>`);
  await email.close!();
  await smtp.stop();
});

test("a marketing letter can be left with one click, a transactional one carries no such header", async () => {
  const { smtp } = await attempt({});
  const headers = smtp.delivered[0]!.raw.split("\r\n\r\n")[0]!.replace(/\r\n /g, " ");
  assert.match(headers, /^List-Unsubscribe: +<https:\/\/shop\.example\/comeback\/u\/[a-z2-7]+>$/m);
  assert.match(headers, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
  const service = await attempt({}, {}, { template: "link-renewed", class: "transactional" });
  assert.ok(!/List-Unsubscribe/i.test(service.smtp.delivered[0]!.raw));
  const html = String((await simpleParser(smtp.delivered[0]!.raw)).html);
  assert.match(html, /\/comeback\/o\/[a-z2-7]+\.gif/);
  assert.ok(!/\/o\//.test(String((await simpleParser(service.smtp.delivered[0]!.raw)).html)));
});

test("no name, subject or address becomes a header or a recipient", async () => {
  const evil = "Anna\r\nBcc: all@evil.example\r\n\r\n<script>alert(1)</script>";
  const recipient = { id: "c42", name: evil, email: null, phone: null, locale: "en", recommendations: {} };
  const smtp = await startMisbehavingSmtp();
  const email = channel({ port: smtp.port });
  const frozen = await email.render(message({ sender: `${evil} <x@shop.example>` }, { recipient }));
  assert.equal((await email.deliver(frozen, "k")).outcome, "sent");
  const [taken] = smtp.delivered;
  assert.deepEqual(taken!.to, ["anna@example.com"]);
  const letter = await simpleParser(taken!.raw);
  assert.equal(letter.bcc, undefined);
  assert.equal(letter.headers.get("bcc"), undefined);
  assert.ok(!String(letter.html).includes("<script>"));
  await email.close!();
  await smtp.stop();
});

test("an unusable address is failed and suppressed without a connection", async () => {
  for (const to of ["", "anna", "anna@example.com, x@evil.example", "anna@example.com\r\nRCPT TO:<x@evil.example>"]) {
    const { delivery, smtp } = await attempt({}, {}, { to });
    assert.ok(delivery.outcome === "failed" && delivery.suppress, JSON.stringify(delivery));
    assert.equal(smtp.connections, 0);
    assert.ok(!JSON.stringify(delivery).includes("anna"));
  }
});

test("copies go out unseen, and a refused copy does not fail the letter", async () => {
  const bcc = ["archive@shop.example", "gone@shop.example", "not an address"];
  const { delivery, smtp } = await attempt({ rcpt: { "gone@shop.example": "550 5.1.1 unknown" } }, {}, { bcc });
  assert.equal(delivery.outcome, "sent");
  assert.deepEqual(smtp.delivered[0]!.to, ["anna@example.com", "archive@shop.example"]);
  assert.ok(!smtp.delivered[0]!.raw.includes("archive@"));
  const refused = await attempt({ rcpt: { "anna@example.com": "550 5.1.1 unknown" } }, {}, { bcc });
  assert.ok(refused.delivery.outcome === "failed" && refused.delivery.suppress, JSON.stringify(refused.delivery));
});
