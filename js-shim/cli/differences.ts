import type { Env } from "../core/core.js";
import type { Effect } from "../core/types.js";
import type { Io } from "./io.js";
import type { ReplayInputs } from "./replay-inputs.js";

export type Decided = Effect & { at: string };

/** One effect that only one of the programs decides, or both at different times or with other words. */
export interface Difference {
  change: "more" | "less" | "moved" | "other";
  customer: string;
  kind: string;
  what: string;
  at: string;
  /** When the program of today decides it, for `moved`; what it says then, for `other`. */
  was?: string;
}

/** What a program decides over events, by the identity of each effect. */
export function decidedBy(env: Env, { lines, options }: Pick<ReplayInputs, "lines" | "options">): Map<string, Decided> {
  return new Map(env.replay(lines, options).effects.map((effect) => [effect.id, effect]));
}

/** Prints what differs, and for people how much. */
export function tellDifferences(today: Map<string, Decided>, then: Map<string, Decided>, json: boolean, io: Io): void {
  const differences = compare(today, then);
  for (const difference of differences) io.out(json ? `${JSON.stringify(difference)}\n` : line(difference));
  if (!json) summary(today, then, differences, io);
}

/** In the order of time. */
function compare(today: Map<string, Decided>, then: Map<string, Decided>): Difference[] {
  const differences: Difference[] = [];
  for (const [id, effect] of then) {
    const before = today.get(id);
    if (!before) differences.push(difference("more", effect));
    else if (before.at !== effect.at) differences.push({ ...difference("moved", effect), was: before.at });
    else if (JSON.stringify(before) !== JSON.stringify(effect))
      differences.push({ ...difference("other", effect), was: what(before) });
  }
  for (const [id, effect] of today) if (!then.has(id)) differences.push(difference("less", effect));
  return differences.sort((a, b) => a.at.localeCompare(b.at) || a.customer.localeCompare(b.customer));
}

function difference(change: Difference["change"], effect: Decided): Difference {
  return { change, customer: effect.customer, kind: effect.kind, what: what(effect), at: effect.at };
}

/** What an effect is about, in a few words. */
export function what(effect: Effect): string {
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

const signs = { more: "+", less: "-", moved: "~", other: "*" };

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
      `${count("more")} more, ${count("less")} less, ${count("moved")} moved, ${count("other")} other, ` +
      `for ${customers} customers\n`,
  );
}
