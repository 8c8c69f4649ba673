import type { ReplayResult } from "../core/core.js";
import { readArgs, type Command } from "./command.js";
import { exit, type ExitCode, type Io } from "./io.js";
import { readReplay, replayHelp, replayOptions } from "./replay-inputs.js";

/** `comeback replay`: what a program would have done to these events. */
export const command: Command = {
  name: "replay",
  summary: "the effects of a program over a file of events, as JSON lines",
  help: `
usage: comeback replay --program P --events E.jsonl [--model M] [--products P] [--until T]

Feeds events in the order of the file to the program and prints every effect as one line of JSON,
with \`at\`, the instant it was decided. Time is virtual: wakes fire at their time between events.
Events that were refused are listed on the error output. It exits 1 when some can't be read; one that
was not believed, such as an order reported by a page, is only listed.

${replayHelp}

  comeback replay --program service-care.yaml --events journal.jsonl --until 2026-04-01
`,
  async run(args, io) {
    const { values } = readArgs(args, replayOptions, { min: 0, max: 0 });
    const { env, lines, options } = await readReplay(values);
    const { effects, refused } = env.replay(lines, options);
    for (const effect of effects) io.out(`${JSON.stringify(effect)}\n`);
    return tellRefused(values.events!, refused, io);
  },
};

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
