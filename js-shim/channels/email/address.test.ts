import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress, parseMailbox, tidyName } from "./address.js";

test("an address is the whole text, or it is none", () => {
  const table: [string, string][] = [
    ["anna@example.com", "anna@example.com"],
    [" Anna.Smith+shop@Example.COM ", "Anna.Smith+shop@example.com"],
    ["o'hara@example.co.uk", "o'hara@example.co.uk"],
    ["почта@пример.рф", "not_an_address"],
    ["post@пример.рф", "post@xn--e1afmkfd.xn--p1ai"],
    ["", "empty"],
    ["anna", "not_an_address"],
    ["@example.com", "not_an_address"],
    ["anna@", "bad_domain"],
    ["anna@-x.com", "bad_domain"],
    ["anna@exa mple.com", "bad_domain"],
    ["anna@example..com", "bad_domain"],
    [".anna@example.com", "not_an_address"],
    ["anna..b@example.com", "not_an_address"],
    ['"anna@evil.com x"@example.com', "not_an_address"],
    ["anna@example.com, boris@evil.com", "not_an_address"],
    ["anna@example.com\r\nBcc: all@evil.com", "not_an_address"],
    ["anna@example.com\nRCPT TO:<x@evil.com>", "not_an_address"],
    ["<anna@example.com>", "not_an_address"],
    ["group:a@b.com;", "not_an_address"],
    ["a@b@example.com", "not_an_address"],
    ["anna@[127.0.0.1]", "bad_domain"],
    [`${"a".repeat(65)}@example.com`, "not_an_address"],
    [`${"((".repeat(200)}a@example.com`, "too_long"],
    [`a@${"b".repeat(300)}.com`, "too_long"],
    ["anna\u0000@example.com", "not_an_address"],
  ];
  for (const [text, expected] of table) {
    const parsed = parseAddress(text);
    assert.equal("address" in parsed ? parsed.address : parsed.problem, expected, JSON.stringify(text));
  }
});

test("ten thousand nested groups take no time", () => {
  const started = performance.now();
  parseAddress("g:".repeat(10_000) + "a@b.com");
  parseMailbox("<".repeat(10_000) + "a@b.com" + ">".repeat(10_000));
  assert.ok(performance.now() - started < 50);
});

test("a sender has a name that can't become a header", () => {
  assert.deepEqual(parseMailbox("Bean & Leaf <hello@shop.example>"), {
    name: "Bean & Leaf",
    address: "hello@shop.example",
  });
  assert.deepEqual(parseMailbox('"Bean, Leaf" <hello@shop.example>'), {
    name: "Bean Leaf",
    address: "hello@shop.example",
  });
  assert.deepEqual(parseMailbox("hello@shop.example"), { name: null, address: "hello@shop.example" });
  assert.equal(parseMailbox("x\r\nBcc: a@b.c <hello@shop.example>"), null);
  assert.equal(tidyName('Anna\r\nBcc: all@evil.com <x> "y"'), "Anna Bcc all evil.com x y");
  assert.equal(tidyName("   "), null);
  assert.equal(tidyName("x".repeat(500))!.length, 100);
});
