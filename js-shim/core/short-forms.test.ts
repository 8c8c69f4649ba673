// What each short form, and each timed trigger, comes to over a few weeks: events in, decisions out, as text.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { parse } from "yaml";
import { Core } from "./core.js";
import type { Effect, Product } from "./types.js";

const PRODUCTS: Product[] = [
  { id: "tea", name: "Rooibos", price: 700, currency: "GBP", in_stock: true, categories: ["tea"] },
  { id: "cup", name: "Cup", price: 900, currency: "GBP", in_stock: true, categories: ["cups"] },
];

let core: Core;
before(async () => {
  core = await Core.load();
});

type Told = [at: string, type: string, data?: object];

/** Decisions of a program about one customer who agreed to letters, one a line. */
function decided(program: string, told: Told[], until: string): string[] {
  const tree = {
    comeback: 1,
    shop: { name: "x", zone: "UTC", currency: "GBP", locale: "en" },
    policy: { slot: "0m", quiet_hours: null },
    ...(parse(program) as object),
  };
  const all: Told[] = [
    ["2026-01-01T09:00", "consent.changed", { channel: "email", state: "granted" }],
    ["2026-01-01T09:00", "customer.updated", { email: "a@example.org", zone: "UTC", birthday: "1990-02-10" }],
    ...told,
  ];
  const lines = all.map(([at, type, data = {}], n) =>
    JSON.stringify({ id: `e${n}`, source: "shop", type, at: `${at}:00Z`, customer: "a", data }),
  );
  const env = core.open({ program: core.compile(tree), model: null, catalogue: core.catalogue(PRODUCTS) });
  const { effects, refused } = env.replay(lines.join("\n"), { until: Date.parse(`${until}T00:00:00Z`) });
  env.close();
  assert.deepEqual(refused, []);
  return effects.map((effect) => `${effect.at.slice(0, 16)} ${words(effect)}`);
}

function words(effect: Effect): string {
  if (effect.kind === "message.send") return `${effect.template}#${effect.variant}`;
  if (effect.kind === "banner.show") return `banner ${effect.title} in ${effect.slot}`;
  if (effect.kind === "role.assign") return `role ${effect.role}`;
  if (effect.kind === "tag.assign" || effect.kind === "tag.remove") return `${effect.kind} ${effect.tag}`;
  if (effect.kind === "offer.issue") return `offer ${effect.offer}`;
  return effect.kind;
}

function order(id: string, over: object = {}): object {
  const lines = [{ id: `${id}-1`, product: "tea", quantity: 1, price: 700 }];
  const fixed = { id, revision: 1, status: "pending", placed_at: "2026-01-05T10:00:00Z", currency: "GBP", total: 700 };
  return { order: { ...fixed, goods_total: 700, paid: false, lines, ...over } };
}

