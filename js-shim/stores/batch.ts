import type { DeferredInput, EventKey, ImportProgress, Parked } from "./store.js";
import type { OutboxRow, Settlement } from "./outbox.js";

/** What one transaction writes. */
export interface Batch {
  customers: CustomerCommit[];
  /** Moves with the rows it speaks of, so that a resumed import skips nothing; left alone when a part is not stored. */
  progress?: ImportProgress;
}

/** One customer's part of a transaction: what any number of steps in a row came to. */
export interface CustomerCommit {
  customer: string;
  /** The `seq` it was loaded at. Stored as `seq + 1`, or it is a conflict. */
  seq: number;
  entries: JournalEntry[];
  /** `null` leaves the section as it is stored. */
  hot: Uint8Array | null;
  purchases: Uint8Array | null;
  wakeAt: number | null;
  parked: Parked | null;
  outbox: NewOutboxRow[];
  /** Rows of the outbox whose outcome these steps were told. */
  settled: Settlement[];
  /** Inputs accepted and kept for later, because the customer is parked. */
  defer: DeferredInput[];
  /** How many of the oldest deferred inputs these steps have taken. */
  undefer: number;
}

export interface JournalEntry {
  now: number;
  /** Exactly the bytes that `step` was given. */
  input: Uint8Array;
  /** `null` for a wake. */
  event: EventKey | null;
  type: string | null;
  /** Hash of the environment the step ran in. */
  environment: string;
}

export type NewOutboxRow = Omit<OutboxRow, "token" | "settledAt">;

/**
 * - `stored`: durable.
 * - `conflict`: the customer moved on meanwhile, or one of the events is known already. Load again
 *   and rerun; the step is pure.
 * - `fenced`: a settled row belongs to another owner now. The work was someone else's; drop it.
 */
export type Outcome = "stored" | "conflict" | "fenced";
