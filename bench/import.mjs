export const describe = "import of an orders file, beside bare SQLite inserts of the same rows";

export async function run([file]) {
  const { spawnSync } = await import("node:child_process");
  const { existsSync, statSync } = await import("node:fs");
  const { fileURLToPath } = await import("node:url");
  const { atLeast, inFolder, perSecond, rate, show } = await import("./host/ground.mjs");
  const root = fileURLToPath(new URL("../", import.meta.url));
  const shared = `${root}../shared/data/online_retail_2.orders.csv.gz`;

  await inFolder(async (folder) => {
    const path = file ?? (existsSync(shared) ? shared : madeUp(folder));
    if (!file && path !== shared) console.log("no real orders beside the project; using made-up ones");
    const rows = await readRows(path);
    const bareMs = await insertBare(`${folder}/bare.sqlite`, rows);
    const count = rows.length;
    rows.length = 0;

    const main = `${root}js-shim/dist/cli/main.js`;
    const since = performance.now();
    const args = [main, "import", path, "--db", `${folder}/host.sqlite`];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    const hostMs = performance.now() - since;
    if (status !== 0) throw new Error(stderr);
    show([
      ["comeback import, process and all", perSecond(rate(count, hostMs), "rows")],
      ["bare SQLite, one row a line", perSecond(rate(count, bareMs), "rows")],
      ["size of the file it makes", `${(statSync(`${folder}/host.sqlite`).size / 1e6).toFixed(1)} MB`],
      ["it says", stdout.trim()],
    ]);
    atLeast("import / bare", bareMs / hostMs, 0.3);
  });
}

/** The rows as arrays, read before the clock runs: the neighbour only inserts. */
async function readRows(path) {
  const { readFileSync } = await import("node:fs");
  const { gunzipSync } = await import("node:zlib");
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
}

/** Ten thousand rows a transaction, each synced, and no index. */
async function insertBare(path, rows) {
  const { openBare } = await import("./host/bare.mjs");
  const db = openBare(path);
  db.exec("CREATE TABLE lines (order_id TEXT, customer TEXT, product TEXT, at TEXT, quantity, price)");
  const insert = db.prepare(
    "INSERT INTO lines (order_id, customer, product, at, quantity, price) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const write = db.transaction((some) => {
    for (const [order, customer, product, at, quantity, price] of some) {
      insert.run(order, customer, product, at, Number(quantity), Number(price));
    }
  });
  const since = performance.now();
  for (let at = 0; at < rows.length; at += 10_000) write.immediate(rows.slice(at, at + 10_000));
  const ms = performance.now() - since;
  db.close();
  return ms;
}

/** Half a million lines of 5,000 customers over a year, the same each time. */
function madeUp(folder) {
  const { writeFileSync } = process.getBuiltinModule("node:fs");
  const lines = ["order_id,customer_id,product_id,ordered_at,quantity,unit_price"];
  const start = Date.parse("2025-01-01T08:00:00Z");
  for (let at = 0; at < 500_000; at++) {
    const order = Math.floor(at / 5);
    const when = new Date(start + order * 300_000).toISOString();
    lines.push(
      `${order},c${(order * 7919) % 5000},p${(at * 104_729) % 3000},${when},${1 + (at % 4)},${(at % 900) / 100}`,
    );
  }
  const path = `${folder}/orders.csv`;
  writeFileSync(path, lines.join("\n"));
  return path;
}
