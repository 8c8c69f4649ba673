import type { EventEnvelope } from "../core/types.js";
import { hostSource } from "../runtime/receipts.js";
import type { JournalQuery, JournalRecord, Store } from "../stores/store.js";
import { readArgs, readInstant, type Command } from "./command.js";
import { databaseHelp, withDatabase } from "./database.js";
import { exit } from "./io.js";

/** `comeback journal`: what was heard, ready for `replay` and `explain`. */
export const command: Command = {
  name: "journal",
  summary: "what was heard, as JSON lines for replay and explain",
  help: `
usage: comeback journal --db FILE [--customer C] [--from T] [--until T] [--all]

Prints what was heard, oldest first, as lines that \`replay\` and \`explain\` read: event envelopes with
\`by\` and \`received_at\`, and histories as \`facts\`. Receipts of the host's own effects are left out,
since a replay makes its own; --all prints them and wakes too. Orders of an imported file are not
JSON: they are counted on the error output.

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
      const leftOut = await eachLine(store, { ...query, all: values.all === true }, (text) => io.out(text));
      if (leftOut > 0) io.err(`${batchesLeftOut(leftOut)}\n`);
    });
    return exit.fine;
  },
};

/** Calls back with each line, and answers how many batches of a file there were, which are no lines. */
export async function eachLine(
  store: Store,
  query: JournalQuery & { all?: boolean },
  tell: (text: string) => void,
): Promise<number> {
  let batches = 0;
  for await (const record of store.journal(query)) {
    const told = line(record);
    if (told === null) batches += 1;
    else if (query.all || isNews(told)) tell(`${JSON.stringify(told)}\n`);
  }
  return batches;
}

export function batchesLeftOut(count: number): string {
  return `${count} batches of imported orders are left out; import the file to have them`;
}

const utf8 = new TextDecoder();

interface Told {
  event?: EventEnvelope;
  by?: string;
  facts?: unknown;
  wake?: boolean;
  publish?: unknown;
}

/** A record as a line of a replay; `null` for a batch of a file, which is not JSON. */
function line({ customer, input, now }: JournalRecord): object | null {
  if (input[0] !== 0x7b) return null;
  const { event, by, facts, publish } = JSON.parse(utf8.decode(input)) as Told;
  const at = new Date(now).toISOString();
  if (event) return { ...event, by, received_at: at };
  if (publish) return { at, customer, publish };
  return facts === undefined ? { at, wake: true } : { at, facts };
}

function isNews(told: object): boolean {
  return "facts" in told || "publish" in told || ("source" in told && told.source !== hostSource);
}
