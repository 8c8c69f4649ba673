export const describe = "what prediction costs in Wasm, beside the same work natively and beside the disk";

// A made-up shop of 70,000 products and customers who own 1,300 of them; see bench/prediction/speed.rs, which also measures natively.
const ROUNDS = 8;
const MODEL_BYTES_MAX = 24e6;

export async function run() {
  const { readFileSync } = await import("node:fs");
  const { Core } = await import("comeback/core");
  const { inFolder, show } = await import("./host/ground.mjs");
  const { spawnSync } = await import("node:child_process");
  await inFolder(async (folder) => {
    console.log("measuring natively (the first time it is compiled, which takes minutes)");
    const { bytes, at } = natively(folder, spawnSync);
    const core = await Core.load();
    const model = readFileSync(`${folder}/model.bin`);
    const orders = readFileSync(`${folder}/orders.csv`);
    const { customer, native, nativeOpen } = await leastOf(() => {
      const { customer_us, open_us } = natively(folder, spawnSync);
      const customer = customerMicros(core, model, orders, Date.parse(at));
      return { customer, native: customer_us, nativeOpen: open_us };
    });
    const { read, open } = await leastOf(() => ({
      read: timed(() => readFileSync(`${folder}/model.bin`)),
      open: openMicros(core, model),
    }));
    const { step, commit } = await leastOf((round) => orderOfTwenty(core, `${folder}/bare-${round}.sqlite`));
    const micros = (value) => `${Math.round(value).toLocaleString("en")} µs`;
    show([
      ["1,300 products folded and scored, Wasm", micros(customer)],
      ["the same natively", micros(native)],
      ["a model of 70,000 products", `${(bytes / 1e6).toFixed(1)} MB`],
      ["opened from memory, Wasm", micros(open)],
      ["opened from memory, natively", micros(nativeOpen)],
      ["its bytes read from the page cache", micros(read)],
      ["an order of 20 lines in a step", micros(step)],
      ["the SQLite commit of what it changed, synced", micros(commit)],
    ]);
    const promises = [
      ["customer: Wasm / native", customer / native, 2],
      ["model: read and opened / read", (read + open) / read, 2],
      ["model: bytes / 24 MB", bytes / MODEL_BYTES_MAX, 1],
      ["order: step / commit", step / commit, 1],
    ];
    const missed = promises.filter(([name, value, most]) => !atMost(name, value, most));
    if (missed.length > 0) throw new Error(`missed: ${missed.map(([name]) => name).join(", ")}`);
  });
}

function natively(folder, spawnSync) {
  const cargo = ["bench", "--quiet", "--no-default-features", "--bench", "prediction", "--", "speed", folder];
  const { status, stdout, stderr } = spawnSync("cargo", cargo, { cwd: `${import.meta.dirname}/..`, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

/** One customer: what happens when a line is asked for, as natively. */
function customerMicros(core, model, orders, at) {
  const predictor = core.predictor({ model, at, top: 10 });
  predictor.push(orders);
  predictor.finish();
  let lines = 0;
  const micros = timed(() => {
    for (const line of predictor.lines()) lines += line ? 1 : 0;
  });
  predictor.free();
  return micros / lines;
}

function openMicros(core, model) {
  const parts = { program: core.compile(program), model, catalogue: core.catalogue([]) };
  let env;
  const micros = timed(() => {
    env = core.open(parts);
  });
  env.close();
  return micros;
}

const program = {
  comeback: 1,
  shop: { name: "Leaf", zone: "UTC", currency: "EUR", locale: "en" },
  journeys: [
    { id: "w", trigger: { event: "search.performed" }, steps: [{ send: { template: "welcome", topic: "news" } }] },
  ],
};

/** Orders of twenty lines, one after another, of a customer with a year of weekly orders; then the same bytes bare. */
async function orderOfTwenty(core, file) {
  const { writeBare } = await import("./host/bare.mjs");
  const env = core.open({ program: core.compile(program), model: new Uint8Array(), catalogue: core.catalogue([]) });
  const week = 604_800_000;
  const start = Date.parse("2025-01-06T10:00:00Z");
  let state = { hot: new Uint8Array(), purchases: new Uint8Array() };
  const batches = [];
  let micros = 0;
  const measured = 52;
  for (let at = 0; at < 52 + measured; at++) {
    const now = start + at * week;
    const input = new TextEncoder().encode(JSON.stringify({ by: "shop", event: orderEvent(at, now) }));
    let stepped;
    const took = timed(() => {
      stepped = env.step(state, input, now);
    });
    if (stepped.refused) throw new Error(JSON.stringify(stepped.refused));
    const { hot, purchases } = stepped;
    state = { hot: hot?.slice() ?? state.hot, purchases: purchases?.slice() ?? state.purchases };
    if (at < 52) continue;
    micros += took;
    batches.push([{ customer: "anna", hot: state.hot, purchases: state.purchases, entries: [{ input }] }]);
  }
  env.close();
  return { step: micros / measured, commit: (writeBare(file, batches) * 1000) / measured };
}

function orderEvent(at, now) {
  const placed_at = new Date(now).toISOString();
  const lines = Array.from({ length: 20 }, (_, line) => ({
    id: `${line}`,
    product: `p${(at * 7 + line * 13) % 300}`,
    quantity: 1 + (line % 3),
    price: 100 + line,
  }));
  const total = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  const order = { id: `o${at}`, revision: 1, status: "completed", placed_at, currency: "EUR", total, lines };
  return { id: `e${at}`, source: "shop", type: "order.placed", at: placed_at, customer: "anna", data: { order } };
}

/**
 * The least of each over a few rounds: in the first V8 still compiles, and on a busy machine the others measure its
 * neighbours. What is compared is measured in one round, so that both have the same neighbours.
 */
async function leastOf(round) {
  const rounds = [];
  for (let at = 0; at < ROUNDS; at++) rounds.push(await round(at));
  const least = (what) => Math.min(...rounds.map((measured) => measured[what]));
  return Object.fromEntries(Object.keys(rounds[0]).map((what) => [what, least(what)]));
}

function timed(work) {
  const since = performance.now();
  work();
  return (performance.now() - since) * 1000;
}

function atMost(name, value, promised) {
  console.log(`${name}: ${value.toFixed(2)} (promised at most ${promised})${value > promised ? " MISSED" : ""}`);
  return value <= promised;
}