describe("the seven kinds of reminders, in levels", () => {
  const reminder = (kind: string, more = "") => `
reminders:
  - id: r
    kind: ${kind}
    ${more}
    levels:
      - { after: 1d, send: { template: first } }
      - { after: 2d, send: { template: second, variant: 1 } }`;
  const cart = { lines: [{ product: "tea", quantity: 1, price: 700 }], total: 700, currency: "GBP" };

  it("abandoned cart, ended by the order", () => {
    const told: Told[] = [["2026-01-05T10:00", "cart.updated", cart]];
    assert.deepEqual(decided(reminder("abandoned_cart"), told, "2026-01-20"), [
      "2026-01-06T10:00 first#0",
      "2026-01-08T10:00 second#1",
    ]);
    told.push(["2026-01-07T10:00", "order.placed", order("o1")]);
    assert.deepEqual(decided(reminder("abandoned_cart"), told, "2026-01-20"), ["2026-01-06T10:00 first#0"]);
  });

  it("registered, and the condition holds again before every level", () => {
    const told: Told[] = [
      ["2026-01-05T10:00", "customer.registered"],
      ["2026-01-07T10:00", "customer.updated", { tags: ["vip"] }],
    ];
    const none = "when: { none: [{ tag: { any_of: [vip] } }] }";
    assert.deepEqual(decided(reminder("registered"), told, "2026-01-20"), [
      "2026-01-06T10:00 first#0",
      "2026-01-08T10:00 second#1",
    ]);
    assert.deepEqual(decided(reminder("registered", none), told, "2026-01-20"), ["2026-01-06T10:00 first#0"]);
  });

  it("last purchase, again after it was renewed", () => {
    const bought = (id: string, at: string): Told => [
      at,
      "order.placed",
      order(id, { status: "completed", placed_at: `${at}:00Z` }),
    ];
    const told = [bought("o1", "2026-01-05T10:00"), bought("o2", "2026-01-20T10:00")];
    assert.deepEqual(decided(reminder("last_purchase"), told, "2026-02-10"), [
      "2026-01-06T10:00 first#0",
      "2026-01-08T10:00 second#1",
    ]);
    assert.deepEqual(decided(reminder("last_purchase", "renew_after: 1w"), told, "2026-02-10"), [
      "2026-01-06T10:00 first#0",
      "2026-01-08T10:00 second#1",
      "2026-01-21T10:00 first#0",
      "2026-01-23T10:00 second#1",
    ]);
  });

  it("last activity, ended by a visit", () => {
    const told: Told[] = [
      ["2026-01-05T10:00", "page.visited", { url: "/" }],
      ["2026-01-07T10:00", "page.visited", { url: "/" }],
    ];
    assert.deepEqual(decided(reminder("last_activity"), told, "2026-01-20"), ["2026-01-06T10:00 first#0"]);
  });

  it("birthday: the first level so many days before", () => {
    assert.deepEqual(decided(reminder("birthday"), [], "2026-02-20"), [
      "2026-02-09T09:00 first#0",
      "2026-02-11T09:00 second#1",
    ]);
  });

  it("completed order", () => {
    const told: Told[] = [
      ["2026-01-05T10:00", "order.placed", order("o1")],
      ["2026-01-07T10:00", "order.status_changed", order("o1", { revision: 2, status: "completed" })],
    ];
    assert.deepEqual(decided(reminder("completed_order"), told, "2026-01-20"), [
      "2026-01-08T10:00 first#0",
      "2026-01-10T10:00 second#1",
    ]);
  });

  it("unpaid order: paying one ends its own reminders and no other's", () => {
    const told: Told[] = [
      ["2026-01-05T10:00", "order.placed", order("o1")],
      ["2026-01-05T12:00", "order.placed", order("o2")],
      ["2026-01-06T20:00", "order.paid", order("o1", { revision: 2, paid: true })],
    ];
    assert.deepEqual(decided(reminder("unpaid_order"), told, "2026-01-20"), [
      "2026-01-06T10:00 first#0",
      "2026-01-06T12:00 first#0",
      "2026-01-08T12:00 second#1",
    ]);
  });

  it("unpaid order: one that came paid is none", () => {
    const told: Told[] = [["2026-01-05T10:00", "order.placed", order("o1", { paid: true })]];
    assert.deepEqual(decided(reminder("unpaid_order"), told, "2026-01-20"), []);
    assert.deepEqual(
      decided(reminder("unpaid_order", "when: { order: { total_at_least: 1 } }"), told, "2026-01-20"),
      [],
    );
  });

  it("begins and ends when it is said to", () => {
    const told: Told[] = [["2026-01-05T10:00", "customer.registered"]];
    assert.deepEqual(decided(reminder("registered", 'starts_at: "2026-01-06T00:00:00Z"'), told, "2026-01-20"), []);
    assert.deepEqual(decided(reminder("registered", 'ends_at: "2026-01-05T00:00:00Z"'), told, "2026-01-20"), []);
  });
});

