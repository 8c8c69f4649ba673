import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBase32, encodeBase32 } from "./base32.js";
import { PURPOSES } from "./claims.js";
import { createLinks, type LinkClaims, tidyToken } from "./links.js";
import { checkOnce, makeOnce } from "./once.js";

const NOW = Date.parse("2026-03-02T09:00:00Z");
const DAY = 86_400_000;
const SECRET = "0123456789abcdef0123456789abcdef";
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

const make = (keys = [{ id: "a", secret: SECRET }]) =>
  createLinks({ base_url: "https://shop.example/comeback/", keys });
const claims = (over: Partial<LinkClaims> = {}): LinkClaims => ({
  customer: "c42",
  cart: "00112233445566778899aabbccddeeff",
  effect: "ffeeddccbbaa99887766554433221100",
  now: NOW,
  ...over,
});

test("a link opens for its purpose with what it was made of", async () => {
  const links = make();
  for (const purpose of PURPOSES) {
    const opened = await links.open(
      purpose,
      await links.token(purpose, claims({ store: "wholesale", topic: "email:offers" })),
      NOW,
    );
    assert.ok(opened.ok);
    assert.deepEqual(
      { ...opened.claims, expires_at: 0 },
      {
        purpose,
        customer: "c42",
        store: "wholesale",
        cart: claims().cart,
        effect: claims().effect,
        topic: "email:offers",
        expires_at: 0,
      },
    );
  }
});

test("a link opens for no other purpose", async () => {
  const links = make();
  for (const made of PURPOSES) {
    const token = await links.token(made, claims());
    for (const wanted of PURPOSES.filter((purpose) => purpose !== made)) {
      assert.deepEqual(await links.open(wanted, token, NOW), { ok: false, problem: "invalid" });
    }
  }
});

test("an address shows no customer and is the same for the same message", async () => {
  const links = make();
  const url = await links.url("cart", claims({ customer: "anna@example.com" }));
  assert.match(url, /^https:\/\/shop\.example\/comeback\/c\/[a-z2-7]+$/);
  assert.ok(!url.includes("anna") && !url.includes(encodeBase32(new TextEncoder().encode("anna")).slice(0, 5)));
  assert.equal(url, await links.url("cart", claims({ customer: "anna@example.com" })));
  assert.ok(url.length < 200, `${url.length} characters`);
});

test("upper case and trailing punctuation are forgiven", async () => {
  const links = make();
  const token = await links.token("cart", claims());
  for (const text of [token.toUpperCase(), `${token}.`, `${token})`, `${token}>,`, ` ${token}\n`, `${token}"`]) {
    assert.ok((await links.open("cart", text, NOW)).ok, JSON.stringify(text));
  }
  assert.equal(tidyToken("ABC)."), "abc");
});

test("an expired link says whose it was, and only that", async () => {
  const links = make();
  const token = await links.token("cart", claims());
  const opened = await links.open("cart", token, NOW + 21 * DAY + 60_000);
  assert.ok(!opened.ok && opened.problem === "expired" && opened.claims.customer === "c42");
  assert.equal((await links.open("cart", token, NOW + 21 * DAY - 1)).ok, true);
});

test("an unsubscribe link works for at least 60 days", async () => {
  const links = make();
  const token = await links.token("unsubscribe", claims());
  assert.ok((await links.open("unsubscribe", token, NOW + 60 * DAY)).ok);
});

test("keys rotate: old links open while their key is live", async () => {
  const old = { id: "a", secret: SECRET };
  const fresh = { id: "b", secret: SECRET.split("").reverse().join("") };
  const token = await make([old]).token("cart", claims());
  assert.ok((await make([fresh, old]).open("cart", token, NOW)).ok);
  assert.ok((await make([fresh, old]).token("cart", claims())).startsWith("b"));
  assert.deepEqual(await make([fresh]).open("cart", token, NOW), { ok: false, problem: "invalid" });
  // The id of a key is not its secret: the same letter with another secret opens nothing.
  assert.deepEqual(await make([{ id: "a", secret: fresh.secret }]).open("cart", token, NOW), {
    ok: false,
    problem: "invalid",
  });
});

