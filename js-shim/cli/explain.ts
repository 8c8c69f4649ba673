import type { DueAnswer, TraceLine } from "../core/types.js";
import { readArgs, readInstant, required, type Command } from "./command.js";
import { exit, styled, type Io } from "./io.js";
import { readWorld, worldHelp, worldOptions } from "./replay/inputs.js";
import { World, type Stepped } from "./replay/world.js";

/** `comeback explain`: why one customer was, or was not, written to. */
export const command: Command = {
  name: "explain",
  summary: "why one customer got what they got, step by step",
  help: `
usage: comeback explain --program P --events E.jsonl --customer C [--at T] [--journey J] [--json]

Replays the events of one customer with tracing on and prints, for each step, what was decided and
why, and at the end what is due when. Nothing is stored and nothing is sent.

  --customer C     whose
  --at T           stop at this instant and answer for it; default the last event
  --journey J      only lines that speak of this journey
  --json           one JSON object for each step
${worldHelp}
`,
  async run(args, io) {
    const options = { ...worldOptions, customer: own, at: own, journey: own, json: { type: "boolean" } } as const;
    const { values } = readArgs(args, options, { min: 0, max: 0 });
    const customer = required(values.customer, "customer");
    const { env, events, respond, until } = await readWorld(values);
    const at = values.at === undefined ? until : readInstant(values.at, "at");
    const print = values.json ? asJson : asText;
    const stepped = (step: Stepped): void => print(only(step, values.journey), io);
    const world = new World({ env, respond, trace: true, stepped });
    for (const { event, by } of events) {
      if (event.customer === customer && (at === null || Date.parse(event.at) <= at)) world.feed(event, by);
    }
    if (at !== null) world.runUntil(at);
    printDue(world.ask<DueAnswer>(customer, { ask: "due" }), world.now, values.json === true, io);
    return exit.fine;
  },
};

const own = { type: "string" } as const;

function only(step: Stepped, journey: string | undefined): Stepped {
  if (journey === undefined) return step;
  const trace = step.result.trace.filter(({ text }) => text.includes(journey));
  const effects = step.result.effects.filter((effect) => !("journey" in effect) || effect.journey === journey);
  return { ...step, result: { ...step.result, trace, effects } };
}

function asJson({ now, customer, input, result }: Stepped, io: Io): void {
  const { effects, refused, trace, wakeAt } = result;
  io.out(
    `${JSON.stringify({ now: instant(now), customer, input, effects, refused, trace, wake_at: instant(wakeAt) })}\n`,
  );
}

function asText({ now, input, result }: Stepped, io: Io): void {
  io.out(`${styled(instant(now)!, "bold", io)}  ${title(input)}\n`);
  if (result.refused) io.out(`  ${styled("refused", "red", io)} ${result.refused.path} ${result.refused.message}\n`);
  for (const line of result.trace) io.out(`  ${traced(line)}\n`);
  for (const effect of result.effects) {
    const what = effect.kind === "message.send" ? `${effect.template} by ${effect.channel}` : "";
    io.out(`  ${styled("->", "yellow", io)} ${effect.kind} ${what} ${styled(effect.id, "dim", io)}\n`);
  }
  io.out(`  ${styled(`next wake ${instant(result.wakeAt) ?? "none"}`, "dim", io)}\n`);
}

function title(input: Stepped["input"]): string {
  if ("event" in input) return `${input.event.type} \`${input.event.id}\` from ${input.by}`;
  return "wake" in input ? "wake" : "history";
}

function traced({ depth, room, text }: TraceLine): string {
  return `${"  ".repeat(depth)}${room}: ${text}`;
}

function printDue({ next_delivery_day, units }: DueAnswer, now: number, json: boolean, io: Io): void {
  if (json) return io.out(`${JSON.stringify({ now: instant(now), due: { next_delivery_day, units } })}\n`);
  io.out(`\ndue at ${instant(now)}, next delivery day ${next_delivery_day ?? "none"}\n`);
  for (const { name, status, next_date, run_out, chance, reason } of units) {
    const dates = `${next_date ?? "-"}  runs out ${run_out ?? "-"}  chance ${chance.toFixed(2)}`;
    io.out(`  ${name}  ${status}  ${dates}\n    ${reason.text}\n`);
  }
}

function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
