import type { Effect } from "../core/types.js";
import { readArgs, required, type Command } from "./command.js";
import { exit, type Io } from "./io.js";
import { readReplay, replayHelp, replayOptions } from "./replay-inputs.js";

type Decided = Effect & { at: string };

/** One effect that only one of the programs decides, or both at different times. */
interface Difference {
  change: "more" | "less" | "moved";
  customer: string;
  kind: string;
  what: string;
  at: string;
  /** When the program of today decides it, for `moved`. */
  was?: string;
}

/** `comeback what-if`: two programs over the same events, side by side. */
export const command: Command = {
  name: "what-if",
  summary: "who would get more, less or other messages under a changed program",
  help: `
usage: comeback what-if --program P --changed P2 --events E.jsonl [--model M] [--products P] [--until T] [--json]

Replays the same events under the program of today and under a changed one, and lists what only one
of them decides, or both at different times. Effects are matched by their identity, which is the same
in both as long as journey, key and step keep their names. Receipts among the events that belong to
no effect of a program are of no account to it; what it sends instead is answered by \`--responses\`.

  --changed P2     the changed program
  --json           differences as JSON lines
${replayHelp}

  comeback what-if --program live.yaml --changed draft.yaml --events journal.jsonl
`,
  async run(args, io) {
    const options = { ...replayOptions, changed: { type: "string" }, json: { type: "boolean" } } as const;
    const { values } = readArgs(args, options, { min: 0, max: 0 });
    const { changed, json, ...inputs } = values;
    const today = await decided(inputs);
    const then = await decided({ ...inputs, program: required(changed, "changed") });
    const differences = compare(today, then);
    for (const difference of differences) io.out(json ? `${JSON.stringify(difference)}\n` : line(difference));
    if (!json) summary(today, then, differences, io);
    return exit.fine;
  },
};

async function decided(values: Parameters<typeof readReplay>[0]): Promise<Map<string, Decided>> {
  const { env, lines, options } = await readReplay(values);
  return new Map(env.replay(lines, options).effects.map((effect) => [effect.id, effect]));
}

/** In the order of time. */
function compare(today: Map<string, Decided>, then: Map<string, Decided>): Difference[] {
  const differences: Difference[] = [];
  for (const [id, effect] of then) {
    const before = today.get(id);
    if (!before) differences.push(difference("more", effect));
    else if (before.at !== effect.at) differences.push({ ...difference("moved", effect), was: before.at });
  }
  for (const [id, effect] of today) if (!then.has(id)) differences.push(difference("less", effect));
  return differences.sort((a, b) => a.at.localeCompare(b.at) || a.customer.localeCompare(b.customer));
}

function difference(change: Difference["change"], effect: Decided): Difference {
  return { change, customer: effect.customer, kind: effect.kind, what: what(effect), at: effect.at };
}

function what(effect: Decided): string {
  switch (effect.kind) {
    case "message.send":
      return `${effect.template} on ${effect.channel}`;
    case "operator.task":
      return effect.title;
    case "role.assign":
    case "role.remove":
      return effect.role;
    case "tag.assign":
    case "tag.remove":
      return effect.tag;
    case "offer.issue":
      return effect.offer;
    case "banner.show":
      return effect.title || effect.template;
    default:
      return "";
  }
}

const signs = { more: "+", less: "-", moved: "~" };

function line({ change, customer, kind, what, at, was }: Difference): string {
  return `${signs[change]} ${at} ${customer} ${kind} ${what}${was ? ` (was ${was})` : ""}\n`;
}

function summary(today: Map<string, Decided>, then: Map<string, Decided>, found: Difference[], io: Io): void {
  const messages = (effects: Map<string, Decided>): Decided[] =>
    [...effects.values()].filter(({ kind }) => kind === "message.send");
  const count = (change: Difference["change"]): number => found.filter((each) => each.change === change).length;
  const customers = new Set(found.map(({ customer }) => customer)).size;
  io.out(
    `messages: ${messages(today).length} today, ${messages(then).length} then; ` +
      `${count("more")} more, ${count("less")} less, ${count("moved")} moved, for ${customers} customers\n`,
  );
}
