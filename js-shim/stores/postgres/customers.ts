import type { Customer, DeferredInput, EventKey, ParkedCustomer, Wake } from "../store.js";
import type { Query } from "./session.js";

interface Row {
  customer: string;
  seq: number;
  wake_at: number | null;
  hot: Uint8Array | null;
  purchases: Uint8Array | null;
  reason: string | null;
  since: number;
  tries: number;
}

const nothing = new Uint8Array(0);

export async function load(query: Query, customers: readonly string[]): Promise<Customer[]> {
  const rows = await query<Row>(
    `SELECT c.customer, c.seq::float8, c.wake_at::float8, h.bytes AS hot, p.bytes AS purchases,
            k.reason, k.since::float8, k.tries
     FROM comeback_customers c
     LEFT JOIN comeback_hot h ON h.id = c.id
     LEFT JOIN comeback_purchases p ON p.id = c.id
     LEFT JOIN comeback_parked k ON k.id = c.id
     WHERE c.customer = ANY($1)`,
    [customers],
  );
  const found = new Map(rows.map((row) => [row.customer, row]));
  return customers.map((customer) => toCustomer(customer, found.get(customer)));
}

/** Names of those among `events` that the journal or the deferred inputs know. */
export async function known(query: Query, events: readonly EventKey[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const rows = await query<{ source: string; event_id: string }>(
    `WITH asked AS (SELECT * FROM unnest($1::text[], $2::text[]) AS a (source, event_id))
     SELECT j.source, j.event_id FROM comeback_journal j JOIN asked USING (source, event_id)
     UNION SELECT d.source, d.event_id FROM comeback_deferred d JOIN asked USING (source, event_id)`,
    [events.map(({ source }) => source), events.map(({ id }) => id)],
  );
  return new Set(rows.map(({ source, event_id }) => nameOf({ source, id: event_id })));
}

export function nameOf({ source, id }: EventKey): string {
  return JSON.stringify([source, id]);
}

export function page(query: Query, after: string, limit: number): Promise<string[]> {
  return query<{ customer: string }>(
    "SELECT customer FROM comeback_customers WHERE customer > $1 ORDER BY customer LIMIT $2",
    [after, limit],
  ).then((rows) => rows.map(({ customer }) => customer));
}

export function due(query: Query, now: number, limit: number): Promise<Wake[]> {
  return query<Wake>(
    `SELECT customer, wake_at::float8 AS "wakeAt" FROM comeback_customers
     WHERE wake_at <= $1 ORDER BY wake_at, id LIMIT $2`,
    [now, limit],
  );
}

export async function nextWake(query: Query): Promise<number | null> {
  const [row] = await query<{ at: number | null }>("SELECT min(wake_at)::float8 AS at FROM comeback_customers");
  return row?.at ?? null;
}

export function parked(query: Query, limit: number): Promise<ParkedCustomer[]> {
  return query<ParkedCustomer>(
    `SELECT c.customer, k.reason, k.since::float8, k.tries, c.wake_at::float8 AS "nextTry",
            (SELECT count(*) FROM comeback_deferred d WHERE d.id = k.id)::int AS waiting
     FROM comeback_parked k JOIN comeback_customers c USING (id) ORDER BY k.since, k.id LIMIT $1`,
    [limit],
  );
}

export async function deferred(query: Query, customer: string, limit: number): Promise<DeferredInput[]> {
  const rows = await query<{ source: string | null; event_id: string | null; type: string | null; input: Uint8Array }>(
    `SELECT d.source, d.event_id, d.type, d.input FROM comeback_deferred d JOIN comeback_customers c USING (id)
     WHERE c.customer = $1 ORDER BY d.n LIMIT $2`,
    [customer, limit],
  );
  return rows.map(({ source, event_id, type, input }) => ({
    input,
    type,
    event: source !== null && event_id !== null ? { source, id: event_id } : null,
  }));
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
