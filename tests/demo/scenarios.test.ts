// Other programs than service care, in the same shop: what a visitor sees of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freshData, startDemo, toDate, Walker, type Page } from "./running-demo.js";

async function inShop(program: string, walk: (walker: Walker) => Promise<void>): Promise<void> {
  const place = freshData();
  const demo = await startDemo(place.data, 0, program);
  try {
    await walk(new Walker(demo.url));
  } finally {
    await demo.stop();
    place.remove();
  }
}

/** The page once it says so: what a visit sets in motion is done within a second or two. */
async function soon(walker: Walker, path: string, words: RegExp): Promise<Page> {
  for (let look = 0; look < 40; look++) {
    const page = await walker.get(path);
    if (words.test(page.text)) return page;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${path} never said ${words}`);
}

test("kayaks, then life vests: in the evening a banner with the newest oars, until it is followed", () =>
  inShop("kayaks", async (walker) => {
    await walker.post("/login", { customer: "c003" });
    await walker.get("/products/kayak-one");
    await soon(walker, "/office/report", /0 events waiting/);
    await walker.get("/products/life-vest-adult");
    await soon(walker, "/office/report", /0 events waiting/);
    assert.doesNotMatch((await walker.get("/")).text, /Oars, fresh/);
    await toDate(walker, "2026-03-07");
    const page = await soon(walker, "/", /Oars, fresh from the workshop/);
    assert.match(page.text, /Carbon oars/);
    const follow = page.button(/Have a look/);
    assert.ok(follow);
    assert.match((await walker.post(follow.action, follow.fields)).text, /Outdoor corner/);
    await soon(walker, "/office/report", /0 events waiting/);
    assert.doesNotMatch((await walker.get("/")).text, /Oars, fresh/);
  }));

test("gluten-free in the basket: the home page recommends what suits", () =>
  inShop("gluten-free", async (walker) => {
    await walker.post("/login", { customer: "c001" });
    assert.doesNotMatch((await walker.get("/")).text, /Recommended for you/);
    await walker.post("/cart/add", { product: "gf-penne", quantity: "1" });
    await soon(walker, "/", /Recommended for you/);
  }));

test("a visitor from an advertisement gets a code, and keeps it when registering", () =>
  inShop("facebook-ad", async (walker) => {
    await walker.get("/?utm_source=facebook");
    const page = await soon(walker, "/", /Your code is \w+/);
    const code = /Your code is (\w+)/.exec(page.text)?.[1] ?? "";
    await walker.post("/register", {
      name: "Ada New",
      email: "ada.new@example.com",
      zone: "Europe/London",
      locale: "en",
      city: "London",
    });
    await walker.post("/cart/add", { product: "espresso-500", quantity: "2" });
    const placed = await walker.post("/checkout", { pay: "now", coupon: code });
    assert.match(placed.text, new RegExp(`Coupon ${code} −£3.16`));
  }));
