import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Effect, StepResult } from "../core/types.js";
import type { Customer, DeferredInput, Parked } from "../stores/store.js";
import { takeTurn, type Decider } from "./turn.js";
import { wakeInput, type Input, type Work } from "./work.js";

// The core can't be made to trap by any input we know of, so here the step is a script: an event's
// type says what happens to it.
describe("a turn", () => {
  it("steps what waits, in order, into one commit", async () => {
    const { commit, outcomes } = await turn([event("a"), event("b")]);
    assert.deepEqual(outcomes, [{ outcome: "accepted" }, { outcome: "accepted" }]);
    assert.deepEqual([names(commit.entries), text(commit.hot), commit.wakeAt], [["a", "b"], "ab", 1000]);
  });

  it("leaves no trace of a refused event", async () => {
    const { commit, outcomes } = await turn([event("refuse"), event("b")]);
    assert.equal(outcomes[0]!.outcome, "refused");
    assert.deepEqual([names(commit.entries), text(commit.hot)], [["b"], "b"]);
  });

  it("parks at a trap: what came before stands, the rest waits", async () => {
    const { commit, outcomes } = await turn([event("a"), event("trap"), event("b")]);
    assert.deepEqual(outcomes.map(({ outcome }) => outcome), ["accepted", "deferred", "deferred"]); // prettier-ignore
    assert.deepEqual([names(commit.entries), names(commit.defer)], [["a"], ["trap", "b"]]);
    assert.deepEqual(commit.parked, { reason: "trapped", since: 100, tries: 1 });
    assert.ok(commit.wakeAt! > 100);
  });

  it("defers a parked customer's events without stepping them", async () => {
    const { commit } = await turn([event("a")], { parked: stuck });
    assert.deepEqual([names(commit.entries), names(commit.defer), commit.parked], [[], ["a"], stuck]);
  });

  it("tries again at the wake, and leaves parking when all went well", async () => {
    const { commit } = await turn([wake], { parked: stuck, deferred: [input("a"), input("b")] });
    assert.deepEqual([names(commit.entries), commit.undefer, commit.parked], [["a", "b", "wake"], 2, null]);
  });

  it("stays parked, longer, when it fails again", async () => {
    const { commit } = await turn([wake], { parked: stuck, deferred: [input("a"), input("trap"), input("b")] });
    assert.deepEqual([names(commit.entries), commit.undefer], [["a"], 1]);
    assert.deepEqual(commit.parked, { reason: "trapped", since: 5, tries: 3 });
  });

  it("steps the receipt of a message that can't be rendered at once", async () => {
    const { commit } = await turn([event("mail")]);
    assert.deepEqual(names(commit.entries), ["mail", "receipt"]);
  });

  it("that goes round in circles ends in parking", async () => {
    const { commit } = await turn([event("circle")]);
    assert.match(commit.parked!.reason, /more than 2000 steps/);
    assert.deepEqual(names(commit.defer), ["circle"]);
  });

  it("rests when a wake is due again and again at the same instant", async () => {
    const { commit } = await turn([wake], { state: "restless" });
    assert.ok(commit.entries.length > 1 && commit.wakeAt! > 100);
  });

  it("skips what is known already", async () => {
    const { commit, outcomes } = await turn([event("a")], { duplicate: [true] });
    assert.deepEqual([outcomes, commit.entries], [[{ outcome: "duplicate" }], []]);
  });
});

const stuck: Parked = { reason: "trapped", since: 5, tries: 2 };
const wake: Work = { customer: "c1", input: wakeInput, settled: null };
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const text = (value: Uint8Array | null): string => new TextDecoder().decode(value ?? bytes(""));

function input(id: string): DeferredInput & Input {
  return { input: bytes(id), bytes: bytes(id), event: { source: "shop", id }, type: id };
}

function event(id: string): Work {
  return { customer: "c1", input: input(id), settled: null };
}

function names(entries: readonly { input: Uint8Array }[]): string[] {
  return entries.map(({ input }) => (text(input).startsWith("{") ? "wake" : text(input)));
}

interface Given {
  parked?: Parked;
  deferred?: DeferredInput[];
  state?: string;
  duplicate?: boolean[];
}

function turn(works: Work[], { parked, deferred = [], state = "", duplicate = [] }: Given = {}) {
  const customer: Customer = {
    customer: "c1",
    seq: 0,
    state: { hot: bytes(state), purchases: bytes("") },
    wakeAt: null,
    parked: parked ?? null,
  };
  const release = async ({ id }: Effect) => ({ rows: [], receipt: input(id) });
  return takeTurn(customer, works, duplicate, deferred, {
    decider: scripted,
    release,
    receiptRefused: () => {},
    now: 100,
  });
}

const scripted: Decider = {
  hash: "env",
  step({ hot }, given): StepResult {
    const name = text(given);
    if (name === "trap") throw new Error("trapped");
    const refused = name === "refuse" ? { code: "no", path: "", message: "no" } : null;
    const effects = { mail: [{ id: "receipt" }], circle: [{ id: "circle" }] }[name] ?? [];
    const wakeAt = text(hot) === "restless" ? 100 : 1000;
    const next = name.startsWith("{") ? null : bytes(text(hot) + name);
    return { hot: next, purchases: null, wakeAt, effects: effects as Effect[], refused, trace: [] };
  },
};
