import type { JournalQuery, JournalRecord, LedgerQuery, OutboxRow } from "../store.js";
import { rowColumns, rowTables } from "./outbox.js";
import type { Query, Session } from "./session.js";

/** Rows read at a time, so that a long listing does not hold a connection. */
const pageRows = 500;

export async function effect(query: Query, id: string): Promise<OutboxRow | null> {
  const text = `SELECT ${rowColumns}, o.state, NULL AS payload FROM ${rowTables} WHERE o.effect = $1`;
  return (await query<OutboxRow>(text, [id]))[0] ?? null;
}

export async function* ledger({ read }: Session, { from, until, customer }: LedgerQuery): AsyncIterable<OutboxRow> {
  const text = `
    SELECT o.n::float8, ${rowColumns}, o.state, NULL AS payload FROM ${rowTables}
    WHERE o.n > $1 AND o.created_at >= $2 AND o.created_at < $3 AND ($4::text IS NULL OR c.customer = $4)
    ORDER BY o.n LIMIT ${pageRows}`;
  const page = (after: number) =>
    read((query) => query<OutboxRow & { n: number }>(text, [after, from, until, customer ?? null]));
  for await (const { n: _, ...row } of pages(page)) yield row;
}

interface JournalRow extends Omit<JournalRecord, "event"> {
  n: number;
  source: string | null;
  event_id: string | null;
}

export async function* journal(
  { read }: Session,
  { from, until, customer, types }: JournalQuery,
): AsyncIterable<JournalRecord> {
  const text = `
    SELECT j.n::float8, c.customer, j.seq::float8, j.now::float8, j.type, j.source, j.event_id, j.input, j.environment
    FROM comeback_journal j JOIN comeback_customers c ON c.id = j.id
    WHERE j.n > $1 AND j.now >= $2 AND j.now < $3
      AND ($4::text IS NULL OR c.customer = $4) AND ($5::text[] IS NULL OR j.type = ANY($5))
    ORDER BY j.n LIMIT ${pageRows}`;
  const page = (after: number) =>
    read((query) => query<JournalRow>(text, [after, from, until, customer ?? null, types ?? null]));
  for await (const { n: _, source, event_id, ...row } of pages(page)) {
    yield { ...row, event: source !== null && event_id !== null ? { source, id: event_id } : null };
  }
}

async function* pages<T extends { n: number }>(page: (after: number) => Promise<T[]>): AsyncGenerator<T> {
  for (let after = 0; ;) {
    const rows = await page(after);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < pageRows) return;
    after = last.n;
  }
}
