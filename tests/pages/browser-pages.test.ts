// The pages in a real browser: on a phone and on a desk, with and without JavaScript, by keyboard alone, and for people
// who use assistive technology (axe, WCAG 2.2 AA).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchBrowser, noBrowser } from "../browser.js";
import { startStandIn, type StandIn } from "./stand-in-engine.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 375, height: 720 };
const NIGHT_DESK = { colorScheme: "dark" as const, viewport: { width: 1280, height: 800 } };
const STATUSES = [
  "ready",
  "quoting",
  "confirming",
  "ordered",
  "undone",
  "postponed",
  "lapsed",
  "superseded",
  "empty",
] as const;

let browser: Browser;
before(async () => {
  if (!noBrowser) browser = await launchBrowser();
});
after(() => browser?.close());

/** Opens a page and gives its problems back: console errors, blocked resources, dialogs. */
async function open(
  url: string,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{ page: Page; problems: string[]; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: PHONE, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on(
    "console",
    (line) => line.type() === "error" && !/status of 4\d\d/.test(line.text()) && problems.push(line.text()),
  );
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("dialog", (dialog) => (problems.push(`dialog ${dialog.message()}`), void dialog.dismiss()));
  // Product pictures are the shop's; the test has none to serve.
  await page.route("https://shop.example/**", (route) =>
    route.fulfill({ status: 200, contentType: "image/svg+xml", body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }),
  );
  await page.goto(url);
  return { page, problems, context };
}

/** Rules of WCAG 2.2 A and AA that the page breaks. axe is put in beside the page's own policy. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    type Axe = {
      run(
        options: object,
      ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
    };
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await (window as unknown as { axe: Axe }).axe.run({ runOnly: { type: "tag", values: tags } });
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)} ${nodes[0]!.failureSummary}`,
    );
  });
}

/** Every status of a cart in both languages; `night` alternates, so that each is seen by day and by night. */
async function each(run: (standIn: StandIn, label: string, night: boolean) => Promise<void>): Promise<void> {
  for (const [l, locale] of ["en", "ru"].entries()) {
    for (const [s, status] of STATUSES.entries()) {
      const ask = status === "postponed" || status === "ready" ? { ask_to_stop: true, postponed_in_a_row: 3 } : {};
      const order =
        status === "ordered"
          ? { order: { id: "o1", number: "1042" }, undo_until: Date.parse("2026-03-02T09:40:00Z") }
          : {};
      const standIn = await startStandIn({ locale, cart: { status, ...ask, ...order } });
      if (status === "ready") Object.assign(standIn.cart.lines[2]!, { removed: true, next_date: "2026-04-06" });
      if (status === "ready") standIn.cart.lines[1]!.quantity = 144;
      if (status === "postponed") standIn.cart.lines.forEach((line, i) => (line.next_date = `2026-04-0${i + 1}`));
      await run(standIn, `${status} ${locale}`, (l + s) % 2 === 1);
      await standIn.close();
    }
  }
}

test(
  "no page breaks a rule of accessibility, by day and by night, on a phone and on a desk",
  { skip: noBrowser },
  async () => {
    await each(async (standIn, label, night) => {
      const { page, problems, context } = await open(await standIn.url("cart"), night ? NIGHT_DESK : {});
      for (const details of await page.locator("details").all())
        await details.evaluate((node: HTMLDetailsElement) => (node.open = true));
      assert.deepEqual(await violations(page), [], label);
      assert.deepEqual(problems, [], label);
      await context.close();
    });
    const standIn = await startStandIn();
    const others = [
      await standIn.url("unsubscribe"),
      await standIn.url("preferences"),
      await standIn.url("operator"),
      await standIn.url("cart", { now: 0 }),
      `${standIn.origin}/comeback/c/wrong`,
    ];
    for (const url of others) {
      for (const options of [{}, NIGHT_DESK]) {
        const { page, problems, context } = await open(url, options);
        assert.deepEqual(await violations(page), [], url);
        assert.deepEqual(problems, [], url);
        await context.close();
      }
    }
    await standIn.close();
  },
);

test(
  "nothing is wider than the screen at 320 px, nor with text at 200 %, and targets are large enough for a thumb",
  { skip: noBrowser },
  async () => {
    await each(async (standIn, label) => {
      const { page, context } = await open(await standIn.url("cart"), { viewport: { width: 320, height: 640 } });
      for (const details of await page.locator("details").all())
        await details.evaluate((node: HTMLDetailsElement) => (node.open = true));
      for (const scale of [1, 2]) {
        await page.evaluate((scale) => (document.body.style.fontSize = `${16 * scale}px`), scale);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= 320, `${label} at ${scale}: ${width} px`);
      }
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("button, summary, input:not([type=hidden]), a.button")]
          .map((node) => ({ text: node.outerHTML.slice(0, 80), box: node.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
          .map(({ text, box }) => `${text} ${box.width}×${box.height}`),
      );
      assert.deepEqual(small, [], label);
      await context.close();
    });
  },
);

test("without JavaScript: change, take out, put back, confirm, undo", { skip: noBrowser }, async () => {
  const standIn = await startStandIn();
  const { page, context } = await open(await standIn.url("cart"), { javaScriptEnabled: false });
  await page.getByRole("button", { name: "One more of Yirgacheffe" }).click();
  await page.getByRole("button", { name: "Take out Rooibos" }).click();
  await page.getByText("Taken out").waitFor();
  await page.getByRole("button", { name: "Put back Rooibos" }).click();
  await page.getByRole("button", { name: "One less of Paper filters" }).click();
  await page.getByText("£50.70").waitFor();
  await page.getByRole("button", { name: "Confirm order" }).click();
  await page.getByText("Your order number is 1042.").waitFor();
  await page.getByRole("button", { name: "Undo the order" }).click();
  await page.getByText("nobody will call").waitFor();
  const said = standIn.events.map(({ event }) => event.type).filter((type) => type !== "message.clicked");
  assert.deepEqual(said, [
    "predicted_cart.quantity_changed",
    "predicted_cart.line_removed",
    "predicted_cart.line_restored",
    "predicted_cart.quantity_changed",
    "predicted_cart.confirmed",
    "predicted_cart.undone",
  ]);
  await context.close();
  await standIn.close();
});

test(
  "without JavaScript, in Russian: put one line aside until a day, then everything, then stop",
  { skip: noBrowser },
  async () => {
    const standIn = await startStandIn({ locale: "ru", cart: { postponed_in_a_row: 2 } });
    const { page, context } = await open(await standIn.url("cart"), { javaScriptEnabled: false });
    await page.locator("summary", { hasText: "Отложить" }).first().click();
    await page.locator("#d-p1").fill("2026-04-06");
    await page.getByRole("button", { name: "Отложить: Yirgacheffe" }).click();
    await page.getByText("Не сейчас? Отложить всё").click();
    await page.locator("details.card button").click();
    await page.getByText("Вернёмся к каждому товару").waitFor();
    await page.getByText("понедельник, 6 апреля").first().waitFor();
    await page.getByRole("button", { name: "Не присылать" }).click();
    await page.getByText("Таких списков больше не придёт").waitFor();
    const said = standIn.events
      .filter(({ event }) => event.type !== "message.clicked")
      .map(({ event }) => [event.type, event.data["product"], event.data["until"]]);
    assert.deepEqual(said, [
      ["predicted_cart.postponed", "p1", "2026-04-06"],
      ["predicted_cart.postponed", undefined, undefined],
      ["predicted_cart.stopped", undefined, undefined],
    ]);
    await context.close();
    await standIn.close();
  },
);

test("the other language is one press away and stays", { skip: noBrowser }, async () => {
  const standIn = await startStandIn();
  const { page, context } = await open(await standIn.url("cart"));
  await page.getByRole("link", { name: "По-русски" }).click();
  await page.getByRole("button", { name: "На один больше: Rooibos" }).click();
  await page.getByRole("button", { name: "Подтвердить заказ" }).click();
  await page.getByText("Номер вашего заказа: 1042.").waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "ru");
  await context.close();
  await standIn.close();
});

