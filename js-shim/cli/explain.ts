import type { ReplayResult } from "../core/core.js";
import type { TraceLine } from "../core/types.js";
import { readArgs, required, type Command } from "./command.js";
import { styled, type Io } from "./io.js";
import { readReplay, replayHelp, replayOptions } from "./replay-inputs.js";
import { tellRefused } from "./replay.js";

/** `comeback explain`: why one customer was, or was not, written to. */
export const command: Command = {
  name: "explain",
  summary: "why one customer got what they got, step by step",
  help: `
usage: comeback explain --program P --events E.jsonl --customer C [--at T] [--journey J] [--json]

Replays the events with tracing on and prints, for each step of one customer, what was decided and
why. Nothing is stored and nothing is sent.

  --customer C     whose
  --at T           stop at this instant; the same as --until
  --journey J      only steps that speak of this journey
  --json           one JSON object for each step
${replayHelp}
`,
  async run(args, io) {
    const text = { type: "string" } as const;
    const options = { ...replayOptions, customer: text, at: text, journey: text, json: { type: "boolean" } } as const;
    const { values } = readArgs(args, options, { min: 0, max: 0 });
    const customer = required(values.customer, "customer");
    const inputs = await readReplay({ ...values, ...(values.at === undefined ? {} : { until: values.at }) });
    const { effects, refused, explanations } = inputs.env.replay(inputs.lines, {
      ...inputs.options,
      explain: customer,
    });
    const print = values.json ? asJson : asText;
    for (const step of explanations) {
      const decided = effects.filter((effect) => effect.customer === customer && effect.at === step.at);
      if (speaksOf(step, decided, values.journey)) print(step, decided, io);
    }
    return tellRefused(values.events!, refused, io);
  },
};

type Explained = ReplayResult["explanations"][number];
type Decided = ReplayResult["effects"];

function speaksOf({ lines }: Explained, decided: Decided, journey: string | undefined): boolean {
  if (journey === undefined) return true;
  const words = new RegExp(`(^|[^\\w-])${journey.replace(/[^\w-]/g, "\\$&")}($|[^\\w-])`);
  return (
    lines.some(({ text }) => words.test(text)) || decided.some((one) => "journey" in one && one.journey === journey)
  );
}

function asJson(step: Explained, decided: Decided, io: Io): void {
  io.out(`${JSON.stringify({ ...step, effects: decided })}\n`);
}

function asText({ at, input, lines }: Explained, decided: Decided, io: Io): void {
  io.out(`${styled(at, "bold", io)}  ${input}\n`);
  for (const line of lines) io.out(`  ${traced(line)}\n`);
  for (const effect of decided) {
    const what = effect.kind === "message.send" ? ` ${effect.template} by ${effect.channel}` : "";
    io.out(`  ${styled("->", "yellow", io)} ${effect.kind}${what} ${styled(effect.id, "dim", io)}\n`);
  }
}

function traced({ depth, room, text }: TraceLine): string {
  return `${"  ".repeat(depth)}${room}: ${text}`;
}
