import { Core } from "../core/core.js";
import type { Question } from "../core/types.js";
import { makeReport, REPORTS, toCsv } from "../measure/reports.js";
import type { Store } from "../stores/store.js";
import { readArgs, readCount, readInstant, type Command } from "./command.js";
import { databaseHelp, withDatabase } from "./database.js";
import { exit, UsageError } from "./io.js";
import { openProgram } from "./opened-program.js";
import { readProgramFile } from "./program-file.js";

const names = Object.entries(REPORTS).map(([name, title]) => `  ${name.padEnd(16)} ${title}`);

const DAY_MS = 86_400_000;

/** `comeback report`: figures of the host's database. */
export const command: Command = {
  name: "report",
  summary: "figures: lost carts, paid orders, funnels, lift, reasons of non-sends",
  help: `
usage: comeback report <name> --db FILE [--program P] [--from T] [--until T] [--csv]

Prints one object as JSON, or its rows as CSV. Shares and differences come with both ends of a 95 %
interval. The host may go on working on the database meanwhile.

${names.join("\n")}

${databaseHelp}
  --program P      the program, for holdouts, goals and arms of tests
  --from T         default 13 weeks before the end
  --until T        default now
  --window-days N  how long after a message an order counts, for steps and lift; default 7
  --csv            rows only, inner values under \`outer.inner\`

  comeback report lost-carts --db comeback.sqlite --from 2026-03-01 --csv > lost.csv
`,
  async run(args, io) {
    const text = { type: "string" } as const;
    const options = {
      db: text,
      program: text,
      from: text,
      until: text,
      "window-days": text,
      csv: { type: "boolean" },
    } as const;
    const { values, positionals } = readArgs(args, options, { min: 1, max: 1 });
    const [name = ""] = positionals;
    if (!Object.hasOwn(REPORTS, name))
      throw new UsageError(`no report \`${name}\`; there are ${Object.keys(REPORTS).join(", ")}`);
    const days = values["window-days"];
    const query = {
      ...(values.from === undefined ? {} : { from: readInstant(values.from, "from") }),
      ...(values.until === undefined ? {} : { until: readInstant(values.until, "until") }),
      ...(days === undefined ? {} : { windowMs: readCount(days, "window-days") * DAY_MS }),
    };
    const program = values.program === undefined ? undefined : (await readProgramFile(values.program)).tree;
    await withDatabase(values.db, io.env, async (store) => {
      const source = { store, ask: await asker(store), program, now: Date.now };
      const report = await makeReport(source, name, query);
      if (report) io.out(values.csv ? toCsv(report) : `${JSON.stringify(report, null, 2)}\n`);
    });
    return exit.fine;
  },
};

/** Profiles can be read with any program: what they tell was written into the state. */
async function asker(store: Store) {
  const core = await Core.load();
  const { env } = await openProgram(core, {});
  return async <T>(customer: string, question: Question): Promise<T> => {
    const [found] = await store.load([customer]);
    return env.ask<T>(found!.state, question, Date.now());
  };
}