test("by keyboard alone, always seeing where one is", { skip: noBrowser }, async () => {
  const standIn = await startStandIn();
  const { page, context } = await open(await standIn.url("cart"));
  const reached: string[] = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const node = document.activeElement as HTMLElement;
      if (node === document.body) return null;
      const box = node.getBoundingClientRect();
      const middle = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
      const style = getComputedStyle(node);
      return {
        name: node.getAttribute("aria-label") ?? node.textContent!.trim(),
        seen: middle !== null && (node === middle || node.contains(middle) || middle.contains(node)),
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      };
    });
    if (focused === null) break;
    assert.ok(focused.seen, `${focused.name} is hidden when focused`);
    assert.ok(focused.outlined, `${focused.name} has no focus ring`);
    reached.push(focused.name);
    if (focused.name === "Confirm order") break;
  }
  assert.ok(reached.includes("One more of Yirgacheffe, whole beans 1 kg"), reached.join(" | "));
  assert.equal(reached.at(-1), "Confirm order");
  await page.keyboard.press("Enter");
  await page.getByText("Your order number is 1042.").waitFor();
  await context.close();
  await standIn.close();
});

test("pressing Confirm again and again makes one confirmation", { skip: noBrowser }, async () => {
  const standIn = await startStandIn();
  const { page, context } = await open(await standIn.url("cart"));
  await page.evaluate(() => {
    const button = document.querySelector<HTMLButtonElement>("button[value=confirm]")!;
    for (let i = 0; i < 100; i++) button.click();
  });
  await page.getByText("Your order number is 1042.").waitFor();
  assert.equal(standIn.events.filter(({ event }) => event.type === "predicted_cart.confirmed").length, 1);
  await context.close();
  await standIn.close();
});

