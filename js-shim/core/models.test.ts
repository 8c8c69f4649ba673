// A model is opened once for all environments that use it, outlives a trap, and is checked on demand.
import assert from "node:assert/strict";
import { before, it } from "node:test";
import { Core, CoreError, CoreTrap, type Env } from "./core.js";
import * as wasm from "./pkg/comeback.js";

let core: Core;
let model: Uint8Array;
before(async () => {
  core = await Core.load();
  const builder = core.modelBuilder();
  const day = (at: number) => new Date(Date.parse("2026-01-01") + at * 86_400_000).toISOString().slice(0, 10);
  const rows = Array.from({ length: 400 }, (_, at) => `c${at % 10},p${(at * 7) % 40},${day(at >> 2)},1`);
  builder.push(new TextEncoder().encode(`customer_id,product_id,ordered_at,quantity\n${rows.join("\n")}\n`));
  builder.endOrders();
  model = builder.finish().model;
});

const program = (name: string) => core.compile({ comeback: 1, shop: { name, zone: "UTC", currency: "EUR" } });
const open = (name: string, of: Uint8Array | null = model): Env =>
  core.open({ program: program(name), model: of, catalogue: core.catalogue([]) });
const none = new Uint8Array();
const answers = (env: Env): boolean => env.ask({ hot: none, purchases: none }, { ask: "cart" }, 0) === null;

it("is named by its contents, and so is an environment with it", () => {
  assert.match(core.modelHash(model), /^[0-9a-f]{32}$/);
  const [env, same, without] = [open("a"), open("a", model.slice()), open("a", null)];
  assert.equal(env.hash, same.hash);
  assert.notEqual(env.hash, without.hash);
  for (const one of [env, same, without]) one.close();
});

it("is opened once for environments that share its bytes", () => {
  const large = new Uint8Array(model.length + 8_000_000);
  large.set(model);
  const first = open("a", large);
  const size = core.memory.buffer.byteLength;
  const others = Array.from({ length: 5 }, (_, at) => open(`other ${at}`, large));
  assert.ok(core.memory.buffer.byteLength - size < large.length);
  first.close();
  for (const env of others) assert.ok(answers(env));
  for (const env of others) env.close();
});

it("stays open for the others when one is closed twice", () => {
  const [first, second] = [open("a"), open("b")];
  first.close();
  first.close();
  second.checkModel();
  second.close();
});

it("is there again after a trap", () => {
  const [first, second] = [open("a"), open("b")];
  assert.throws(() => core.guard(() => wasm.trap()), CoreTrap);
  first.checkModel();
  first.close();
  second.checkModel();
  assert.ok(answers(second));
  second.close();
});

it("tells of a single damaged byte when it is checked", () => {
  const damaged = model.slice();
  damaged[damaged.length >> 1]! ^= 1;
  const env = open("a", damaged);
  assert.throws(
    () => env.checkModel(),
    /CoreError: the model is damaged: some bytes are not those that were written; build it again from orders/,
  );
  env.close();
  assert.throws(() => core.modelHash(new Uint8Array([80, 75, 3, 4])), CoreError);
  open("a", null).close();
});
