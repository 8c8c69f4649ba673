// The demo's script, over HTTP: Monday, the mail, the link, the order, the call, and taking it back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshData, Page, startDemo, toMonday, Walker, type RunningDemo } from "./running-demo.js";

const ANNA = "anna.whitfield@example.com";
const place = freshData();
let demo: RunningDemo;
let walker: Walker;

before(async () => {
  demo = await startDemo(place.data);
  walker = new Walker(demo.url);
});
after(async () => {
  await demo?.stop();
  place.remove();
});

async function letterTo(address: string): Promise<Page> {
  const list = await walker.get(`/mailbox?q=${encodeURIComponent(address)}`);
  const [newest] = list.links(/^\/mailbox\/\d+$/);
  assert.ok(newest, `no letter to ${address}`);
  await walker.get(newest);
  return walker.get(`${newest}/letter`);
}

function cartLink(letter: Page): string {
  const [link] = letter.links(/\/comeback\/c\//);
  assert.ok(link, "the letter has no link to the cart");
  return link;
}

const orderNumbers = async () => (await walker.get("/office/orders")).html.match(/BL-\d+(?=<\/a><\/td>)/g)?.length ?? 0;
const cartOrders = async () => (await walker.get("/office/orders")).text.match(/a prepared cart/g)?.length ?? 0;

test("it answers when it is ready", async () => {
  const response = await fetch(`${demo.url}/healthz`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { ok: true });
  assert.ok((await orderNumbers()) > 0);
});

test("a customer's page says what is due when and why", async () => {
  const page = await walker.get("/office/customers/c001");
  for (const words of [
    "House Espresso",
    "Oat milk Barista",
    "Cat pouches",
    "runs out",
    "chance this week",
    "threshold",
  ]) {
    assert.match(page.text, new RegExp(words));
  }
  assert.match(page.html, /<svg class="rhythm/);
});

test("on Monday the carts go out, to those who agreed and to nobody else", async () => {
  await toMonday(walker);
  const list = await walker.get("/mailbox");
  // What belongs to an order needs no agreement, and staff are no customers.
  const recipients = [...list.html.matchAll(/class="who">([^<]+)<.*?class="what">([^<]+)</g)]
    .filter(([, who, what]) => !/payment|оплат/.test(what ?? "") && !who?.startsWith("operator@"))
    .map((match) => match[1]);
  assert.ok(recipients.length >= 5, `${recipients.length} letters`);
  assert.ok(recipients.includes(ANNA));
  const customers = await walker.get("/office/customers");
  const agreed = new Set<string>();
  for (const href of customers.links(/^\/office\/customers\/c\d+$/)) {
    const row = customers.html.slice(customers.html.indexOf(`"${href}"`)).split("</tr>")[0] ?? "";
    if (/>agreed</.test(row)) agreed.add(href);
  }
  assert.equal((await walker.get("/mailbox?q=niamh.obrien@example.com")).links(/^\/mailbox\/\d+$/).length, 0);
  for (const recipient of new Set(recipients)) {
    const found = await walker.get(`/office/customers?q=${encodeURIComponent(recipient ?? "")}`);
    const [href] = found.links(/^\/office\/customers\/c\d+$/);
    assert.ok(href && agreed.has(href), `${recipient} has not agreed to letters`);
  }
});

test("looking at the link changes nothing, confirming it once is one order and one call", async () => {
  const link = cartLink(await letterTo(ANNA));
  for (let look = 0; look < 3; look++) await walker.get(link);
  assert.equal(await cartOrders(), 0);

  const confirm = (await walker.get(link)).button(/confirm/i);
  assert.ok(confirm, "the cart page has no form to confirm");
  const confirmed = await walker.post(confirm.action, confirm.fields);
  assert.equal(confirmed.status, 200);
  for (let again = 0; again < 5; again++) await walker.post(confirm.action, confirm.fields);
  assert.equal(await cartOrders(), 1);

  const today = await walker.get("/office");
  assert.match(today.text, /Anna Whitfield/);
  assert.match(today.text, /\+44 20 7946 0114/);
  assert.match(today.text, /BL-\d+/);
});

test("taking it back cancels the order and the call", async () => {
  const page = await walker.get(cartLink(await letterTo(ANNA)));
  const undo = page.button(/undo/i);
  assert.ok(undo, "the cart page offers no way back");
  await walker.post(undo.action, undo.fields);
  assert.match((await walker.get("/office/orders?status=cancelled")).text, /Anna Whitfield.*a prepared cart/);
  assert.equal((await walker.get("/office")).buttons(/reached/i).length, 0);
});

test("the operator reaches a customer and what was added is on the order", async () => {
  const link = cartLink(await letterTo("priya.raman@example.net"));
  const confirm = (await walker.get(link)).button(/confirm/i);
  assert.ok(confirm);
  await walker.post(confirm.action, confirm.fields);
  const today = await walker.get("/office");
  const call = today.button(/Reached: confirm/);
  assert.ok(call, "no call to make");
  const offered = [...today.html.matchAll(/name="add"\s+value="([^"]+)"/g)].map((match) => match[1] ?? "");
  assert.equal(offered.length, 3, "three additions are suggested");
  await walker.post(call.action, { ...call.fields, add: offered.slice(0, 1) });
  const [order] = (await walker.get("/office/orders?status=paid")).links(/^\/office\/orders\/o\d+$/);
  assert.ok(order);
  assert.match((await walker.get(order)).text, /added on the phone/);
  assert.match((await walker.get("/office/report")).text, /0 events waiting to be told, 0 refused/);
});