describe("the six kinds of actions, with several reactions at once", () => {
  const action = (on: string, more = "") => `
offers: [{ id: ten, percent: 10 }]
actions:
  - id: a
    on: ${on}
    ${more}
    assign_role: r
    assign_tag: t
    offer: ten
    banner: { title: B, slot: home }
    email: { template: hello }`;
  const all = (at: string) =>
    [`role r`, `tag.assign t`, `offer ten`, `banner B in home`, `hello#0`].map((what) => `${at} ${what}`).sort();
  const cases: [on: string, told: Told][] = [
    ["add_to_cart", ["2026-01-05T10:00", "cart.item_added", { product: "tea", quantity: 1, price: 700 }]],
    ["order", ["2026-01-05T10:00", "order.placed", order("o1")]],
    ["paid_order", ["2026-01-05T10:00", "order.paid", order("o1", { paid: true })]],
    ["viewed", ["2026-01-05T10:00", "product.viewed", { product: "tea" }]],
    ["url", ["2026-01-05T10:00", "page.visited", { url: "/" }]],
    ["registration", ["2026-01-05T10:00", "customer.registered"]],
  ];
  for (const [on, told] of cases) {
    it(`${on}: once ever`, () => {
      const again: Told = ["2026-01-06T10:00", told[1], { ...told[2], ...(told[2] && "order" in told[2] ? order("o2", { paid: true }) : {}) }]; // prettier-ignore
      assert.deepEqual(decided(action(on), [told, again], "2026-01-20").sort(), all("2026-01-05T10:00"));
    });
  }

  it("as often as its entry says, and only when its condition holds", () => {
    const seen: Told[] = ["05", "06", "07"].map((day) => [
      `2026-01-${day}T10:00`,
      "product.viewed",
      { product: "tea" },
    ]);
    const hello = (more: string) => `
actions:
  - { id: a, on: viewed, email: { template: hello }, ${more} }`;
    assert.equal(decided(hello("entry: { rule: always }"), seen, "2026-01-20").length, 3);
    assert.equal(decided(hello("entry: { rule: always, cool_down: 2d }"), seen, "2026-01-20").length, 2);
    assert.equal(decided(hello("entry: { rule: once_per, period: 1w }"), seen, "2026-01-20").length, 1);
    assert.equal(decided(hello("when: { category: { any_of: [cups] } }"), seen, "2026-01-20").length, 0);
  });
});

describe("triggers that time fires", () => {
  const journey = (trigger: string, more = "") => `
journeys:
  - id: j
    trigger: ${trigger}
    ${more}
    steps: [{ send: { template: hello } }]`;

  it("weekly, every other week, until a date", () => {
    const weekly = (more: string) => decided(journey(`{ schedule: { weekdays: [friday], at: "18:00"${more} } }`), [], "2026-02-01"); // prettier-ignore
    assert.deepEqual(
      weekly(""),
      ["02", "09", "16", "23", "30"].map((day) => `2026-01-${day}T18:00 hello#0`),
    );
    assert.deepEqual(
      weekly(", every: 2"),
      ["09", "23"].map((day) => `2026-01-${day}T18:00 hello#0`),
    );
    assert.equal(weekly(', until: "2026-01-10"').length, 2);
  });

  it("monthly, where 31 is the last day", () => {
    assert.deepEqual(decided(journey('{ schedule: { month_days: [31], at: "09:00" } }'), [], "2026-03-02"), [
      "2026-01-31T09:00 hello#0",
      "2026-02-28T09:00 hello#0",
    ]);
  });

  it("coming into an audience, and leaving it", () => {
    const vip = (at: string, tags: string[]): Told => [at, "customer.updated", { tags }];
    const told = [vip("2026-01-05T10:00", ["vip"]), vip("2026-01-07T10:00", []), vip("2026-01-09T10:00", ["vip"])];
    const audience = (more: string) =>
      journey(`{ audience: { of: { tag: { any_of: [vip] } }${more} } }`, "entry: { rule: always }");
    assert.deepEqual(decided(audience(""), told, "2026-01-20"), [
      "2026-01-05T10:00 hello#0",
      "2026-01-09T10:00 hello#0",
    ]);
    assert.deepEqual(decided(audience(", leaving: true"), told, "2026-01-20"), ["2026-01-07T10:00 hello#0"]);
  });

  it("an anniversary of the first order, and 29 February by its policy", () => {
    const first: Told = ["2026-01-05T10:00", "order.placed", order("o1", { status: "completed" })];
    assert.deepEqual(
      decided(journey('{ date: { of: first_order_anniversary, at: "09:00" } }'), [first], "2027-02-01"),
      ["2027-01-05T09:00 hello#0"],
    );
    const leap: Told = ["2026-01-02T10:00", "customer.updated", { birthday: "1988-02-29" }];
    const born = (policy: string) => decided(journey(`{ date: { of: birthday, at: "09:00", leap_day: ${policy} } }`), [leap], "2026-03-10"); // prettier-ignore
    assert.deepEqual(born("feb_28"), ["2026-02-28T09:00 hello#0"]);
    assert.deepEqual(born("mar_1"), ["2026-03-01T09:00 hello#0"]);
  });

  it("nothing happened for a time, and what did not happen after something", () => {
    const login: Told = ["2026-01-05T10:00", "customer.logged_in"];
    assert.deepEqual(decided(journey("{ inactive: { last: login, for: 3d } }"), [login], "2026-01-20"), [
      "2026-01-08T10:00 hello#0",
    ]);
    const silent = `
journeys:
  - id: j
    trigger: { event: product.viewed }
    steps:
      - wait_for:
          events: [{ event: order.placed, then: [{ end: { reached: true } }] }]
          within: 2d
          otherwise: [{ send: { template: hello } }]`;
    const seen: Told = ["2026-01-05T10:00", "product.viewed", { product: "tea" }];
    assert.deepEqual(decided(silent, [seen], "2026-01-20"), ["2026-01-07T10:00 hello#0"]);
    const bought: Told = ["2026-01-06T10:00", "order.placed", order("o1")];
    assert.deepEqual(decided(silent, [seen, bought], "2026-01-20"), []);
  });
});

