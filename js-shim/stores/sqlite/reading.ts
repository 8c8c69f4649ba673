import type { Database } from "better-sqlite3";
import type { JournalQuery, JournalRecord, LedgerQuery, OutboxRow } from "../store.js";
import { outboxColumns, outboxTables, toRow } from "./outbox.js";

/** Rows read at a time, so that a long listing does not hold the connection. */
const pageRows = 500;

type LedgerRow = Parameters<typeof toRow>[0];

interface JournalRow {
  n: number;
  customer: string;
  seq: number;
  now: number;
  type: string | null;
  source: string | null;
  event_id: string | null;
  input: Uint8Array;
  environment: string;
}

/** The two histories: what was decided (outbox) and what was heard (journal). */
export function histories(db: Database) {
  const outbox = `SELECT ${outboxColumns}, NULL AS payload FROM ${outboxTables}`;
  const created = "o.n > ? AND o.created_at >= ? AND o.created_at < ?";
  const allRows = db.prepare<[number, number, number], LedgerRow>(
    `${outbox} WHERE ${created} ORDER BY o.n LIMIT ${pageRows}`,
  );
  const ownRows = db.prepare<[number, number, number, string], LedgerRow>(
    `${outbox} WHERE ${created} AND o.id = (SELECT id FROM customers WHERE customer = ?) ORDER BY o.n LIMIT ${pageRows}`,
  );
  const oneRow = db.prepare<[string], LedgerRow>(`${outbox} WHERE o.effect = ?`);
  const columns = `
    SELECT j.n, c.customer, j.seq, j.now, j.type, j.source, j.event_id, j.input, e.hash AS environment
    FROM journal j JOIN customers c ON c.id = j.id JOIN environments e ON e.n = j.environment`;
  const span = "j.n > ? AND j.now >= ? AND j.now < ?";
  const tail = `ORDER BY j.n LIMIT ${pageRows}`;
  const everyone = db.prepare<[number, number, number], JournalRow>(`${columns} WHERE ${span} ${tail}`);
  const someone = db.prepare<[number, number, number, string], JournalRow>(
    `${columns} WHERE ${span} AND j.id = (SELECT id FROM customers WHERE customer = ?) ${tail}`,
  );
  const typed = db.prepare<[number, number, number, string], JournalRow>(
    `${columns} WHERE ${span} AND j.type IN (SELECT value FROM json_each(?)) ${tail}`,
  );

  return {
    effect(id: string): OutboxRow | null {
      const row = oneRow.get(id);
      return row ? toRow(row) : null;
    },
    async *ledger({ from, until, customer }: LedgerQuery): AsyncIterable<OutboxRow> {
      const read = (after: number): LedgerRow[] =>
        customer === undefined ? allRows.all(after, from, until) : ownRows.all(after, from, until, customer);
      for (const row of pages(read)) yield toRow(row);
    },
    async *journal({ from, until, customer, types }: JournalQuery): AsyncIterable<JournalRecord> {
      const wanted = types && new Set(types);
      for (const row of pages((after) => {
        if (customer !== undefined) return someone.all(after, from, until, customer);
        return types ? typed.all(after, from, until, JSON.stringify(types)) : everyone.all(after, from, until);
      })) {
        if (!wanted || (row.type !== null && wanted.has(row.type))) yield toRecord(row);
      }
    },
  };
}

function* pages<T extends { n: number }>(read: (after: number) => T[]): Generator<T> {
  for (let after = 0; ;) {
    const rows = read(after);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < pageRows) return;
    after = last.n;
  }
}

function toRecord(row: JournalRow): JournalRecord {
  const { customer, seq, now, type, input, environment } = row;
  const event = row.source !== null && row.event_id !== null ? { source: row.source, id: row.event_id } : null;
  return { customer, seq, now, type, event, input, environment };
}
