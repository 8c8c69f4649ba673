import { readFile, rename, writeFile } from "node:fs/promises";
import { Core, type BuildReport, type ModelBuilder, type ReadReport } from "../core/core.js";
import { readArgs, readInstant, required, type Command } from "./command.js";
import { exit, InputProblem, UsageError, type ExitCode, type Io } from "./io.js";
import { HistoryFile, historyHelp } from "./model-history.js";
import { mapHelp, readMap, readTextFile, type ColumnMap } from "./order-file.js";
import { progress } from "./progress.js";

/** `comeback model build`: learns from all orders. */
export const command: Command = {
  name: "model build",
  summary: "learn rhythms, companions and weights from orders",
  help: `
usage: comeback model build --orders orders.csv[.gz] --out model.bin [--history FILE] [--products products.csv[.gz]] [--until T] [--map FIELD=COLUMN …]

Reads order lines, learns from them and writes the model. It prints how well a model learned without
the last weeks would have predicted them, beside simple rules. Rows that can't be used are told with
line and reason, and the rest is learned from.

  --orders F           order lines, CSV; may be given again for further files
  --products F         what the products are: product_id, category, type, variant_group
  -o, --out FILE       where the model goes
${historyHelp}
  --until T            learn from rows strictly before this instant; default all
  --json               the accuracy report as JSON
${mapHelp}

  comeback model build --orders orders.csv.gz --products products.csv --out model.bin --until 2026-03-01
`,
  run: (args, io) => learn(args, io),
};

/** What `model build` and `model refresh` share; with `--model`, what it learned of weights is kept. */
export async function learn(args: string[], io: Io, refreshing = false): Promise<ExitCode> {
  const text = { type: "string" } as const;
  const many = { type: "string", multiple: true } as const;
  const options = {
    ...{ orders: many, products: many, map: many, model: text, until: text, history: text },
    out: { type: "string", short: "o" },
    json: { type: "boolean" },
  } as const;
  const { values, positionals } = readArgs(args, options, { min: 0, max: 99 });
  const orders = [...(values.orders ?? []), ...positionals];
  const history = values.history === undefined ? null : new HistoryFile(values.history);
  if (orders.length === 0 && !history?.exists) throw new UsageError("option `--orders` is missing");
  const output = required(values.out, "out");
  // What is kept must not hold an order from the future: every day until then would look known.
  const now = history ? { until: Date.now() } : {};
  const until = values.until === undefined ? now : { until: readInstant(values.until, "until") };
  if (!refreshing && values.model !== undefined) throw new UsageError("`--model` is for `comeback model refresh`");
  const older = refreshing ? { older: await readFile(required(values.model, "model")) } : {};
  const core = await Core.load();
  const builder = core.modelBuilder({ ...until, columns: readMap(values.map ?? []) });
  if (history?.exists) await history.read(builder, io);
  for (const path of orders) await readOrders(path, builder, io);
  for (const path of values.products ?? []) await readTextFile(path, (piece) => builder.pushProducts(piece), io);
  if (builder.gathered === 0) throw new InputProblem("no purchases to learn from");
  try {
    await history?.write(builder);
    const { model, read } = learned(builder, older, io);
    if (older.older) refuseFewer(core, older.older, model);
    // Whole or absent: a shop that runs must not find half a model. The history follows, as with an older one nothing is lost.
    await writeFile(`${output}.new`, model);
    await rename(`${output}.new`, output);
    await history?.keep();
    tellRows(read.products, io, (values.products ?? []).join(", "));
    tellUnused(read, io);
    if (values.json) io.out(`${JSON.stringify({ read, report: core.modelReport(model) })}\n`);
    else io.out(`${output}: ${megabytes(model)} from ${count(read.orders.rows)}\n${core.modelReportText(model) ?? ""}`);
  } finally {
    await history?.discard();
  }
  return exit.fine;
}

function learned(builder: ModelBuilder, older: { older?: Uint8Array }, io: Io): ReturnType<ModelBuilder["finish"]> {
  io.err(`learning from ${builder.gathered.toLocaleString("en")} purchases\n`);
  const shown = progress("learning", "steps", io);
  const made = builder.finish({ ...older, progress: shown.at });
  shown.end();
  builder.free();
  return made;
}

async function readOrders(path: string, builder: ModelBuilder, io: Io): Promise<void> {
  await readTextFile(path, (piece) => builder.push(piece), io);
  tellRows(builder.endOrders(), io, path);
}

/** A renewed model that has lost half of its orders was given the new ones alone, without the history they go with. */
function refuseFewer(core: Core, older: Uint8Array, newer: Uint8Array): void {
  const orders = (model: Uint8Array): number => (core.modelReport(model) as { orders?: number } | null)?.orders ?? 0;
  const [before, now] = [orders(older), orders(newer)];
  if (now * 2 >= before) return;
  const counts = `${now.toLocaleString("en")} orders, where the model was made from ${before.toLocaleString("en")}`;
  throw new InputProblem(`these are ${counts}; give all of them, or only the new ones with their \`--history\``);
}

function tellUnused({ later, returned, left_out, known }: BuildReport, io: Io): void {
  const tell = (rows: number, why: string): void => (rows > 0 ? io.err(`${count(rows)} ${why}\n`) : undefined);
  tell(known, "of days that the history holds already, not taken twice");
  tell(later, "not before `--until` (with a history: now), not looked at");
  tell(returned, "of returned goods, not used");
  tell(left_out, "of customers outside the sample that fits into memory, not used");
}

function megabytes(model: Uint8Array): string {
  return `${(model.length / 1e6).toFixed(1)} MB`;
}

function count(rows: number): string {
  return `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`;
}

/** Says which rows of a file could not be used, the first ten with line and reason. */
export function tellRows({ bad_rows, examples }: ReadReport, io: Io, path: string): void {
  if (bad_rows === 0) return;
  io.err(`${path}: ${count(bad_rows)} could not be used${bad_rows > 10 ? "; the first of them" : ""}:\n`);
  for (const { line, reason } of examples.slice(0, 10)) io.err(`  line ${line}: ${reason}\n`);
}
