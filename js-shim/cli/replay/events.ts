import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { EventBy, EventEnvelope } from "../../core/types.js";
import { InputProblem } from "../io.js";

export interface ReplayEvent {
  event: EventEnvelope;
  by: EventBy;
}

/**
 * A journal as JSON lines, sorted by time: each an event envelope, or `{"by": …, "event": {…}}`.
 * Without `by` it is who usually says such a thing: a provider of messages, a link of carts.
 */
export async function readEvents(path: string): Promise<ReplayEvent[]> {
  const events: ReplayEvent[] = [];
  const file = createReadStream(path);
  const input = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() !== "") events.push(readEvent(text, `${path}:${line}`));
  }
  // Sorting is stable, so events of the same instant stay in the order of the file.
  return events.sort((a, b) => Date.parse(a.event.at) - Date.parse(b.event.at));
}

function readEvent(text: string, place: string): ReplayEvent {
  const value = parse(text, place);
  const wrapped = "event" in value;
  const event = (wrapped ? value["event"] : value) as EventEnvelope;
  if (typeof event?.customer !== "string" || typeof event.type !== "string" || !Number.isFinite(Date.parse(event.at))) {
    throw new InputProblem(`${place}: an event needs \`customer\`, \`type\` and \`at\` as an RFC 3339 instant`);
  }
  return { event, by: wrapped && value["by"] ? (value["by"] as EventBy) : usualReporter(event.type) };
}

function parse(text: string, place: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    throw new InputProblem(`${place}: not JSON: ${(error as Error).message}`);
  }
  throw new InputProblem(`${place}: a line must be an object`);
}

function usualReporter(type: string): EventBy {
  if (type === "message.sent" || type.startsWith("effect.")) return "host";
  if (type.startsWith("message.")) return "provider";
  if (type.startsWith("predicted_cart.")) return "link";
  if (type.startsWith("operator.")) return "operator";
  return "shop";
}
