// Every program that ships, all at once in the demo shop, clicked through as its page of scenarios says.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, noBrowser } from "../browser.js";
import { freshData, startDemo, type RunningDemo } from "../demo/running-demo.js";

const CLI = fileURLToPath(new URL("../../../js-shim/dist/cli/main.js", import.meta.url));
const place = freshData();
let demo: RunningDemo;
let browser: Browser;
let page: Page;

before(async () => {
  if (noBrowser) return;
  demo = await startDemo(place.data);
  browser = await launchBrowser();
  page = await somebody(1280);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  place.remove();
});

async function somebody(width: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  context.setDefaultTimeout(10_000);
  return context.newPage();
}

/** Presses what the page of scenarios offers. */
async function press(scenario: string, name: string, on = page): Promise<void> {
  await on.goto(`${demo.url}/scenarios`);
  const part = on.locator(`#${scenario}`);
  await part.getByRole("button", { name }).or(part.getByRole("link", { name })).first().click();
  // A ride through time may take a while, and says so.
  await on.waitForURL((url) => !url.pathname.startsWith("/clock"), { timeout: 120_000 });
}

async function intoBasket(on = page): Promise<void> {
  await on.getByRole("button", { name: "Add to the basket" }).click();
  await on.getByRole("status").waitFor();
}

