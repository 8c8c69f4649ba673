import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Redacted, redactText } from "../redacted.js";
import { mapFailure, type SmtpStage } from "./outcome.js";

test("what a failed conversation means", () => {
  const table: [SmtpStage, string, string][] = [
    // stage, the server's answer (or nodemailer's code when there was none), meaning
    ["connect", "ESOCKET", "retry"],
    ["connect", "554 go away", "retry"],
    ["connect", "421 too busy", "retry"],
    ["login", "535 5.7.8 bad password", "retry"],
    ["sender", "ECONNECTION", "retry"],
    ["sender", "451 greylisted", "retry"],
    ["sender", "550 5.7.1 sender refused", "retry"],
    ["sender", "552 5.3.4 too large", "failed"],
    ["recipient", "ETIMEDOUT", "retry"],
    ["recipient", "450 4.2.0 greylisted", "retry"],
    ["recipient", "452 4.2.2 mailbox full", "retry"],
    ["recipient", "550 5.1.1 user unknown", "failed and suppressed"],
    ["recipient", "550 5.1.10 null MX", "failed and suppressed"],
    ["recipient", "550 5.2.1 mailbox disabled", "failed and suppressed"],
    ["recipient", "550 No such user here", "failed and suppressed"],
    ["recipient", "550 <anna@example.com>: Recipient address rejected: User unknown in table", "failed and suppressed"],
    ["recipient", "553 sorry", "failed and suppressed"],
    ["recipient", "550 5.7.1 blocked by policy", "failed"],
    ["recipient", "550 5.2.2 quota exceeded", "failed"],
    ["recipient", "554 Relay access denied", "failed"],
    ["recipient", "550 rejected", "failed"],
    ["data", "451 try later", "retry"],
    ["data", "554 5.7.1 looks like spam", "failed"],
    ["data", "550 5.1.1 user unknown", "failed"],
    ["data", "ECONNECTION", "uncertain"],
    ["data", "ETIMEDOUT", "uncertain"],
    ["data", "354 go on", "uncertain"],
  ];
  for (const [stage, answer, expected] of table) {
    const status = /^\d{3}/.exec(answer);
    const delivery = mapFailure({
      stage,
      status: status ? Number(status[0]) : null,
      response: status ? answer : "",
      code: status ? "EX" : answer,
    });
    const found = delivery.outcome === "failed" && delivery.suppress ? "failed and suppressed" : delivery.outcome;
    assert.equal(found, expected, `${stage}: ${answer}`);
  }
});

test("a retry says how long to wait, longer when a person has to repair something", () => {
  const after = (stage: SmtpStage, answer: string) => {
    const delivery = mapFailure({ stage, status: Number(answer.slice(0, 3)) || null, response: answer, code: "EX" });
    return delivery.outcome === "retry" ? delivery.after_ms : null;
  };
  assert.equal(after("connect", ""), 60_000);
  assert.equal(after("recipient", "450 greylisted"), 300_000);
  assert.equal(after("login", "535 no"), 900_000);
  assert.equal(after("recipient", "452 full"), 3_600_000);
});

test("addresses, links and numbers never reach a reason", () => {
  const response =
    "550 5.1.1 <anna@example.com>\r\n550 anna@example.com unknown, see https://x.example/anna or call +44 20 7946 0018";
  const reason = redactText(response);
  assert.ok(!/anna|7946|x\.example/.test(reason), reason);
  assert.match(reason, /^550 5\.1\.1 \[address\] 550 \[address\] unknown, see \[link\] or call \[number\]$/);
  assert.ok(redactText("x".repeat(10_000)).length <= 160);
  const secret = new Redacted("anna@example.com");
  assert.equal(
    `${secret} ${inspect({ secret })} ${JSON.stringify({ secret })}`,
    '[redacted] { secret: [redacted] } {"secret":"[redacted]"}',
  );
  assert.equal(secret.reveal(), "anna@example.com");
});
