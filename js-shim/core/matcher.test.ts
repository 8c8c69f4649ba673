import assert from "node:assert/strict";
import { before, it } from "node:test";
import { Core, CoreTrap, ProgramError } from "./core.js";
import type { FlatEvent } from "./matcher.js";
import * as wasm from "./pkg/comeback.js";

let core: Core;
before(async () => (core = await Core.load()));

const journey = (id: string, event: string | string[], when?: unknown): object => ({
  id,
  trigger: { event },
  ...(when === undefined ? {} : { when }),
  steps: [{ assign_tag: "seen" }],
});

const program = {
  comeback: 1,
  journeys: [
    journey("kayaks", ["product.viewed", "cart.item_added"], { category: { any_of: ["kayaks", "canoes"] } }),
    journey("vip", "product.viewed", {
      all: [{ tag: { any_of: ["vip"] } }, { none: [{ product: { any_of: ["p1"] } }] }],
    }),
    journey("sale", "page.visited", { url: { contains: ["/SALE"] } }),
    journey("direct", "page.visited", { referrer: { any_of: [""] } }),
    journey("rich", "product.viewed", { event: { field: "price", at_least: 100, at_most: 200 } }),
    journey("german", "customer.logged_in", { profile: { field: "country", is: { any_of: ["DE"] } } }),
    journey("outlet", "customer.logged_in", { store: { none_of: ["main"] } }),
    journey("anyone", "customer.registered"),
    journey("loyal", "product.viewed", { orders: { at_least: 2 } }),
  ],
};

const rows: [event: FlatEvent, journeys: string[]][] = [
  [{ type: "product.viewed", product: "p2", category: "kayaks" }, ["kayaks"]],
  [{ type: "product.viewed", product: "p2", category: ["boats", "canoes"] }, ["kayaks"]],
  [{ type: "product.viewed", product: "p2", category: ["canoes", "canoes", "kayaks"] }, ["kayaks"]],
  [{ type: "product.viewed", product: "p2", category: "Kayaks" }, []],
  [{ type: "product.viewed", product: "p2", tag: ["vip", "new"] }, ["vip"]],
  // A test that cannot apply is false, also inside `none`: there is no product that is not p1.
  [{ type: "product.viewed", product: "p1", tag: "vip" }, []],
  [{ type: "page.visited", url: "https://shop.example/Sale?x" }, ["sale", "direct"]],
  [{ type: "page.visited", url: "/straße/ÄRGER/sale", referrer: "https://a.example" }, ["sale"]],
  [{ type: "page.visited" }, ["direct"]],
  [{ type: "product.viewed", product: "p2", price: 150 }, ["rich"]],
  [{ type: "product.viewed", product: "p2", price: "150.5" }, ["rich"]],
  [{ type: "product.viewed", product: "p2", price: " 150" }, []],
  [{ type: "product.viewed", product: "p2", price: null }, []],
  [{ type: "customer.logged_in", country: "de" }, ["german"]],
  [{ type: "customer.logged_in", country: "dE", store: "north" }, ["german", "outlet"]],
  [{ type: "customer.registered" }, ["anyone"]],
  [{ type: "never.heard_of" }, []],
];

it("finds the journeys that an event begins", () => {
  const matcher = core.matcher(program);
  for (const [event, expected] of rows) {
    assert.deepEqual(
      matcher.match(event).map((number) => matcher.names[number]),
      expected,
      JSON.stringify(event),
    );
  }
  matcher.close();
});

it("names the journeys that an event alone cannot decide", () => {
  const { leftOut } = core.matcher(program);
  assert.deepEqual(leftOut, [
    { journey: "loyal", why: "`orders` asks for more than the event: the engine decides it" },
  ]);
});

it("loads what was compiled before, and refuses what was not", () => {
  const matcher = core.matcher(core.compileMatcher(program));
  assert.deepEqual(matcher.match({ type: "customer.registered" }), [7]);
  assert.throws(() => core.matcher(new Uint8Array([1, 2, 3])), /matcher|damaged/i);
  assert.throws(() => core.compileMatcher({ comeback: 1, journeys: [{ id: "x" }] }), ProgramError);
});

it("makes room for events larger than any before", () => {
  const matcher = core.matcher(program);
  const url = `https://shop.example/${"ä".repeat(10_000)}/sale`;
  assert.deepEqual(matcher.match({ type: "page.visited", url, referrer: url }), [2]);
  const tag = Array.from({ length: 1_000 }, (_, at) => (at === 999 ? "vip" : `t${at}`));
  assert.deepEqual(matcher.match({ type: "product.viewed", product: "p2", tag }), [1]);
  assert.throws(
    () => matcher.match({ type: "page.visited", url: "x".repeat(1_000_000) }),
    /`url` of an event is too long/,
  );
});

it("refuses objects where text belongs", () => {
  const matcher = core.matcher(program);
  assert.throws(
    () => matcher.match({ type: "customer.logged_in", country: { code: "de" } }),
    /field `country` of an event must be text, a number or a boolean/,
  );
});

it("goes on after a trap", () => {
  const matcher = core.matcher(program);
  assert.throws(() => core.guard(() => wasm.trap()), CoreTrap);
  assert.deepEqual(matcher.match({ type: "customer.registered" }), [7]);
});
