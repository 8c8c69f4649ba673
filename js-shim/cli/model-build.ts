import { writeFile } from "node:fs/promises";
import { Core, type ReadReport } from "../core/core.js";
import { readArgs, readInstant, required, type Command } from "./command.js";
import { exit, type ExitCode, type Io } from "./io.js";
import { mapHelp, readMap, readOrderFile } from "./order-file.js";

/** `comeback model build`: learns from all orders. */
export const command: Command = {
  name: "model build",
  summary: "learn rhythms, companions and weights from orders",
  help: `
usage: comeback model build <orders.csv[.gz]> -o model.bin [--until T] [--map FIELD=COLUMN …]

Reads order lines, learns from them and writes the model. It prints how well a model learned without
the last weeks would have predicted them. Rows that can't be used are counted, and then it exits 1.

  -o, --output FILE    where the model goes
  --until T            learn from rows strictly before this instant; default all
  --json               the accuracy report as JSON
${mapHelp}

  comeback model build orders.csv.gz -o model.bin --until 2026-03-01
`,
  async run(args, io) {
    const text = { type: "string" } as const;
    const options = {
      output: { type: "string", short: "o" },
      until: text,
      json: { type: "boolean" },
      map: { type: "string", multiple: true },
    } as const;
    const { values, positionals } = readArgs(args, options, { min: 1, max: 1 });
    const output = required(values.output, "output");
    const until = values.until === undefined ? {} : { until: readInstant(values.until, "until") };
    const core = await Core.load();
    const builder = core.modelBuilder({ ...until, columns: readMap(values.map ?? []) });
    await readOrderFile(positionals[0]!, (piece) => builder.push(piece), io);
    if (io.isTerminal) io.err(`learning from ${builder.gathered.toLocaleString("en")} purchases\n`);
    const { model, read } = builder.finish();
    builder.free();
    await writeFile(output, model);
    const report = core.modelReport(model);
    io.out(values.json ? `${JSON.stringify({ read, report })}\n` : `${told(output, model, read, report)}\n`);
    return tellRows(read, io);
  },
};

function told(output: string, model: Uint8Array, read: ReadReport, report: unknown): string {
  const size = (model.length / 1e6).toFixed(1);
  const head = `${output}: ${size} MB from ${read.rows} rows`;
  return report === null ? head : `${head}\n${lines(report as Record<string, unknown>, "  ")}`;
}

/** A report as indented lines; its fields are the core's business. */
function lines(value: Record<string, unknown>, indent: string): string {
  return Object.entries(value)
    .map(([name, field]) => `${indent}${name.replaceAll("_", " ")}: ${shown(field, indent)}`)
    .join("\n");
}

function shown(field: unknown, indent: string): string {
  if (Array.isArray(field)) return field.map((item) => `\n${indent}  ${JSON.stringify(item)}`).join("");
  if (typeof field === "object" && field !== null) return `\n${lines(field as Record<string, unknown>, `${indent}  `)}`;
  return typeof field === "number" && !Number.isInteger(field) ? field.toFixed(4) : String(field);
}

/** Says which rows could not be used, and whether that makes the command fail. */
export function tellRows({ bad_rows, examples }: ReadReport, io: Io): ExitCode {
  if (bad_rows === 0) return exit.fine;
  io.err(`${bad_rows} rows could not be used; the first of them:\n`);
  for (const { line, reason } of examples.slice(0, 10)) io.err(`  line ${line}: ${reason}\n`);
  return exit.problems;
}
