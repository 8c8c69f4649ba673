import { Core, type Importer } from "../core/core.js";
import { importOrders, type CustomerOrders } from "../import/import.js";
import { readArgs, readInstant, type Command } from "./command.js";
import { databaseHelp, openDatabase } from "./database.js";
import { exit, InputProblem, type Io } from "./io.js";
import { mapHelp, nameOfImport, readMap, readTextFile, type ColumnMap } from "./order-file.js";
import { openProgram } from "./opened-program.js";
import { progress } from "./progress.js";
import { RefusedRows } from "./refused-rows.js";

/** `comeback import`: a shop's past orders. */
export const command: Command = {
  name: "import",
  summary: "past orders from a CSV, whole and resumable",
  help: `
usage: comeback import <orders.csv[.gz]> --db FILE [--program P] [--map FIELD=COLUMN …] [--resume]

Reads order lines and puts them into the customers' histories. An order is whole or absent. Nothing
is decided from them before the import is finished, and consent is never granted by it. Rows that
can't be used are counted and listed with line and reason; the rest goes in, and then it exits 1.

${databaseHelp}; made when absent
  --program P          the shop's program, which says how orders count; default an empty one
  --products F         the shop's products, JSON or CSV
  --errors OUT.csv     where rows that can't be used are listed
  --now T              take this instant for now, to try out an old file; default the machine's clock
  --resume             go on with an import that was interrupted
  --json               the summary as JSON: {"rows", "customers", "refused", "seconds"}
${mapHelp}

  comeback import orders.csv.gz --db comeback.sqlite --map customer_id=Client --errors bad.csv
`,
  async run(args, io) {
    const text = { type: "string" } as const;
    const options = {
      ...{ db: text, program: text, products: text, errors: text, now: text },
      resume: { type: "boolean" },
      json: { type: "boolean" },
      map: { type: "string", multiple: true },
    } as const;
    const { values, positionals } = readArgs(args, options, { min: 1, max: 1 });
    const columns = readMap(values.map ?? []);
    const path = positionals[0]!;
    const store = await openDatabase(values.db, io.env, true);
    try {
      const id = await nameOfImport(path, columns);
      const before = await store.importProgress(id);
      if (before?.done) throw new InputProblem(`\`${path}\` is imported already, ${before.rows} rows`);
      if (before && !values.resume) throw new InputProblem("this import was interrupted; add `--resume` to go on");
      const now = values.now === undefined ? Date.now() : readInstant(values.now, "now");
      return await run({ ...values, path, columns, id, store, io, now });
    } finally {
      await store.close();
    }
  },
};

interface Run {
  path: string;
  columns: ColumnMap;
  id: string;
  store: Awaited<ReturnType<typeof openDatabase>>;
  io: Io;
  now: number;
  json?: boolean | undefined;
  program?: string | undefined;
  products?: string | undefined;
  errors?: string | undefined;
}

async function run({ path, columns, id, store, io, now, json, program, products, errors }: Run) {
  const since = Date.now();
  const core = await Core.load();
  const { env, parts } = await openProgram(core, { program, products });
  await store.keepEnvironment(parts, now);
  const reader = core.importer(`import ${id}`, columns);
  const refusedRows = new RefusedRows(errors);
  await readTextFile(path, (piece) => reader.push(piece), io);
  const report = reader.finish();
  for (const { line, reason } of report.examples) refusedRows.row(line, reason);
  const shown = progress("importing", "customers", io);
  const done = await importOrders({
    id,
    orders: customersOf(reader),
    counts: { customers: report.customers, rows: report.rows, refused: report.bad_rows },
    env,
    store,
    now,
    refused: (customer, reason) => refusedRows.customer(customer, reason),
    progress: shown.at,
  });
  shown.end();
  await refusedRows.write();
  const seconds = (Date.now() - since) / 1000;
  const refused = report.bad_rows + refusedRows.customers;
  const { customers } = report;
  io.out(
    `${json ? JSON.stringify({ rows: done.rows, customers, refused, seconds }) : summary(done.rows, customers, seconds)}\n`,
  );
  if (refused > 0)
    io.err(`${refused} rows could not be used${errors ? `, see ${errors}` : `: ${refusedRows.first}`}\n`);
  return refused > 0 ? exit.problems : exit.fine;
}

function* customersOf(reader: Importer): Generator<CustomerOrders> {
  for (let next = reader.take(); next; next = reader.take()) yield { customer: next.customer, input: next.batch };
  reader.free();
}

function summary(rows: number, customers: number, seconds: number): string {
  const rate = Math.round(rows / Math.max(seconds, 0.001));
  return `${rows} rows of ${customers} customers in ${seconds.toFixed(1)} s (${rate} rows/s)`;
}
