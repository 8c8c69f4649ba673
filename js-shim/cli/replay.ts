import { readArgs, type Command } from "./command.js";
import { exit, type Io } from "./io.js";
import { readWorld, worldHelp, worldOptions } from "./replay/inputs.js";
import { World, type Stepped } from "./replay/world.js";

/** `comeback replay`: what a program would have done to these events. */
export const command: Command = {
  name: "replay",
  summary: "the effects of a program over a file of events, as JSON lines",
  help: `
usage: comeback replay --program P --events E.jsonl [--model M] [--products P] [--until T]

Feeds events in the order of their time to the program and prints every effect as one line of JSON,
with \`now\`, the instant it was decided. Time is virtual: wakes fire at their time between events.
Events that were refused are listed on the error output, and then it exits 1.

${worldHelp}

  comeback replay --program service-care.yaml --events journal.jsonl --until 2026-04-01
`,
  async run(args, io) {
    const { values } = readArgs(args, worldOptions, { min: 0, max: 0 });
    const { env, events, respond, until } = await readWorld(values);
    let refused = 0;
    const stepped = (step: Stepped): void => {
      refused += step.result.refused ? 1 : 0;
      print(step, io);
    };
    const world = new World({ env, respond, trace: false, stepped });
    for (const { event, by } of events) {
      if (until !== null && Date.parse(event.at) > until) break;
      world.feed(event, by);
    }
    if (until !== null) world.runUntil(until);
    return refused > 0 ? exit.problems : exit.fine;
  },
};

function print({ now, input, result }: Stepped, io: Io): void {
  const at = new Date(now).toISOString();
  for (const effect of result.effects) io.out(`${JSON.stringify({ now: at, ...effect })}\n`);
  if (result.refused) {
    const { path, message } = result.refused;
    const id = "event" in input ? input.event.id : "";
    io.err(`refused: event \`${id}\` ${path ? `at \`${path}\`: ` : ""}${message}\n`);
  }
}
