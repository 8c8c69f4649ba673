// What was acknowledged is still there after the machine is switched off.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { freshData, startDemo, toMonday, Walker } from "./running-demo.js";

const place = freshData();
after(() => place.remove());

test("kill -9 and a second start: orders, letters, calls and the clock are where they were", async () => {
  const first = await startDemo(place.data);
  const walker = new Walker(first.url);
  await toMonday(walker);
  const letters = (await walker.get("/mailbox")).links(/^\/mailbox\/\d+$/).length;
  assert.ok(letters > 0);
  await walker.post("/login", { customer: "c004" });
  await walker.post("/cart/add", { product: "dental-sticks-28", quantity: "2" });
  const placed = await walker.post("/checkout", { pay: "now", coupon: "" });
  assert.match(placed.url, /\/orders\/o\d+$/);
  const clock = /datetime="([^"]+)"/.exec((await walker.get("/")).html)?.[1] ?? "";
  await first.stop("SIGKILL");

  const since = Date.now();
  const second = await startDemo(place.data, Number(new URL(first.url).port));
  assert.ok(Date.now() - since < 15_000, "a second start takes seconds");
  assert.ok(second.lines.some((line) => line.includes("the shop is stocked")));
  assert.equal(
    (await walker.get("/mailbox")).links(/^\/mailbox\/\d+$/).length,
    letters,
    "no letter lost, none sent twice",
  );
  assert.match((await walker.get(new URL(placed.url).pathname)).text, /Dental sticks/);
  const resumed = /datetime="([^"]+)"/.exec((await walker.get("/")).html)?.[1] ?? "";
  assert.ok(resumed >= clock, `the clock went back from ${clock} to ${resumed}`);
  assert.equal(await second.stop("SIGTERM"), 0, "a polite stop ends well");
});

test("kill -9 in the middle of a ride: the second start goes on, and nobody gets a letter twice", async () => {
  const other = freshData();
  after(() => other.remove());
  const first = await startDemo(other.data);
  const walker = new Walker(first.url);
  // The answer is not waited for: the process is gone before it comes.
  const moving = walker.post("/clock", { to: "monday", back: "/mailbox" }).catch(() => null);
  await lettersArrive(walker, 8);
  await first.stop("SIGKILL");
  await moving;

  const second = await startDemo(other.data, Number(new URL(first.url).port));
  await toMonday(walker);
  const list = await walker.get("/mailbox");
  // A birthday and a Monday may meet: the same letter must not come twice.
  const letters = [...list.html.matchAll(/class="who">([^<]+)<.*?class="what">([^<]+)</g)].map(
    ([, who, what]) => `${who}: ${what}`,
  );
  assert.ok(letters.length > 8);
  assert.deepEqual(letters, [...new Set(letters)], "a letter came twice");
  assert.match((await walker.get("/office/report")).text, /0 events waiting to be told, 0 refused/);
  await second.stop();
});

async function lettersArrive(walker: Walker, count: number): Promise<void> {
  for (let look = 0; look < 600; look++) {
    if ((await walker.get("/mailbox")).links(/^\/mailbox\/\d+$/).length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("no letters came");
}
