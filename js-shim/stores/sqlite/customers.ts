import type { Database } from "better-sqlite3";
import type { Customer, DeferredInput, EventKey, ParkedCustomer, Wake } from "../store.js";

interface Row {
  seq: number;
  wake_at: number | null;
  hot: Uint8Array | null;
  purchases: Uint8Array | null;
  reason: string | null;
  since: number;
  tries: number;
}

const nothing = new Uint8Array(0);

/** Reads customers, their wakes and what waits for them. */
export function customerReads(db: Database) {
  const one = db.prepare<[string], Row>(`
    SELECT c.seq, c.wake_at, h.bytes AS hot, p.bytes AS purchases, k.reason, k.since, k.tries
    FROM customers c
    LEFT JOIN hot h ON h.id = c.id
    LEFT JOIN purchases p ON p.id = c.id
    LEFT JOIN parked k ON k.id = c.id
    WHERE c.customer = ?`);
  const known = db
    .prepare<[string, string, string, string], number>(
      `SELECT EXISTS (SELECT 1 FROM journal WHERE source = ? AND event_id = ?)
           OR EXISTS (SELECT 1 FROM deferred WHERE source = ? AND event_id = ?)`,
    )
    .pluck();
  const page = db
    .prepare<[string, number], string>("SELECT customer FROM customers WHERE customer > ? ORDER BY customer LIMIT ?")
    .pluck();
  const due = db.prepare<[number, number], Wake>(`
    SELECT c.customer, w.wake_at AS wakeAt
    FROM wakes w JOIN customers c ON c.id = w.id
    WHERE w.wake_at <= ? ORDER BY w.wake_at, w.id LIMIT ?`);
  const nextWake = db.prepare<[], number | null>("SELECT min(wake_at) FROM wakes").pluck();
  const parked = db.prepare<[number], ParkedCustomer>(`
    SELECT c.customer, k.reason, k.since, k.tries, c.wake_at AS nextTry,
           (SELECT count(*) FROM deferred d WHERE d.id = k.id) AS waiting
    FROM parked k JOIN customers c ON c.id = k.id ORDER BY k.since, k.id LIMIT ?`);
  const deferred = db.prepare<[string, number], DeferredRow>(`
    SELECT source, event_id, type, input FROM deferred
    WHERE id = (SELECT id FROM customers WHERE customer = ?) ORDER BY n LIMIT ?`);

  return {
    load: (customer: string): Customer => toCustomer(customer, one.get(customer)),
    seen: ({ source, id }: EventKey): boolean => known.get(source, id, source, id) === 1,
    page: (after: string, limit: number): string[] => page.all(after, limit),
    due: (now: number, limit: number): Wake[] => due.all(now, limit),
    nextWake: (): number | null => nextWake.get() ?? null,
    parked: (limit: number): ParkedCustomer[] => parked.all(limit),
    deferred: (customer: string, limit: number): DeferredInput[] => deferred.all(customer, limit).map(toDeferred),
  };
}

interface DeferredRow {
  source: string | null;
  event_id: string | null;
  type: string | null;
  input: Uint8Array;
}

function toDeferred({ source, event_id, type, input }: DeferredRow): DeferredInput {
  return { input, type, event: source !== null && event_id !== null ? { source, id: event_id } : null };
}

function toCustomer(customer: string, row: Row | undefined): Customer {
  return {
    customer,
    seq: row?.seq ?? 0,
    state: { hot: row?.hot ?? nothing, purchases: row?.purchases ?? nothing },
    wakeAt: row?.wake_at ?? null,
    parked: row && row.reason !== null ? { reason: row.reason, since: row.since, tries: row.tries } : null,
  };
}
