// Every shipped letter, in English and Russian, as a reader sees it. `COMEBACK_UPDATE=1` writes the fixtures anew; read
// the difference as a reviewer would.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { simpleParser } from "mailparser";
import { operatorLetter, renewalLetter } from "comeback/channels/email";
import type { MessageSend } from "comeback";
import { cart, channel, message, NOW, products, task, templates } from "./messages.js";

// Beside this source; the compiled test runs in `tests/dist/mail`.
const folder = fileURLToPath(
  new URL(import.meta.url.includes("/dist/") ? "../../mail/letters/" : "./letters/", import.meta.url),
);
const email = channel({ port: 1 });

/** The message that each letter is for. */
function messageFor(template: string, locale: string): MessageSend {
  const offer = {
    code: "KETTLE-7Q2F",
    description: locale === "ru" ? "скидка 10 %" : "10% off",
    expires_at: NOW + 14 * 86_400_000,
  };
  if (template.startsWith("operator-")) {
    const kind = template.slice("operator-".length) as "call" | "decide" | "remind" | "note";
    return operatorLetter({ ...task, task: kind }, { to: "staff@shop.example", locale });
  }
  const contexts: Record<string, Record<string, unknown>> = {
    "predicted-cart": {},
    "predicted-cart-short": {},
    "predicted-cart-saved": {},
    "order-received": {
      cart: {
        ...cart,
        status: "ordered",
        left_out: [],
        order: { id: "o1", number: "1042" },
        undo_until: NOW + 600_000,
      },
    },
    "link-renewed": {},
    "unpaid-order": { order: { id: "o1", number: "1042", total: 3150, currency: "GBP" } },
    message: {
      title: "Closed at Easter",
      body: "We are closed on Monday.\nBack on Tuesday.",
      button: "Opening hours",
      summary: "Back on Tuesday",
    },
  };
  const basket = { lines: products.map(({ reason: _reason, ...line }) => ({ ...line, quantity: 1 })), total: 840 };
  const order = {
    id: "o1",
    number: "1042",
    lines: products.map(({ name, image, price }) => ({ name, image, price, quantity: 1 })),
  };
  if (template.startsWith("abandoned-cart")) contexts[template] = { offer, shop_cart: basket };
  if (template === "review-request") contexts[template] = { offer, order };
  return message(
    { template, locale, class: templates.describe(template)!.class },
    contexts[template] ?? { offer, products },
  );
}

for (const template of templates.ids.filter((id) => templates.describe(id)!.channel === "email")) {
  for (const locale of ["en", "ru"]) {
    test(`${template} in ${locale}`, async () => {
      const shown = await show(messageFor(template, locale));
      const file = `${folder}${template}.${locale}.txt`;
      if (process.env["COMEBACK_UPDATE"] === "1") {
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, shown);
      }
      assert.equal(shown, readFileSync(file, "utf8"));
    });
  }
}

test("a short message by SMS fits and can be stopped", async () => {
  for (const locale of ["en", "ru"]) {
    const context = {
      ...message().context,
      shop: { name: "Bean & Leaf" },
      links: { cart: "https://x.example/c/1", unsubscribe: "https://x.example/u/1" },
    };
    const { text, html } = await templates.render({ template: "night-sms", locale, variant: 0, context });
    assert.equal(html, null);
    assert.match(text, /Bean & Leaf.*£31\.50|31,50.*£/);
    assert.ok(text.includes("/u/1"));
  }
});

test("a letter with a full cart stays under Gmail's 102 KB", async () => {
  const lines = Array.from({ length: 60 }, (_, i) => ({
    ...cart.lines[i % 2]!,
    product: `p${i}`,
    name: `A product with a rather long name, number ${i}`,
  }));
  const frozen = await email.render(message({}, { cart: { ...cart, lines } }));
  assert.ok(frozen.payload.length < 102_000, `${frozen.payload.length} bytes`);
});

test("a customer without a name, a line without a picture, a cart without anything left out", async () => {
  const recipient = { id: "c42", name: null, email: null, phone: null, locale: "en", recommendations: {} };
  const letter = await show(message({}, { recipient, cart: { ...cart, left_out: [] } }));
  assert.match(letter, /Hello, is it time again\?/);
  assert.ok(!/null|undefined|Left out/.test(letter));
});