describe("steps that lead elsewhere", () => {
  it("repeats, starts another journey and waits for it, and stops one", () => {
    const program = `
journeys:
  - id: outer
    trigger: { event: customer.registered }
    steps:
      - repeat: { times: 3, until: { tag: { any_of: [enough] } }, steps: [{ send: { template: hello } }, { wait: { for: 1d } }] }
      - start: { journey: inner, and_wait: true }
      - assign_tag: done
  - id: inner
    trigger: { manual: true }
    steps: [{ wait: { for: 2d } }, { send: { template: inner } }]
  - id: stopped
    trigger: { event: customer.registered }
    steps: [{ wait: { for: 30d } }, { send: { template: never } }]
  - id: stopper
    trigger: { event: customer.logged_in }
    steps: [{ stop: stopped }]`;
    const told: Told[] = [
      ["2026-01-05T10:00", "customer.registered"],
      ["2026-01-06T09:00", "customer.logged_in"],
    ];
    assert.deepEqual(decided(program, told, "2026-03-01"), [
      "2026-01-05T10:00 hello#0",
      "2026-01-06T10:00 hello#0",
      "2026-01-07T10:00 hello#0",
      "2026-01-10T10:00 inner#0",
      "2026-01-10T10:00 tag.assign done",
    ]);
    told.push(["2026-01-05T12:00", "customer.updated", { tags: ["enough"] }]);
    assert.equal(decided(program, told.sort(), "2026-03-01").filter((line) => line.endsWith("hello#0")).length, 1);
  });

  it("waits until a weekday and an hour, and until days before a birthday", () => {
    const wait = (how: string) => `
journeys:
  - id: j
    trigger: { event: customer.registered }
    steps: [{ wait: ${how} }, { send: { template: hello } }]`;
    const told: Told[] = [["2026-01-05T10:00", "customer.registered"]];
    assert.deepEqual(decided(wait('{ until_weekday: [thursday], until_time: "18:30" }'), told, "2026-03-01"), [
      "2026-01-08T18:30 hello#0",
    ]);
    assert.deepEqual(decided(wait("{ until_birthday: -3 }"), told, "2026-03-01")[0]?.slice(0, 10), "2026-02-07");
  });
});
