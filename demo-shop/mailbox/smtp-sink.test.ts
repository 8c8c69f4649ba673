import assert from "node:assert/strict";
import { test } from "node:test";
import { createTransport } from "nodemailer";
import { MailStore } from "./mail-store.js";
import { startSmtpSink } from "./smtp-sink.js";

test("a letter sent over SMTP is there to be read", async () => {
  const store = new MailStore(":memory:");
  const sink = await startSmtpSink(store, () => 1000, { host: "127.0.0.1", port: 0 });
  const transport = createTransport({ host: "127.0.0.1", port: sink.port });
  await transport.sendMail({
    from: "Bean & Leaf <hello@beanandleaf.example>",
    to: "Анна <anna@example.com>",
    subject: "Кофе на исходе",
    text: "Здравствуйте",
    html: "<p>Здравствуйте</p>",
    headers: { "List-Unsubscribe": "<https://shop.example/u/1>" },
  });
  transport.close();
  const [listed] = store.list("anna", 10);
  const mail = store.find(listed?.id ?? 0);
  assert.equal(mail?.subject, "Кофе на исходе");
  assert.equal(mail?.html, "<p>Здравствуйте</p>");
  assert.equal(mail?.text.trim(), "Здравствуйте");
  assert.equal(mail?.received_at, 1000);
  assert.ok(mail?.headers.some(([name, value]) => name === "List-Unsubscribe" && value.includes("/u/1")));
  assert.equal(store.list("nobody", 10).length, 0);
  await sink.close();
  store.close();
});
