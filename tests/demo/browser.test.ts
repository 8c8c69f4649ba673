// The tour in a real browser, first without JavaScript, then every page for everybody.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, noBrowser } from "../browser.js";
import { freshData, startDemo, type RunningDemo } from "./running-demo.js";

const place = freshData();
let demo: RunningDemo;
let browser: Browser;

before(async () => {
  if (noBrowser) return;
  demo = await startDemo(place.data);
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  place.remove();
});

test("the tour from the first step to the last, on a phone, without JavaScript", { skip: noBrowser }, async () => {
  const page = await (
    await browser.newContext({ javaScriptEnabled: false, viewport: { width: 375, height: 760 } })
  ).newPage();
  await page.goto(demo.url);
  await page.getByRole("link", { name: "Anna’s page" }).click();
  await page.getByRole("heading", { name: "Anna Whitfield" }).waitFor();
  await page.getByRole("button", { name: "Move to Monday 09:00" }).click();
  await page.getByRole("heading", { name: "Mailbox" }).waitFor({ timeout: 120_000 });
  await page
    .getByRole("link", { name: /anna\.whitfield/ })
    .first()
    .click();
  await followCartLink(page);
  await page.getByRole("button", { name: /confirm/i }).click();
  await page.waitForLoadState();
  await page.goto(`${demo.url}/office`);
  await page.getByText("+44 20 7946 0114").waitFor();
  await page.goto(demo.url);
  await page.getByRole("heading", { name: "That was the tour" }).waitFor();
  assert.equal(await page.locator(".tour li.done").count(), 5);
});

async function followCartLink(page: Page): Promise<void> {
  const letter = page.frameLocator("iframe.letter-frame");
  await letter.locator('a[href*="/comeback/c/"]').first().click();
  await page.waitForURL(/\/comeback\/c\//);
}

const PAGES = [
  "/",
  "/categories/pets",
  "/products/espresso-500",
  "/products/cat-tuna-12",
  "/search?q=oat",
  "/cart",
  "/checkout",
  "/account",
  "/login",
  "/register",
  "/office",
  "/office/customers",
  "/office/customers/c001",
  "/office/orders",
  "/office/shelves",
  "/office/report",
  "/office/results",
  "/mailbox",
  "/mailbox/1",
  "/scenarios",
  "/no-such-page",
];

for (const { name, width, colorScheme } of [
  { name: "phone, light", width: 375, colorScheme: "light" as const },
  { name: "desktop, dark", width: 1280, colorScheme: "dark" as const },
]) {
  test(`no accessibility violation and no sideways scrolling: ${name}`, { skip: noBrowser }, async () => {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
    await context.request.post(`${demo.url}/login`, { form: { customer: "c001" } });
    await context.request.post(`${demo.url}/cart/add`, { form: { product: "earl-grey-40" } });
    const page = await context.newPage();
    for (const path of PAGES) {
      await page.goto(demo.url + path);
      assert.deepEqual(await violations(page), [], path);
      const sideways = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.ok(Number(sideways) <= 0, `${path} is ${sideways} px too wide`);
    }
    await context.close();
  });
}

const axe = () => readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe());
  const found = (await page.evaluate(
    `axe.run(document, { iframes: false, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then((result) => result.violations.map((one) => one.id + ": " + one.nodes[0].html))`,
  )) as string[];
  return found;
}
