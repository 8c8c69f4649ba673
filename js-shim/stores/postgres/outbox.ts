import type {
  Claim,
  LeaseRequest,
  NewOutboxRow,
  OutboxRow,
  Postponement,
  Settlement,
  TakeOverRequest,
} from "../store.js";
import type { Query } from "./session.js";

/** Columns of a whole row under the names of `OutboxRow`; `payload` is named by each query. */
export const rowColumns = `
  o.effect, c.customer, o.kind, o.lane, o.attempts, o.next_at::float8 AS "nextAt",
  o.not_after::float8 AS "notAfter", t.body, o.reason, o.token::float8, o.created_at::float8 AS "createdAt",
  o.settled_at::float8 AS "settledAt"`;
export const rowTables =
  "comeback_outbox o JOIN comeback_customers c ON c.id = o.id JOIN comeback_outbox_content t ON t.n = o.n";

const unsettled = "state IN ('leased', 'sending')";

/** Rows that another worker is taking at this moment are passed over, not waited for. */
export function lease(query: Query, { lane, now, until, limit }: LeaseRequest): Promise<OutboxRow[]> {
  return take(
    query,
    `SELECT n, state FROM comeback_outbox WHERE state = 'pending' AND lane = $2 AND next_at <= $3
     ORDER BY next_at, n LIMIT $4 FOR UPDATE SKIP LOCKED`,
    [until, lane, now, limit],
  );
}

export function takeOver(query: Query, { now, until, limit, except }: TakeOverRequest): Promise<OutboxRow[]> {
  return take(
    query,
    `SELECT n, state FROM comeback_outbox WHERE ${unsettled} AND lease_until <= $2 AND effect <> ALL($3)
     ORDER BY lease_until, n LIMIT $4 FOR UPDATE SKIP LOCKED`,
    [until, now, [...except], limit],
  );
}

/** A row in `sending` stays so: whoever takes it over may die too before it says that nobody knows. */
async function take(query: Query, chosen: string, values: unknown[]): Promise<OutboxRow[]> {
  const rows = await query<OutboxRow>(
    `WITH chosen AS MATERIALIZED (${chosen}),
          taken AS (UPDATE comeback_outbox o
                    SET state = CASE chosen.state WHEN 'sending' THEN 'sending' ELSE 'leased' END,
                        token = o.token + 1, lease_until = $1
                    FROM chosen WHERE o.n = chosen.n RETURNING o.*, chosen.state AS was)
     SELECT ${rowColumns}, o.was AS state, t.payload
     FROM taken o JOIN comeback_customers c ON c.id = o.id JOIN comeback_outbox_content t ON t.n = o.n
     ORDER BY o.next_at, o.n`,
    values,
  );
  return rows;
}

export async function begin(query: Query, claims: readonly Claim[], until: number): Promise<boolean[]> {
  const rows = await query<{ effect: string }>(
    `UPDATE comeback_outbox o SET state = 'sending', lease_until = $3
     FROM unnest($1::text[], $2::bigint[]) AS k (effect, token)
     WHERE o.effect = k.effect AND o.token = k.token AND o.${unsettled} RETURNING o.effect`,
    [claims.map(({ effect }) => effect), claims.map(({ token }) => token), until],
  );
  const held = new Set(rows.map(({ effect }) => effect));
  return claims.map(({ effect }) => held.has(effect));
}

export async function postpone(query: Query, rows: readonly Postponement[]): Promise<void> {
  for (const { effect, token, nextAt, attempts, reason } of rows) {
    await query(
      `UPDATE comeback_outbox SET state = 'pending', next_at = $3, attempts = $4, reason = $5, lease_until = NULL
       WHERE effect = $1 AND token = $2 AND ${unsettled}`,
      [effect, token, nextAt, attempts, reason],
    );
  }
}

export async function nextDelivery(query: Query, lane: string): Promise<number | null> {
  const [row] = await query<{ at: number }>(
    `SELECT next_at::float8 AS at FROM comeback_outbox WHERE state = 'pending' AND lane = $1 ORDER BY next_at LIMIT 1`,
    [lane],
  );
  return row?.at ?? null;
}

export async function nextLeaseEnd(query: Query): Promise<number | null> {
  const [row] = await query<{ at: number }>(
    `SELECT lease_until::float8 AS at FROM comeback_outbox WHERE ${unsettled} ORDER BY lease_until LIMIT 1`,
  );
  return row?.at ?? null;
}

export async function holdsAll(query: Query, claims: readonly Claim[]): Promise<boolean> {
  for (const { effect, token } of claims) {
    const rows = await query(
      `SELECT 1 FROM comeback_outbox WHERE effect = $1 AND token = $2 AND ${unsettled} FOR UPDATE`,
      [effect, token],
    );
    if (rows.length === 0) return false;
  }
  return true;
}

export async function insertRows(query: Query, rows: readonly { id: number; row: NewOutboxRow }[]): Promise<void> {
  for (const { id, row } of rows) {
    const settledAt = row.state === "pending" ? null : row.createdAt;
    await query(
      `WITH added AS (
         INSERT INTO comeback_outbox
           (effect, id, kind, lane, state, attempts, next_at, not_after, token, created_at, settled_at, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11) ON CONFLICT (effect) DO NOTHING RETURNING n)
       INSERT INTO comeback_outbox_content (n, body, payload) SELECT n, $12, $13 FROM added`,
      [
        ...[row.effect, id, row.kind, row.lane, row.state, row.attempts, row.nextAt, row.notAfter],
        ...[row.createdAt, settledAt, row.reason, row.body, row.payload ? Buffer.from(row.payload) : null],
      ],
    );
  }
}

export async function settleRows(query: Query, settled: readonly Settlement[]): Promise<void> {
  for (const { effect, state, reason, at } of settled) {
    // An uncertain message keeps its bytes: a person may decide to send it again.
    await query(
      `WITH done AS (UPDATE comeback_outbox SET state = $2, reason = $3, settled_at = $4, lease_until = NULL
                     WHERE effect = $1 RETURNING n)
       UPDATE comeback_outbox_content t SET payload = CASE WHEN $2 = 'uncertain' THEN t.payload END
       FROM done WHERE t.n = done.n`,
      [effect, state, reason, at],
    );
  }
}