async function order(pay: string): Promise<void> {
  await page.goto(`${demo.url}/checkout`);
  await page.getByLabel(pay).check();
  await page.getByRole("button", { name: "Place the order" }).click();
  await page.waitForURL(/\/orders\//);
}

/** The newest letter to this address with this subject, in its frame; its text too. */
async function letter(address: string, subject: RegExp, on = page) {
  await on.goto(`${demo.url}/mailbox?q=${encodeURIComponent(address)}`);
  await on.getByRole("link", { name: subject }).first().click();
  const frame = on.frameLocator("iframe.letter-frame");
  return { frame, text: await frame.locator("body").innerText() };
}

async function countLetters(address: string, subject: RegExp): Promise<number> {
  await page.goto(`${demo.url}/mailbox?q=${encodeURIComponent(address)}`);
  return page.getByRole("link", { name: subject }).count();
}

/** The banner once it is there: what a visit sets in motion is done within a second or two. */
async function banner(words: RegExp, on = page): Promise<string> {
  for (let look = 0; look < 20; look++) {
    await on.goto(demo.url);
    const text = (await on.locator(".banner").allInnerTexts()).join(" ");
    if (words.test(text)) return text;
    await on.waitForTimeout(250);
  }
  throw new Error(`no banner said ${words}`);
}

async function register(on: Page, name: string, email: string): Promise<void> {
  await on.getByLabel("Name").fill(name);
  await on.getByLabel("E-mail").fill(email);
  await on.getByLabel(/Send me letters/).check();
  await on.getByRole("button", { name: "Register" }).click();
  await on.waitForURL(/\/account$/);
}

test("what the scenarios promise is what happens", { skip: noBrowser, timeout: 400_000 }, async (t) => {
  await t.test("gluten-free in the basket: a role, and what suits it on the home page", async () => {
    await press("gluten-free", "Be Greta");
    await press("gluten-free", "Seed crackers");
    await intoBasket();
    await press("gluten-free", "Home page");
    await page.getByRole("heading", { name: "Recommended for you" }).waitFor();
    await press("gluten-free", "Greta’s page");
    assert.match(await page.locator("main").innerText(), /gluten-free/);
  });

  const visitor = await somebody(390);
  await t.test("from an advertisement, on a phone: a banner with a code that the checkout takes", async () => {
    await press("facebook-ad", "The link in the advertisement", visitor);
    const code = /Your code is (\w+)/.exec(await banner(/Your code is/, visitor))?.[1] ?? "";
    await press("facebook-ad", "Register", visitor);
    await register(visitor, "Ada New", "ada.new@example.com");
    assert.match(await visitor.locator("main").innerText(), new RegExp(`${code} 10 % off`));
    assert.match(await banner(/Good to have you here/, visitor), /Oat milk/);
  });

  await t.test("a basket is left at the checkout, with the crackers still in it", async () => {
    await press("abandoned-cart", "Dental sticks");
    await intoBasket();
    await press("abandoned-cart", "To the checkout");
    await page.getByText("£8.95").waitFor();
  });

  await t.test("kayaks, then life vests; and a small order", async () => {
    await press("kayaks", "Be Priya");
    await press("kayaks", "A kayak");
    await press("kayaks", "A life vest");
    await press("after-delivery", "Bread mix");
    await intoBasket();
    await order("Pay now by card");
  });

  await t.test("an order to be paid later, and one to be repeated", async () => {
    await press("unpaid-order", "Be Kwame");
    await press("unpaid-order", "Evening Decaf");
    await intoBasket();
    await order("Pay later, on the order’s page");
    await press("repeat-order", "Be Dmitry");
    await press("repeat-order", "Earl Grey");
    await intoBasket();
    await order("Pay now by card");
  });

  await t.test("hours later: the first letter about the basket, and a welcome with what others like", async () => {
    await press("abandoned-cart", "Three hours later");
    const first = await letter("greta.lindner", /Your basket is still here/);
    assert.match(first.text, /Dental sticks[\s\S]*£8\.90/);
    await first.frame.getByRole("link", { name: "Back to my basket" }).click();
    await page.waitForURL(/\/cart/);
    assert.match((await letter("ada.new", /Welcome to/)).text, /Popular with our customers/);
  });

  await t.test("a day later: the oars, and the order that waits for its payment", async () => {
    await press("kayaks", "Be Priya");
    await press("kayaks", "A day later");
    assert.match(await banner(/Oars, fresh from the workshop/), /Carbon oars/);
    await page.getByRole("button", { name: "Have a look" }).click();
    await page.waitForURL(/\/categories\/outdoor$/);
    const reminder = await letter("kwame.mensah", /waits for payment/);
    await press("unpaid-order", "Be Kwame");
    await letter("kwame.mensah", /waits for payment/);
    await reminder.frame.getByRole("link", { name: "Pay the order" }).click();
    await page.getByRole("button", { name: /^Pay £/ }).click();
    await page.getByText("Paid, thank you.").waitFor();
  });

  await t.test("two days later: the second letter with free delivery, as delivery was dear", async () => {
    await press("abandoned-cart", "Two days later");
    assert.match((await letter("greta.lindner", /Can we help/)).text, /Your code[\s\S]*free shipping/);
    assert.equal(await countLetters("kwame.mensah", /keep your order/), 0, "a paid order is not reminded of");
    assert.match((await letter("kwame.mensah", /Happy birthday/)).text, /15 % off/);
  });

  await t.test("a week later: a request for a review; a bad one earns a code as well", async () => {
    await press("after-delivery", "Be Priya");
    await press("after-delivery", "Eight days later");
    const request = await letter("priya.raman", /How is it/);
    await request.frame.getByRole("link", { name: "Write a review" }).click();
    await page.getByRole("link", { name: "Write a review of Bread mix" }).click();
    await page.locator("summary", { hasText: "Write a review" }).click();
    await page.getByLabel("Stars", { exact: true }).selectOption("1");
    await page.getByLabel(/tell a neighbour/).fill("It would not rise.");
    await page.getByRole("button", { name: "Post the review" }).click();
    await page.getByText("Take my review back").waitFor();
    await press("after-delivery", "Two hours later");
    assert.match((await letter("priya.raman", /Thank you for your review/)).text, /5 % off/);
    assert.match((await letter("ruth.adeyemi", /It has been a while/)).text, /5 pounds off/);
  });

  await t.test("an invitation: the friend registers with its link, and both get a code", async () => {
    await press("refer-a-friend", "Eight days later");
    const invitation = await letter("priya.raman", /Know someone/);
    const link = await invitation.frame.getByRole("link", { name: "The link to pass on" }).getAttribute("href");
    const friend = await somebody(390);
    await friend.goto(link ?? "");
    await register(friend, "Noor Friend", "noor.friend@example.com");
    await page.waitForTimeout(2500);
    assert.match((await letter("noor.friend", /A present from a friend/)).text, /5 pounds off/);
    assert.match((await letter("priya.raman", /Your friend is here/)).text, /5 pounds off/);
  });

  await t.test("three weeks after delivery what goes with it, a week later what is new", async () => {
    await press("repeat-order", "Eight days later");
    await press("repeat-order", "Eight days later");
    assert.match((await letter("dmitry.sokolenko", /Пора повторить/)).text, /Часто берут вместе/);
    assert.match((await letter("dmitry.sokolenko", /Новое на наших полках/)).text, /Новинка магазина/);
  });

  await t.test("and the journal gives all of it again, decision for decision, byte for byte", async () => {
    await demo.stop();
    const [database, args] = [join(place.data, "comeback.sqlite"), ["replay", "--as-recorded", "--db"]];
    const { stdout, status } = spawnSync(process.execPath, [CLI, ...args, database], { encoding: "utf8" });
    assert.match(stdout, /^\d{4,} entries of \d+ customers stepped again: no differences\n$/);
    assert.equal(status, 0);
  });
});
