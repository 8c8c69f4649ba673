import type { JournalRecord } from "../stores/store.js";
import { readArgs, readInstant, type Command } from "./command.js";
import { databaseHelp, withDatabase } from "./database.js";
import { exit } from "./io.js";

/** `comeback journal`: what was heard, ready for `replay` and `explain`. */
export const command: Command = {
  name: "journal",
  summary: "what was heard, as JSON lines for replay and explain",
  help: `
usage: comeback journal --db FILE [--customer C] [--from T] [--until T] [--all]

Prints the events of the journal as {"by": …, "event": {…}} lines, oldest first. Receipts of the
host's own effects are left out, since a replay makes its own; --all prints them and wakes too.

${databaseHelp}
`,
  async run(args, io) {
    const text = { type: "string" } as const;
    const options = { db: text, customer: text, from: text, until: text, all: { type: "boolean" } } as const;
    const { values } = readArgs(args, options, { min: 0, max: 0 });
    const query = {
      from: values.from === undefined ? 0 : readInstant(values.from, "from"),
      until: values.until === undefined ? Number.MAX_SAFE_INTEGER : readInstant(values.until, "until"),
      ...(values.customer === undefined ? {} : { customer: values.customer }),
    };
    await withDatabase(values.db, io.env, async (store) => {
      for await (const record of store.journal(query)) if (values.all || isNews(record)) io.out(`${line(record)}\n`);
    });
    return exit.fine;
  },
};

const utf8 = new TextDecoder();

function isNews({ event }: JournalRecord): boolean {
  return event !== null && event.source !== "comeback";
}

/** Inputs are JSON, but for the batches of an import, which are told by their size. */
function line({ input, now, customer }: JournalRecord): string {
  const isJson = input[0] === 0x7b;
  if (isJson) return utf8.decode(input);
  return JSON.stringify({ now: new Date(now).toISOString(), customer, facts_bytes: input.length });
}
