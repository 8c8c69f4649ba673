import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { Core, type Env, type Responses } from "../core/core.js";
import { readInstant, required } from "./command.js";
import { UsageError } from "./io.js";
import { openProgram } from "./opened-program.js";

/** How the outside world answers in a replay, with the sentence that `--help` prints. */
const responses: Record<Responses, string> = {
  cooperative: "every message is sent, everything is in stock at the known price, every order is made",
  silent: "nothing answers; only receipts among the events are heard",
};

/** Options that `replay` and `explain` share. */
export const replayOptions = {
  program: { type: "string", short: "p" },
  events: { type: "string", short: "e" },
  model: { type: "string" },
  products: { type: "string" },
  responses: { type: "string" },
  until: { type: "string" },
} as const;

export const replayHelp = `
  --program P      the program, YAML or JSON
  --events E       JSON lines, each an event envelope; \`by\` beside its fields says who reported it,
                   the shop when absent, and \`received_at\` when; .gz is read too
  --model M        a model made by \`comeback model build\`
  --products P     the shop's products: a JSON array, or a CSV
  --responses R    what the outside world answers; default cooperative
${Object.entries(responses)
  .map(([name, text]) => `                     ${name}: ${text}`)
  .join("\n")}
  --until T        leave out later events, and go on firing wakes until then; default the last event`.slice(1);

export type ReplayValues = Partial<Record<keyof typeof replayOptions, string>>;

export interface ReplayInputs {
  env: Env;
  lines: string;
  options: { responses: Responses; until?: number };
}

/** Reads and opens everything a replay needs. */
export async function readReplay(values: ReplayValues): Promise<ReplayInputs> {
  const program = required(values.program, "program");
  const events = required(values.events, "events");
  const options = readOptions(values);
  const { env } = await openProgram(await Core.load(), { ...values, program });
  return { env, lines: await readLines(events), options };
}

export function readOptions({ until, responses: named }: ReplayValues): ReplayInputs["options"] {
  const end = until === undefined ? {} : { until: readInstant(until, "until") };
  return { responses: readResponses(named ?? "cooperative"), ...end };
}

async function readLines(path: string): Promise<string> {
  const bytes = await readFile(path);
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
}

function readResponses(name: string): Responses {
  if (Object.hasOwn(responses, name)) return name as Responses;
  throw new UsageError(`no responses \`${name}\`; there are ${Object.keys(responses).join(", ")}`);
}