test(
  "a person who looks and scrolls is a visit; a scanner that runs scripts and presses buttons is not",
  { skip: noBrowser },
  async () => {
    const standIn = await startStandIn();
    const url = await standIn.url("cart");
    const scanner = await open(url);
    await scanner.page.waitForTimeout(1_200);
    await scanner.page.evaluate(() => {
      for (const type of ["pointerdown", "touchstart", "keydown", "wheel", "scroll"])
        document.body.dispatchEvent(new Event(type, { bubbles: true }));
      window.scrollTo(0, 500);
    });
    await scanner.page.waitForTimeout(300);
    assert.equal(standIn.events.length, 0);
    await scanner.context.close();

    const person = await open(url);
    await person.page.waitForTimeout(1_200);
    const seen = person.page.waitForResponse((response) => response.url().endsWith("/seen"));
    await person.page.mouse.wheel(0, 300);
    assert.equal((await seen).status(), 204);
    await person.page.mouse.wheel(0, 300);
    await person.page.waitForTimeout(200);
    assert.deepEqual(
      standIn.events.map(({ event }) => event.type),
      ["predicted_cart.viewed", "message.clicked"],
    );
    await person.context.close();
    await standIn.close();
  },
);

test(
  "a scanner that presses every button leaves at most an order that can be undone",
  { skip: noBrowser },
  async () => {
    const standIn = await startStandIn();
    const url = await standIn.url("cart");
    const { page, context } = await open(url);
    for (let i = 0; i < (await page.locator("button").count()); i++) {
      await page.goto(url);
      const button = page.locator("button").nth(i);
      if ((await button.count()) === 0) break;
      await button.evaluate((node: HTMLButtonElement) => node.click());
      await page.waitForLoadState();
    }
    const { status, undo_until } = standIn.cart;
    assert.ok(status !== "ordered" || undo_until! > standIn.now, status);
    assert.ok(standIn.events.filter(({ event }) => event.type === "predicted_cart.confirmed").length <= 1);
    await context.close();
    await standIn.close();
  },
);

test("names that are code stay names", { skip: noBrowser }, async () => {
  const corpus = [
    `<script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `' onmouseover='alert(1)`,
    `javascript:alert(1)`,
    `</title><svg onload=alert(1)>`,
    `{{constructor.constructor('alert(1)')()}}`,
    `<a href="javascript:alert(1)">x</a>`,
    `\u202Eevil\u2028</style><style>*{display:none}`,
    `--><script>alert(1)</script><!--`,
    "`${alert(1)}`",
  ];
  for (const status of STATUSES) {
    const standIn = await startStandIn({
      cart: {
        status,
        order: { id: corpus[0]!, number: corpus[1]! },
        left_out: corpus.map((name) => ({ product: name, name, reason: name })),
      },
    });
    const [line] = standIn.cart.lines;
    standIn.cart.lines = corpus.map((evil) => ({
      ...line!,
      product: evil,
      name: evil,
      url: evil,
      image: evil,
      reason: { code: evil, text: evil },
      next_date: evil,
      run_out: evil,
    }));
    for (const purpose of ["cart", "operator"] as const) {
      const { page, problems, context } = await open(
        `${await standIn.url(purpose)}?n=${encodeURIComponent(corpus[1]!)}&lang=${encodeURIComponent(corpus[0]!)}`,
      );
      await page.mouse.move(100, 300);
      assert.deepEqual(problems, [], `${purpose} ${status}`);
      assert.equal(await page.locator("main script, main svg, main a[href^='javascript'], main [onerror]").count(), 0);
      assert.ok(await page.locator("h1").isVisible());
      await context.close();
    }
    await standIn.close();
  }
});

test("leaving, choosing and recording a call work without JavaScript", { skip: noBrowser }, async () => {
  const standIn = await startStandIn();
  const { page, context } = await open(await standIn.url("unsubscribe"), { javaScriptEnabled: false });
  await page.getByRole("button", { name: "Unsubscribe" }).click();
  await page.getByText("You are unsubscribed").waitFor();
  await page.getByRole("link", { name: /Choose what/ }).click();
  const tick = page.getByRole("checkbox", { name: "by e-mail" });
  assert.equal(await tick.isChecked(), false);
  standIn.now += 1000;
  await tick.check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  assert.equal(await page.getByRole("checkbox", { name: "by e-mail" }).isChecked(), true);
  await page.goto(await standIn.url("operator"));
  await page.getByRole("spinbutton", { name: /Descaler/ }).fill("2");
  await page.getByRole("radio", { name: "Reached", exact: true }).check();
  await page.getByLabel("Note").fill("Prefers mornings");
  await page.getByRole("button", { name: "Record" }).click();
  await page.getByText("The customer was reached.").waitFor();
  const call = standIn.events.at(-1)!;
  assert.equal(call.by, "operator");
  assert.deepEqual(call.event.data, {
    task: "3".repeat(32),
    outcome: "reached",
    items_added: [{ product: "a1", quantity: 2 }],
    note: "Prefers mornings",
  });
  assert.deepEqual(
    standIn.events.filter(({ event }) => event.type === "consent.changed").map(({ event }) => event.data["state"]),
    ["denied", "granted"],
  );
  await context.close();
  await standIn.close();
});
