import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { seeded } from "./seeded.js";

const long = process.env["COMEBACK_LONG"] === "1";
const kills = Number(process.env["COMEBACK_KILLS"] ?? (long ? 200 : 13));
const seed = Number(process.env["COMEBACK_SEED"] ?? (long ? Date.now() % 1_000_000 : 1));

const cli = fileURLToPath(new URL("../../../../js-shim/dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "comeback-kill-import-"));
after(() => rmSync(folder, { recursive: true }));
const customers = 4000;

describe(`an import killed ${kills} times (COMEBACK_SEED=${seed})`, () => {
  it("has every order whole, once, and wakes everyone at the end", { timeout: 4_200_000 }, async (test) => {
    const orders = writeOrders();
    const since = performance.now();
    assert.equal(await runImport(orders, join(folder, "reference.sqlite")), "finished");
    const wholeMs = performance.now() - since;
    const expected = contents(join(folder, "reference.sqlite"));
    assert.equal(expected.length, customers);

    const random = seeded(seed);
    let [killed, finished] = [0, 0];
    let span = wholeMs;
    while (killed < kills || finished === 0) {
      const db = join(folder, `${finished}.sqlite`);
      const ended = await runImport(orders, db, killed < kills ? (0.2 + 0.8 * random()) * span : null);
      if (ended === "killed") {
        killed += 1;
        span *= 1.02;
      } else {
        // Too late: aim earlier, so that most runs end by a kill and some by themselves.
        span *= 0.9;
        assert.deepEqual(contents(db), expected);
        finished += 1;
      }
    }
    test.diagnostic(`${killed} kills, ${finished} imports finished, ${Math.round(wholeMs)} ms without a kill`);
  });
});

function writeOrders(): string {
  const lines = ["order_id,customer_id,product_id,ordered_at,quantity,unit_price"];
  for (let order = 0; order < customers * 3; order++) {
    const at = new Date(Date.parse("2025-01-01T00:00:00Z") + order * 1_800_000).toISOString();
    // Rows of an order are not together in the file: they must be in the store.
    for (const row of [0, 1]) lines.push(`${order},c${(order * 7) % customers},p${row},${at},${row + 1},2.50`);
  }
  const path = join(folder, "orders.csv");
  writeFileSync(path, [lines[0], ...lines.slice(1).sort(byRow)].join("\n"));
  return path;
}

function byRow(a: string, b: string): number {
  return a.split(",")[2]!.localeCompare(b.split(",")[2]!);
}

function runImport(orders: string, db: string, killAfterMs: number | null = null): Promise<"killed" | "finished"> {
  const child = spawn(process.execPath, [cli, "import", orders, "--db", db, "--resume"], { stdio: "pipe" });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout.resume();
  const timer = killAfterMs === null ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  return new Promise((resolve, reject) => {
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (signal === "SIGKILL") resolve("killed");
      else if (code === 0 || errors.includes("imported already")) resolve("finished");
      else reject(new Error(errors));
    });
  });
}

/** Everything that two imports of the same file have in common, whenever they ran. */
function contents(path: string): unknown[] {
  const db = new Database(path, { readonly: true });
  const rows = db
    .prepare(
      `SELECT c.customer, p.bytes, c.wake_at IS NOT NULL AS wakes, count(w.id) AS due,
              (SELECT count(*) FROM journal j WHERE j.id = c.id) AS entries
       FROM customers c LEFT JOIN purchases p ON p.id = c.id LEFT JOIN wakes w ON w.id = c.id
       GROUP BY c.id ORDER BY c.customer`,
    )
    .all() as { bytes: Buffer | null; entries: number }[];
  db.close();
  assert.deepEqual([...new Set(rows.map(({ entries }) => entries))], [1]);
  return rows.map((row) => ({ ...row, bytes: row.bytes?.toString("hex") }));
}
