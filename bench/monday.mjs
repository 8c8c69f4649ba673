export const describe = "the main job on real orders: import, a Monday, and what was bought in the week after";

/** Mondays of which the week after is in the files; nothing the model or the carts see lies after them. */
const FILES = [
  { name: "complete_journey", what: "a grocer, one year", monday: "2017-11-27" },
  { name: "online_retail_2", what: "a gift wholesaler, two years", monday: "2011-07-25" },
];
/** Carts take what is likelier than this; higher thresholds are parts of the same carts. */
const THRESHOLDS = [0.2, 0.3, 0.4, 0.5];
const WEEK_MS = 7 * 86_400_000;

export async function run() {
  const { existsSync } = await import("node:fs");
  for (const file of FILES) {
    const path = new URL(`../../shared/data/${file.name}.orders.csv.gz`, import.meta.url);
    if (existsSync(path)) await oneShop(file, path);
    else console.log(`${file.name}: not there (looked in ${path.pathname}); see docs/prediction.md for what it is`);
  }
}

async function oneShop({ name, what, monday }, path) {
  const { Core } = await import("comeback/core");
  const core = await Core.load();
  const nine = Date.parse(`${monday}T09:00:00Z`);
  const before = Date.parse(`${monday}T00:00:00Z`);
  const { history, weekAfter } = split(await gunzipped(path), before);
  const model = built(core, history);
  const env = core.open({
    program: core.compile(await program()),
    model,
    catalogue: core.catalogue(await products(name)),
  });

  const importer = core.importer(name);
  for (const piece of pieces(history)) importer.push(piece);
  const { rows, customers } = importer.finish();
  const carts = [];
  for (let next = importer.take(); next; next = importer.take()) {
    const lines = cartOf(env, next.customer, next.batch, before, nine);
    if (lines.length) carts.push({ customer: next.customer, lines });
  }
  importer.free();
  env.close();

  console.log(
    `\n${name} (${what}): ${rows} rows of ${customers} customers before Monday ${monday}, ${carts.length} carts`,
  );
  console.log("  at least this sure   carts   lines   bought within the week   the model said");
  for (const threshold of THRESHOLDS) console.log(row(threshold, carts, weekAfter));
  for (const cart of carts.filter(({ lines }) => lines.length > 2).slice(0, 2)) console.log(example(cart, weekAfter));
}

function row(threshold, carts, weekAfter) {
  const lines = carts.flatMap(({ customer, lines }) => lines.map((line) => ({ ...line, customer })));
  const sure = lines.filter(({ chance }) => chance >= threshold);
  const hits = sure.filter(({ customer, product }) => weekAfter.has(`${customer} ${product}`)).length;
  const said = sure.reduce((sum, { chance }) => sum + chance, 0);
  const share = (count) => (sure.length ? `${((100 * count) / sure.length).toFixed(0)} %` : "–");
  const people = new Set(sure.map(({ customer }) => customer)).size;
  const cells = [threshold.toFixed(2).padStart(12), String(people).padStart(13), String(sure.length).padStart(8)];
  return `${cells.join("")}${share(hits).padStart(25)}${share(said).padStart(17)}`;
}

function example({ customer, lines }, weekAfter) {
  const bought = (product) => (weekAfter.has(`${customer} ${product}`) ? "bought" : "not bought");
  const line = ({ name, quantity, chance, reason, product }) =>
    `    ${quantity} × ${name.slice(0, 36).padEnd(36)} ${(chance * 100).toFixed(0).padStart(3)} %  ${bought(product).padEnd(10)}  ${reason.text}`;
  return [`  customer ${customer}'s cart:`, ...lines.map(line)].join("\n");
}

/** One customer's Monday through the core, as the host takes it; the quote is the catalogue's. */
function cartOf(env, customer, batch, before, nine) {
  let state = { hot: new Uint8Array(), purchases: new Uint8Array() };
  let wakeAt = null;
  let number = 0;
  const effects = [];
  const step = (input, now) => {
    const stepped = env.step(state, input, now);
    state = { hot: stepped.hot?.slice() ?? state.hot, purchases: stepped.purchases?.slice() ?? state.purchases };
    wakeAt = stepped.wakeAt;
    effects.push(...stepped.effects);
  };
  const event = (type, now, data) => {
    number += 1;
    return { id: `m${number}`, source: "bench", type, at: new Date(now).toISOString(), customer, data };
  };
  step(batch, before - 1000);
  // An import never grants consent; here everybody is taken to have agreed, to see what would be sent.
  const agreed = [
    event("customer.registered", before - 900, { email: `${customer}@example.org`, zone: "UTC" }),
    event("consent.changed", before - 900, { channel: "email", state: "granted" }),
  ];
  step({ facts: agreed }, before - 800);
  while (wakeAt !== null && wakeAt <= nine) {
    step({ wake: true }, wakeAt);
    const quote = effects.find(({ kind }) => kind === "cart.quote");
    if (quote && !quote.answered) {
      quote.answered = true;
      const quotes = quote.lines.map(({ product }) => ({ product, in_stock: true, price: 100, currency: "GBP" }));
      const data = { effect: quote.id, kind: quote.kind, result: { quotes } };
      step({ by: "host", event: event("effect.completed", nine - 1000, data) }, nine - 1000);
    }
  }
  return effects.find(({ kind }) => kind === "message.send")?.context.cart.lines ?? [];
}

function built(core, history) {
  const builder = core.modelBuilder();
  for (const piece of pieces(history)) builder.push(piece);
  const { model } = builder.finish();
  builder.free();
  return model;
}

/** The shipped program, for products one by one and asking for little certainty, so that every threshold can be shown. */
async function program() {
  const { readFileSync } = await import("node:fs");
  const { parse } = await import("yaml");
  const tree = parse(readFileSync(new URL("../demo-shop/programs/service-care.yaml", import.meta.url), "utf8"));
  tree.shop = { ...tree.shop, zone: "UTC" };
  tree.replenish = { ...tree.replenish, units: "product", threshold: THRESHOLDS[0], rules: [], lines_max: 10 };
  return tree;
}

async function products(name) {
  const { readProducts } = await import("../js-shim/dist/cli/products-file.js");
  const { fileURLToPath } = await import("node:url");
  return readProducts(fileURLToPath(new URL(`../../shared/data/${name}.products.csv.gz`, import.meta.url)));
}

async function gunzipped(path) {
  const { readFileSync } = await import("node:fs");
  const { gunzipSync } = await import("node:zlib");
  return gunzipSync(readFileSync(path));
}

/** The bytes before an instant (the file is sorted by time), and who bought what in the week after. */
function split(bytes, before) {
  const text = bytes.toString("latin1");
  const header = text.slice(0, text.indexOf("\n")).trim().split(",");
  const [customer, product, at] = ["customer_id", "product_id", "ordered_at"].map((column) => header.indexOf(column));
  const from = new Date(before).toISOString().slice(0, 19);
  const to = new Date(before + WEEK_MS).toISOString().slice(0, 19);
  const weekAfter = new Set();
  let end = bytes.length;
  for (let start = text.indexOf("\n") + 1; start < text.length; start = text.indexOf("\n", start) + 1 || text.length) {
    const cells = text.slice(start, text.indexOf("\n", start)).split(",");
    if (cells[at] < from) continue;
    if (end === bytes.length) end = start;
    if (cells[at] >= to) break;
    weekAfter.add(`${cells[customer]} ${cells[product]}`);
  }
  return { history: bytes.subarray(0, end), weekAfter };
}

function* pieces(bytes, size = 1 << 20) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