test("no changed token opens", async () => {
  const links = make();
  const tokens = await Promise.all(
    ["c42", "c43", "customer-with-a-long-id"].map((customer) => links.token("cart", claims({ customer }))),
  );
  let seed = 42;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  for (let i = 0; i < 20_000; i++) {
    const letters = [...tokens[random(tokens.length)]!];
    const changes = 1 + random(3);
    for (let change = 0; change < changes; change++) {
      const at = random(letters.length);
      const kind = random(4);
      if (kind === 0) letters.splice(at, 1);
      else if (kind === 1) letters.splice(at, 0, LETTERS[random(32)]!);
      else if (kind === 2) [letters[at], letters[at - 1]] = [letters[at - 1] ?? "a", letters[at]!];
      else letters[at] = LETTERS[random(32)]!;
    }
    const changed = letters.join("");
    if (tokens.includes(changed)) continue;
    assert.deepEqual(
      await links.openAny(changed, NOW),
      { ok: false, problem: "invalid" },
      `seed 42, case ${i}: ${changed}`,
    );
  }
});

test("every letter of a token matters, and halves of two don't make one", async () => {
  const links = make();
  const token = await links.token("cart", claims());
  const other = await links.token("cart", claims({ customer: "c43" }));
  for (let at = 0; at < token.length; at++) {
    for (const letter of LETTERS) {
      if (letter === token[at]) continue;
      const changed = token.slice(0, at) + letter + token.slice(at + 1);
      assert.equal((await links.openAny(changed, NOW)).ok, false);
    }
    const spliced = token.slice(0, at) + other.slice(at);
    if (spliced !== other) assert.equal((await links.openAny(spliced, NOW)).ok, false);
  }
});

test("nonsense is invalid and never an exception", async () => {
  const links = make();
  for (const text of [
    "",
    "a",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "ä",
    "../..",
    "%00",
    "a".repeat(100_000),
    "__proto__",
  ]) {
    assert.deepEqual(await links.openAny(text, NOW), { ok: false, problem: "invalid" });
  }
});

test("keys that are too weak or mixed up are refused with a remedy", () => {
  assert.throws(() => make([]), /need at least one key.*openssl rand/);
  assert.throws(() => make([{ id: "a", secret: "short" }]), /at least 32 characters/);
  assert.throws(() => make([{ id: "ab", secret: SECRET }]), /one of a-z or 2-7/);
  assert.throws(
    () =>
      make([
        { id: "a", secret: SECRET },
        { id: "a", secret: SECRET },
      ]),
    /share an id/,
  );
});

test("a link for an id that is too long is refused when made", async () => {
  await assert.rejects(make().token("cart", claims({ customer: "x".repeat(129) })), /at most 128 bytes, found 129/);
  assert.ok((await make().open("cart", await make().token("cart", claims({ customer: "ж".repeat(64) })), NOW)).ok);
});

test("base32 has one spelling for each value", () => {
  for (let length = 0; length < 20; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
    assert.deepEqual(decodeBase32(encodeBase32(bytes)), bytes);
  }
  assert.equal(decodeBase32("ab"), null, "left-over bits that are not zero");
  assert.equal(decodeBase32("a1"), null);
});

test("a one-time value holds for its page, what it showed, and a day", async () => {
  const links = make();
  const value = await makeOnce(links, "token", "two coffees", NOW);
  const check = (given: string, bound = "token", shown = "two coffees", now = NOW + 1000) =>
    checkOnce(links, given, bound, shown, now);
  assert.deepEqual(await check(value), { ok: true, stale: false });
  assert.deepEqual(await check(value, "token", "three coffees"), { ok: true, stale: true });
  assert.deepEqual(await check(value, "token", "two coffees", NOW + DAY + 1), { ok: true, stale: true });
  assert.deepEqual(await check(value, "another token"), { ok: false, stale: true });
  assert.deepEqual(await check(value.replace(/^./, "z")), { ok: false, stale: true });
  assert.deepEqual(await check(""), { ok: false, stale: true });
});