test("hostile names stay text in every letter", async () => {
  const evil = `"><img src=x onerror=alert(1)>{{ 7 | times: 7 }}<script>alert(1)</script>`;
  const lines = cart.lines.map((line) => ({
    ...line,
    name: evil,
    url: "javascript:alert(1)",
    image: "javascript:alert(1)",
  }));
  const recipient = { id: "c42", name: evil, email: null, phone: null, locale: "en", recommendations: {} };
  for (const template of [
    "predicted-cart",
    "predicted-cart-short",
    "predicted-cart-saved",
    "order-received",
    "welcome",
  ]) {
    const offer = { code: evil, description: evil, expires_at: null };
    const hostile = products.map((product) => ({ ...product, name: evil, reason: { code: "x", text: evil } }));
    const frozen = await email.render(
      message(
        { template },
        {
          recipient,
          offer,
          products: hostile,
          cart: { ...cart, lines, left_out: [{ product: "p", name: evil, reason: evil }] },
        },
      ),
    );
    const html = await htmlOf(frozen.payload);
    assert.ok(!html.includes("<script") && !html.includes("<img src=x") && !html.includes("javascript:"), template);
    assert.ok(!/49/.test(html.replace(/[^<>]*\d[^<>]*;/g, "")) || html.includes("{{ 7"), "names are not templates");
  }
});

test("a new link is sent to the address on record only, also when there is no cart", async () => {
  const profile = {
    customer: "c42",
    name: "Anna Smith",
    email: null,
    phone: null,
    locale: "en",
    zone: "UTC",
    country: null,
    region: null,
    roles: [],
    tags: [],
    attributes: {},
    consent: [],
    runs: [],
    messages: [],
    wake_at: null,
  };
  assert.equal(renewalLetter("1".repeat(32), profile, cart, NOW), null);
  assert.equal(
    renewalLetter("1".repeat(32), { ...profile, email: "anna@example.com" }, cart, NOW)!.to,
    "anna@example.com",
  );
  const letter = renewalLetter("1".repeat(32), { ...profile, email: "anna@example.com" }, null, NOW)!;
  assert.match(await show(letter), /Choose what we write about:\nhttps:\/\/shop\.example\/comeback\/p\/…/);
});

/** Subject, text part, and what the HTML part says, with its links by kind. */
async function show(message: MessageSend): Promise<string> {
  const frozen = await email.render(message);
  const raw = Buffer.from(frozen.payload).subarray(frozen.payload.indexOf(10) + 1);
  const letter = await simpleParser(raw);
  const html = String(letter.html);
  const preheader = /<div style="display:none[^>]*>([^<]*)<\/div>/.exec(html)?.[1] ?? "";
  const body = html.slice(html.indexOf("<body"));
  const words = body
    .replace(/<!--[\s\S]*?-->|<style[\s\S]*?<\/style>|<div style="display:none[\s\S]*?<\/div>/g, "")
    .replace(/<a [^>]*href="([^"]*)"[^>]*>/g, (_link, href: string) => `[${href}] `)
    .replace(/<img [^>]*src="([^"]*)"[^>]*>/g, (_image, src: string) => `{${src}} `)
    .replace(/<\/(div|tr|td|p|table)>|<br[^>]*>/g, "\n")
    .replace(/<[^>]+>/g, " ");
  const tidy = (text: string) =>
    text
      .replace(/&nbsp;|&#160;/g, " ")
      .replace(/[ \t]+/g, " ")
      .replace(/ ?\n[ \n]*/g, "\n")
      .trim();
  const tokens = (text: string) =>
    text.replace(/\/comeback\/([a-z]+)\/[a-z2-7]{40,}/g, "/comeback/$1/…").replace(/&amp;/g, "&");
  return `Subject: ${letter.subject}\nPreheader: ${tidy(preheader)}\n\n${tokens(letter.text ?? "").trimEnd()}\n\n= HTML =\n${tokens(tidy(words))}\n`;
}

async function htmlOf(payload: Uint8Array): Promise<string> {
  const letter = await simpleParser(Buffer.from(payload).subarray(payload.indexOf(10) + 1));
  return String(letter.html);
}
