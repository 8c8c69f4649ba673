export const describe = "events through the core: Wasm in this process, beside the same core natively";

/** Customers with a history of orders, then views and orders of theirs: what a shop's day is made of. */
export async function run([count = "20000"]) {
  const { spawnSync } = await import("node:child_process");
  const { mkdtempSync, rmSync, writeFileSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const path = await import("node:path");
  const { Core } = await import("comeback/core");
  const { atLeast, history, perSecond, products, program, rate, show, sunday, viewed } =
    await import("./host/ground.mjs");

  const customers = 1_000;
  const turns = 5;
  const inputs = [];
  const give = (customer, input) => inputs.push({ customer, now: sunday, input: JSON.stringify(input) });
  for (let at = 0; at < customers; at++) give(`c${at}`, { facts: history(`c${at}`, at) });
  for (let at = 0; inputs.length < Number(count); at++) {
    const customer = `c${at % customers}`;
    give(customer, { event: viewed(at, customer), by: "shop" });
  }

  const core = await Core.load();
  const parts = { program: core.compile(program), model: null, catalogue: core.catalogue(products) };
  const env = core.open(parts);
  const encoder = new TextEncoder();
  const bytes = inputs.map(({ input }) => encoder.encode(input));
  const nothing = new Uint8Array();
  let states;
  const wasmMs = Array.from({ length: turns }, () => {
    states = new Map();
    const since = performance.now();
    for (const [at, { customer, now }] of inputs.entries()) {
      const state = states.get(customer) ?? { hot: nothing, purchases: nothing };
      const stepped = env.step(state, bytes[at], now);
      states.set(customer, { hot: stepped.hot ?? state.hot, purchases: stepped.purchases ?? state.purchases });
    }
    return performance.now() - since;
  });
  env.close();

  const folder = mkdtempSync(path.join(tmpdir(), "comeback-core-"));
  let native;
  try {
    const file = path.join(folder, "work.json");
    writeFileSync(file, JSON.stringify({ program, products, turns, inputs }));
    const args = ["bench", "--quiet", "--no-default-features", "--bench", "core", "--", file];
    const root = path.join(import.meta.dirname, "..");
    const { status, stdout } = spawnSync("cargo", args, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (status !== 0) throw new Error(`the native run ended with ${status}`);
    native = JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }

  const keys = [...states.keys()].sort();
  const stored = Buffer.concat(keys.flatMap((key) => [states.get(key).hot, states.get(key).purchases]));
  if (core.hash(stored) !== native.states) throw new Error("Wasm and native came to different customers");

  const best = (values) => Math.min(...values);
  const [wasm, natively] = [best(wasmMs), best(native.milliseconds)];
  show([
    ["events", `${inputs.length} of ${customers} customers, the best of ${turns} turns`],
    ["Wasm in Node", perSecond(rate(inputs.length, wasm), "events")],
    ["native", perSecond(rate(inputs.length, natively), "events")],
  ]);
  atLeast("Wasm / native", natively / wasm, 0.25);
}
