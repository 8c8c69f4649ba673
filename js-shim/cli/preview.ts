import { Core, type Env } from "../core/core.js";
import { audience, preview, type Audience, type Preview, type RunOver } from "../runtime/count.js";
import { requestRun } from "../runtime/publish.js";
import type { Store } from "../stores/store.js";
import { readArgs, required, type Command } from "./command.js";
import { databaseHelp, withDatabase } from "./database.js";
import { exit, InputProblem, UsageError, type Io } from "./io.js";
import { openInUse } from "./kept-environment.js";
import { openProgram, type ProgramFiles } from "./opened-program.js";

/** `comeback preview`: counts before a changed program, or a run over an audience, reaches anybody. */
export const command: Command = {
  name: "preview",
  summary: "what a changed program would do to runs under way, and whom a run would reach",
  help: `
usage: comeback preview --program P --db FILE [--journey J --key K [--per-day N] [--begin]] [--json]

Counts, over all customers, what happens when the service starts with this program: runs that stay at
their step, restart or leave, and customers who were due before a journey was switched on, with what
its \`backlog\` makes of them. Nothing changes.

With --journey it counts whom a run over an audience would reach: everyone the journey's \`when\` holds
for and whose entry rule lets it. --begin asks the service to begin it.

  --program P      the program, YAML or JSON
  --products P     the shop's products; default those the service uses
  --model M        default the one the service uses
  --journey J      a journey of the program
  --key K          names the run; the same key reaches nobody twice
  --per-day N      so many customers begin each day; all at once when absent
  --begin          asks the running service to begin it
  --json           the counts as JSON
${databaseHelp}

  comeback preview --program draft.yaml --db comeback.sqlite
  comeback preview --program live.yaml --db comeback.sqlite --journey spring --key spring-2026 --begin
`,
  async run(args, io) {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    const files = { program: { ...text, short: "p" }, products: text, model: text } as const;
    const run = { journey: text, key: text, "per-day": text, begin: flag } as const;
    const { values } = readArgs(args, { ...files, ...run, db: text, json: flag }, { min: 0, max: 0 });
    required(values.program, "program");
    const wanted = readRun(values);
    await withDatabase(values.db, io.env, async (store) => {
      const env = await openBeside(store, values);
      const now = Date.now();
      if (!wanted) return tellPreview(await preview(store, env, now), values.json, io);
      const counted = await audience(store, env, wanted, now);
      tellAudience(counted, values.json, io);
      if (!values.begin) return;
      if (counted.reached === 0) throw new InputProblem("nobody would begin, so nothing is asked of the service");
      await begin(store, wanted, io);
    });
    return exit.fine;
  },
};

function readRun(values: { journey?: string; key?: string; "per-day"?: string; begin?: boolean }): RunOver | null {
  const { journey, key, begin } = values;
  if (journey === undefined) {
    if (begin) throw new UsageError("--begin needs --journey and --key");
    return null;
  }
  const perDay = values["per-day"] === undefined ? undefined : Number(values["per-day"]);
  if (perDay !== undefined && !(Number.isInteger(perDay) && perDay > 0)) {
    throw new UsageError(`--per-day is a whole number above 0, not \`${values["per-day"]}\``);
  }
  return { journey, key: required(key, "key"), ...(perDay ? { perDay } : {}) };
}

/** The program under what the service uses besides, unless files are named. */
async function openBeside(store: Store, files: ProgramFiles): Promise<Env> {
  const core = await Core.load();
  const { env, parts } = await openProgram(core, files);
  const instead = {
    program: parts.program.bytes,
    catalogue: files.products ? parts.catalogue.bytes : undefined,
    model: files.model ? parts.model?.bytes : undefined,
  };
  const beside = await openInUse(store, core, instead);
  if (!beside && !files.products)
    throw new InputProblem("the service has not run on this database yet; name --products");
  if (beside) env.close();
  return beside ?? env;
}

function tellPreview(counted: Preview, json: boolean | undefined, io: Io): void {
  if (json) return io.out(`${JSON.stringify(counted)}\n`);
  const { customers, runs, backlog } = counted;
  io.out(`${customers} customers\n`);
  if (runs.length > 0) io.out("\nruns under way          stay  restart  leave\n");
  for (const { journey, stays, restarts, leaves } of runs) {
    io.out(`${journey.padEnd(20)} ${cell(stays, 7)} ${cell(restarts, 8)} ${cell(leaves, 6)}\n`);
  }
  if (backlog.length > 0) io.out("\ndue before it was switched on\n");
  for (const { journey, customers: due, days } of backlog) {
    io.out(`${journey.padEnd(20)} ${cell(due, 7)} ${backlogText(days)}\n`);
  }
}

const cell = (count: number, width: number): string => String(count).padStart(width);

function backlogText(days: number | null): string {
  if (days === null) return "left alone (`backlog: skip`)";
  return days === 0 ? "begin at once" : `begin over ${days} ${days === 1 ? "day" : "days"}`;
}

function tellAudience(counted: Audience, json: boolean | undefined, io: Io): void {
  if (json) return io.out(`${JSON.stringify(counted)}\n`);
  io.out(`${counted.reached} of ${counted.customers} customers would begin\n`);
  for (const [why, count] of Object.entries(counted.refused)) io.out(`${cell(count, 7)} not: ${why}\n`);
}

async function begin(store: Store, run: RunOver, io: Io): Promise<void> {
  if (!(await requestRun(store, run))) {
    throw new InputProblem("another run still waits for the service to begin it; is the service running?");
  }
  io.out("the service will begin it within seconds, if it runs with this program\n");
}
