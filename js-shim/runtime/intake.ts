import type { EventBy, EventEnvelope, Refusal } from "../core/types.js";
import type { Pipeline } from "./pipeline.js";
import { hostSource } from "./receipts.js";
import { eventInput, type Work, type WorkOutcome } from "./work.js";

export interface IntakeLimits {
  /** One event as JSON; a larger one is refused. Default 256 KiB, an order of 500 lines is 60 KiB. */
  eventBytesMax: number;
  /** Events in one call; default 1000. */
  eventsMax: number;
}

/** What became of one event. Accepted and duplicate are durable, and safe to forget by the sender. */
export interface IngestResult {
  id: string;
  status: "accepted" | "duplicate" | "refused";
  refusal?: Refusal;
}

/** Ids, sources and customer keys longer than this are refused: they are indexed. */
const nameLengthMax = 200;

/** Checks the envelope and its size, then steps. The core checks the rest and who may say it. */
export async function ingest(
  events: readonly unknown[],
  by: EventBy,
  pipeline: Pipeline,
  limits: IntakeLimits,
): Promise<IngestResult[]> {
  if (events.length > limits.eventsMax) {
    const message = `a call brings at most ${limits.eventsMax} events, found ${events.length}; send them in parts`;
    return events.map((event) => refused(event, { code: "too_many", path: "", message }));
  }
  const checked = events.map((event) => check(event, by, limits));
  const outcomes = pipeline.admit(checked.filter(isWork));
  const settled = await Promise.all(outcomes);
  let next = 0;
  return checked.map((one, at) =>
    answer(events[at], isWork(one) ? settled[next++]! : { outcome: "refused", refusal: one }),
  );
}

function answer(event: unknown, outcome: WorkOutcome): IngestResult {
  if (outcome.outcome === "refused") return refused(event, outcome.refusal);
  return { id: idOf(event), status: outcome.outcome === "duplicate" ? "duplicate" : "accepted" };
}

function refused(event: unknown, refusal: Refusal): IngestResult {
  return { id: idOf(event), status: "refused", refusal };
}

function idOf(event: unknown): string {
  const id = (event as { id?: unknown } | null)?.id;
  return typeof id === "string" ? id.slice(0, nameLengthMax) : "";
}

function isWork(checked: Work | Refusal): checked is Work {
  return "input" in checked;
}

function check(event: unknown, by: EventBy, limits: IntakeLimits): Work | Refusal {
  const refusal = checkEnvelope(event, by);
  if (refusal) return refusal;
  const envelope = event as EventEnvelope;
  const input = eventInput(envelope, by);
  if (input.bytes.length > limits.eventBytesMax) {
    const message = `an event is at most ${limits.eventBytesMax} bytes, found ${input.bytes.length}`;
    return { code: "too_large", path: "", message };
  }
  return { customer: envelope.customer, input, settled: null };
}

function checkEnvelope(event: unknown, by: EventBy): Refusal | null {
  if (typeof event !== "object" || event === null || Array.isArray(event)) {
    return { code: "bad_event", path: "", message: "an event is an object" };
  }
  const fields = event as Record<string, unknown>;
  for (const path of ["id", "source", "type", "customer"]) {
    const problem = checkName(fields[path]);
    if (problem) return { code: "bad_field", path, message: `\`${path}\` ${problem}` };
  }
  // Receipts of the host are recognised by their source; nobody else may take its name.
  if (fields["source"] === hostSource && by !== "host") {
    return { code: "not_believed", path: "source", message: `source \`${hostSource}\` is the host's own` };
  }
  return null;
}

function checkName(value: unknown): string | null {
  if (typeof value !== "string" || value === "") return "must be a text that is not empty";
  if (value.length > nameLengthMax) return `must be at most ${nameLengthMax} characters long, found ${value.length}`;
  // A lone surrogate has no UTF-8 form, so two different keys could become one.
  return /[\p{Surrogate}\0]/u.test(value) === false ? null : "must be well-formed text without NUL";
}
