import type { EventBy, EventEnvelope, Refusal } from "../core/types.js";
import type { EventKey, NewOutboxRow, Settlement } from "../stores/store.js";

/** What `step` is given, with what the journal wants to know of it. */
export interface Input {
  bytes: Uint8Array;
  /** `null` for a wake. */
  event: EventKey | null;
  type: string | null;
}

/** One thing to do for one customer: a step, the settling of an outbox row, or both at once. */
export interface Work {
  customer: string;
  input: Input | null;
  settled: Settlement | null;
  /** Rows of the host's own for the outbox, such as a letter that renews a link. */
  rows?: NewOutboxRow[];
}

/** What became of it. Only `accepted` and `deferred` changed anything. */
export type WorkOutcome =
  | { outcome: "accepted" }
  /** The customer is parked; the event is safe and will be stepped when it leaves parking. */
  | { outcome: "deferred" }
  /** Known already; acknowledged again. */
  | { outcome: "duplicate" }
  | { outcome: "refused"; refusal: Refusal }
  /** The row it settles belongs to another worker now. */
  | { outcome: "fenced" };

const utf8 = new TextEncoder();

export const wakeInput: Input = { bytes: utf8.encode('{"wake":true}'), event: null, type: null };

export function eventInput(event: EventEnvelope, by: EventBy): Input {
  const { source, id, type } = event;
  return { bytes: utf8.encode(JSON.stringify({ event, by })), event: { source, id }, type };
}
