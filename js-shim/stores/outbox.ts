/**
 * - `pending`: to be tried at `nextAt`.
 * - `leased`: taken by a worker which has not yet turned to the outside.
 * - `sending`: the outside may have been told. After a crash nobody knows.
 * - `sent`, `failed`, `uncertain`, `dropped`: settled, for good.
 */
export type OutboxState = "pending" | "leased" | "sending" | "sent" | "failed" | "uncertain" | "dropped";

/** An effect on its way out. It is written in the transaction of the step that decided it. */
export interface OutboxRow {
  /** The effect's id; the idempotency key all the way to the provider. */
  effect: string;
  customer: string;
  kind: string;
  /** Rows of one lane share a rate and a concurrency: a channel's name, or `effects`. */
  lane: string;
  state: OutboxState;
  attempts: number;
  nextAt: number;
  /** After this instant it is dropped, never performed late. */
  notAfter: number | null;
  /** The effect as JSON. */
  body: string;
  /** A message's frozen bytes, kept until it is settled. */
  payload: Uint8Array | null;
  reason: string | null;
  /** Fencing token: grows with each lease. A stale owner's writes are refused. */
  token: number;
  createdAt: number;
  settledAt: number | null;
}

export interface Claim {
  effect: string;
  token: number;
}

export interface Settlement extends Claim {
  state: "sent" | "failed" | "uncertain" | "dropped";
  reason: string | null;
  at: number;
}

export interface Postponement extends Claim {
  nextAt: number;
  attempts: number;
  reason: string | null;
}
