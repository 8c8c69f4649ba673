import { Core, type Env, type ReplayResult } from "../core/core.js";
import type { Store } from "../stores/store.js";
import { asRecorded, unlikeLine } from "./as-recorded.js";
import { openKept } from "./kept-environment.js";
import { forgottenBefore } from "../runtime/retention.js";
import { readArgs, type Command } from "./command.js";
import { databaseHelp, withDatabase } from "./database.js";
import { decidedBy, tellDifferences } from "./differences.js";
import { batchesLeftOut, eachLine } from "./journal.js";
import { exit, InputProblem, UsageError, type ExitCode, type Io } from "./io.js";
import { readTree } from "./opened-program.js";
import { readOptions, readReplay, replayHelp, replayOptions, type ReplayInputs } from "./replay-inputs.js";

const options = {
  ...replayOptions,
  db: { type: "string" },
  customer: { type: "string" },
  "as-recorded": { type: "boolean" },
  "what-if": { type: "string" },
  json: { type: "boolean" },
} as const;

type Values = ReturnType<typeof readArgs<typeof options>>["values"];

/** `comeback replay`: what a program would have done to these events, did do, or would do if changed. */
export const command: Command = {
  name: "replay",
  summary: "the effects of a program over events; as recorded, or if it were changed",
  help: `
usage: comeback replay --program P --events E.jsonl [--model M] [--products P] [--until T]
       comeback replay --as-recorded --db FILE [--customer C] [--json]
       comeback replay --what-if P2 (--db FILE | --program P --events E.jsonl) [--until T] [--json]

Feeds events in the order of the file to the program and prints every effect as one line of JSON,
with \`at\`, the instant it was decided. Time is virtual: wakes fire at their time between events.
Events that were refused are listed on the error output. It exits 1 when some can't be read; one that
was not believed, such as an order reported by a page, is only listed.

${replayHelp}

As recorded: steps every entry of the host's journal again, each with the program, model and catalogue
of its time, and compares what is decided with the ledger, byte for byte. It exits 1 when anything
differs and lists it: \`missing\` was decided then and not now, \`extra\` now and not then.

What if: the same events under the program of today and under a changed one; lists what only one of
them decides, or both at another time or with other words: \`+\` more, \`-\` less, \`~\` moved, \`*\` other. Effects are matched by
identity, which is the same as long as journey, key and step keep their names. Receipts of effects that
a program never decided are of no account to it; what it sends instead is answered by \`--responses\`.

  --as-recorded    compare with what was decided
  --what-if P2     compare with a changed program
${databaseHelp}
  --customer C     only this one
  --json           differences as JSON lines

  comeback replay --program service-care.yaml --events journal.jsonl --until 2026-04-01
  comeback replay --what-if draft.yaml --db comeback.sqlite
`,
  async run(args, io) {
    const { values } = readArgs(args, options, { min: 0, max: 0 });
    if (values["as-recorded"] && values["what-if"] !== undefined)
      throw new UsageError("`--as-recorded` and `--what-if` are two questions; ask one at a time");
    if (values["as-recorded"]) return recorded(values, io);
    if (values["what-if"] !== undefined) return whatIf(values, values["what-if"], io);
    return plain(values, io);
  },
};

async function plain(values: Values, io: Io): Promise<ExitCode> {
  const { env, lines, options } = await readReplay(values);
  const { effects, refused } = env.replay(lines, options);
  for (const effect of effects) io.out(`${JSON.stringify(effect)}\n`);
  return tellRefused(values.events!, refused, io);
}

async function recorded({ db, customer, json }: Values, io: Io): Promise<ExitCode> {
  let unlike = 0;
  const done = await withDatabase(db, io.env, (store) =>
    asRecorded(store, customer, (one) => {
      unlike += 1;
      io.out(json ? `${JSON.stringify(one)}\n` : unlikeLine(one, io));
    }),
  );
  if (!json)
    io.out(`${done.entries} entries of ${done.customers} customers stepped again: ${unlike || "no"} differences\n`);
  if (done.forgotten > 0)
    io.err(`${done.forgotten} customers are left out: part of what happened to them is forgotten by now\n`);
  return unlike > 0 ? exit.problems : exit.fine;
}

async function whatIf(values: Values, changed: string, io: Io): Promise<ExitCode> {
  if (values.events !== undefined || values.program !== undefined) {
    const today = await readReplay(values);
    const then = await readReplay({ ...values, program: changed });
    tellDifferences(decidedBy(today.env, today), decidedBy(then.env, then), values.json === true, io);
    return exit.fine;
  }
  return withDatabase(values.db, io.env, async (store) => {
    const [inputs, hash] = await fromJournal(store, values, io);
    const core = await Core.load();
    const today = await openKept(store, core, hash);
    if (!today) throw new InputProblem("the environment of the journal's last entry is not kept");
    const then = await openKept(store, core, hash, { program: core.compile(await readTree(changed)) });
    tellDifferences(decidedBy(today, inputs), decidedBy(then!, inputs), values.json === true, io);
    return exit.fine;
  });
}

/** The journal as lines, and the hash of the environment that decides now. */
async function fromJournal(
  store: Store,
  values: Values,
  io: Io,
): Promise<[Pick<ReplayInputs, "lines" | "options">, string]> {
  const query = { from: 0, until: Number.MAX_SAFE_INTEGER };
  let hash: string | null = null;
  for await (const { environment } of store.journal(query)) hash = environment;
  if (hash === null) throw new InputProblem("the journal is empty");
  const lines: string[] = [];
  const { customer } = values;
  const leftOut = await eachLine(store, { ...query, ...(customer === undefined ? {} : { customer }) }, (text) =>
    lines.push(text),
  );
  if (leftOut > 0) io.err(`${batchesLeftOut(leftOut)}\n`);
  const horizon = await store.meta(forgottenBefore);
  if (horizon !== null)
    io.err(`some of what happened before ${new Date(Number(horizon)).toISOString()} is forgotten and not replayed\n`);
  return [{ lines: lines.join(""), options: readOptions(values) }, hash];
}

export function tellRefused(path: string, refused: ReplayResult["refused"], io: Io): ExitCode {
  for (const { line, refused: refusal } of refused) {
    const place = refusal.path ? `at \`${refusal.path}\`: ` : "";
    io.err(`${path}:${line} refused: ${place}${refusal.message}\n`);
  }
  const unreadable = refused.filter(({ refused: { code } }) => code !== notBelieved);
  return unreadable.length > 0 ? exit.problems : exit.fine;
}

/** Not believing who said it is what the host would do, and no fault of the file. */
const notBelieved = "not_allowed";
