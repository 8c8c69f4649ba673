import type { Db } from "./database.js";

export interface OutboxEvent {
  type: string;
  at: number;
  customer: string;
  data: Record<string, unknown>;
}

export interface StoredEvent extends OutboxEvent {
  /** Also the event's identity: it never changes, so telling it twice is harmless. */
  seq: number;
  store: string;
}

/**
 * What the shop has to tell Comeback, in order.
 *
 * A change and its event are one transaction: there is no order that Comeback never hears of, and
 * no event about an order that was rolled back.
 */
export class Outbox {
  readonly #db: Db;
  readonly #insert;
  readonly #waiting;
  readonly #delivered;
  readonly #count;
  #listener: (() => void) | null = null;

  constructor(db: Db) {
    this.#db = db;
    this.#insert = db.prepare(
      "INSERT INTO outbox_events (type, at, customer, store, data) VALUES (?, ?, ?, 'main', ?)",
    );
    this.#waiting = db.prepare<[number], Row>(
      "SELECT * FROM outbox_events WHERE delivered_at IS NULL ORDER BY seq LIMIT ?",
    );
    this.#delivered = db.prepare("UPDATE outbox_events SET delivered_at = ? WHERE delivered_at IS NULL AND seq <= ?");
    this.#count = db.prepare<[], { n: number }>("SELECT count(*) AS n FROM outbox_events WHERE delivered_at IS NULL");
  }

  /** Called inside the transaction that makes the change. */
  record(event: OutboxEvent): void {
    if (!this.#db.inTransaction)
      throw new Error(`event \`${event.type}\` was recorded outside the transaction of its change`);
    this.#insert.run(event.type, event.at, event.customer, JSON.stringify(event.data));
    this.#listener?.();
  }

  waiting(limit: number): StoredEvent[] {
    return this.#waiting.all(limit).map((row) => ({ ...row, data: JSON.parse(row.data) as Record<string, unknown> }));
  }

  countWaiting(): number {
    return this.#count.get()?.n ?? 0;
  }

  /** Everything up to and with `seq` was acknowledged. */
  markDelivered(seq: number, at: number): void {
    this.#delivered.run(at, seq);
  }

  /** Calls `listener` after each recording, still inside the transaction: it may only take note. */
  onRecord(listener: () => void): void {
    this.#listener = listener;
  }
}

interface Row {
  seq: number;
  type: string;
  at: number;
  customer: string;
  store: string;
  data: string;
}
