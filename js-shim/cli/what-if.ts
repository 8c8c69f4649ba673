import { readArgs, required, type Command } from "./command.js";
import { decidedBy, tellDifferences } from "./differences.js";
import { exit } from "./io.js";
import { readReplay, replayHelp, replayOptions } from "./replay-inputs.js";

/** `comeback what-if`: two programs over the same events, side by side; `replay --what-if` by another name. */
export const command: Command = {
  name: "what-if",
  summary: "who would get more, less or other messages under a changed program",
  help: `
usage: comeback what-if --program P --changed P2 --events E.jsonl [--model M] [--products P] [--until T] [--json]

The same as \`comeback replay --program P --events E.jsonl --what-if P2\`, which tells more.

  --changed P2     the changed program
  --json           differences as JSON lines
${replayHelp}

  comeback what-if --program live.yaml --changed draft.yaml --events journal.jsonl
`,
  async run(args, io) {
    const options = { ...replayOptions, changed: { type: "string" }, json: { type: "boolean" } } as const;
    const { values } = readArgs(args, options, { min: 0, max: 0 });
    const { changed, json, ...inputs } = values;
    const today = await readReplay(inputs);
    const then = await readReplay({ ...inputs, program: required(changed, "changed") });
    tellDifferences(decidedBy(today.env, today), decidedBy(then.env, then), json === true, io);
    return exit.fine;
  },
};
