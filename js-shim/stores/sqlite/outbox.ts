import type { Database } from "better-sqlite3";
import type {
  Claim,
  LeaseRequest,
  NewOutboxRow,
  OutboxRow,
  OutboxState,
  Postponement,
  Settlement,
  TakeOverRequest,
} from "../store.js";

interface Row {
  n: number;
  effect: string;
  customer: string;
  kind: string;
  lane: string;
  state: OutboxState;
  attempts: number;
  next_at: number;
  not_after: number | null;
  token: number;
  created_at: number;
  settled_at: number | null;
  reason: string | null;
  body: string;
  payload: Uint8Array | null;
}

/** Columns of a whole row; `payload` is named by each query, since listings go without it. */
export const outboxColumns = `
  o.n, o.effect, c.customer, o.kind, o.lane, o.state, o.attempts, o.next_at, o.not_after, o.token,
  o.created_at, o.settled_at, o.reason, t.body`;
export const outboxTables = "outbox o JOIN customers c ON c.id = o.id JOIN outbox_content t ON t.n = o.n";

const settledStates = new Set<OutboxState>(["sent", "failed", "uncertain", "dropped"]);

/** Taking rows, giving them back, and asking when the next one is due. */
export function outboxLeases(db: Database) {
  const pending = db.prepare<[string, number, number], Row>(`
    SELECT ${outboxColumns}, t.payload FROM ${outboxTables}
    WHERE o.state = 'pending' AND o.lane = ? AND o.next_at <= ? ORDER BY o.next_at, o.n LIMIT ?`);
  const abandoned = db.prepare<[number, number], Row>(`
    SELECT ${outboxColumns}, t.payload FROM ${outboxTables}
    WHERE o.state IN ('leased', 'sending') AND o.lease_until <= ? ORDER BY o.lease_until, o.n LIMIT ?`);
  // A row in `sending` stays so: whoever takes it over may die too before it says that nobody knows.
  const take = db.prepare(`
    UPDATE outbox SET state = iif(state = 'sending', 'sending', 'leased'), token = token + 1, lease_until = ?
    WHERE n = ?`);
  const begin = db.prepare(
    "UPDATE outbox SET state = 'sending', lease_until = ? WHERE effect = ? AND token = ? AND state IN ('leased', 'sending')",
  );
  const postpone = db.prepare(`
    UPDATE outbox SET state = 'pending', next_at = ?, attempts = ?, reason = ?, lease_until = NULL
    WHERE effect = ? AND token = ? AND state IN ('leased', 'sending')`);
  const next = db
    .prepare<[string], number>(
      "SELECT next_at FROM outbox WHERE state = 'pending' AND lane = ? ORDER BY next_at LIMIT 1",
    )
    .pluck();
  const nextEnd = db
    .prepare<[], number>(
      "SELECT lease_until FROM outbox WHERE state IN ('leased', 'sending') ORDER BY lease_until LIMIT 1",
    )
    .pluck();

  const taken = (rows: Row[], until: number): OutboxRow[] =>
    rows.map((row) => {
      take.run(until, row.n);
      return toRow({ ...row, token: row.token + 1 });
    });

  return {
    lease: db.transaction(({ lane, now, until, limit }: LeaseRequest) => taken(pending.all(lane, now, limit), until))
      .immediate,
    takeOver: db.transaction(({ now, until, limit, except }: TakeOverRequest) => {
      const lost = abandoned.all(now, limit + except.size).filter(({ effect }) => !except.has(effect));
      return taken(lost.slice(0, limit), until);
    }).immediate,
    begin: db.transaction((claims: readonly Claim[], until: number) =>
      claims.map(({ effect, token }) => begin.run(until, effect, token).changes === 1),
    ).immediate,
    postpone: db.transaction((rows: readonly Postponement[]) => {
      for (const row of rows) postpone.run(row.nextAt, row.attempts, row.reason, row.effect, row.token);
    }).immediate,
    nextDelivery: (lane: string): number | null => next.get(lane) ?? null,
    nextLeaseEnd: (): number | null => nextEnd.get() ?? null,
  };
}

/** Adding and settling rows, inside the transaction of a commit. */
export function outboxWrites(db: Database) {
  const insert = db.prepare(`
    INSERT INTO outbox (effect, id, kind, lane, state, attempts, next_at, not_after, token, created_at, settled_at, reason)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?) ON CONFLICT (effect) DO NOTHING`);
  const content = db.prepare("INSERT INTO outbox_content (n, body, payload) VALUES (?, ?, ?)");
  const holds = db
    .prepare<[string, number], number>(
      "SELECT 1 FROM outbox WHERE effect = ? AND token = ? AND state IN ('leased', 'sending')",
    )
    .pluck();
  const settle = db.prepare<[string, string | null, number, string]>(
    "UPDATE outbox SET state = ?, reason = ?, settled_at = ?, lease_until = NULL WHERE effect = ?",
  );
  // An uncertain message keeps its bytes: a person may decide to send it again.
  const forget = db.prepare(
    "UPDATE outbox_content SET payload = NULL WHERE n = (SELECT n FROM outbox WHERE effect = ?)",
  );

  return {
    add(id: number, row: NewOutboxRow): void {
      const settledAt = settledStates.has(row.state) ? row.createdAt : null;
      const { effect, kind, lane, state, attempts, nextAt, notAfter, createdAt, reason } = row;
      const { changes, lastInsertRowid } = insert.run(
        effect, id, kind, lane, state, attempts, nextAt, notAfter, createdAt, settledAt, reason,
      ); // prettier-ignore
      if (changes === 1) content.run(lastInsertRowid, row.body, row.payload);
    },
    holds: ({ effect, token }: Claim): boolean => holds.get(effect, token) === 1,
    settle({ effect, state, reason, at }: Settlement): void {
      settle.run(state, reason, at, effect);
      if (state !== "uncertain") forget.run(effect);
    },
  };
}

export function toRow(row: Row): OutboxRow {
  return {
    effect: row.effect,
    customer: row.customer,
    kind: row.kind,
    lane: row.lane,
    state: row.state,
    attempts: row.attempts,
    nextAt: row.next_at,
    notAfter: row.not_after,
    body: row.body,
    payload: row.payload,
    reason: row.reason,
    token: row.token,
    createdAt: row.created_at,
    settledAt: row.settled_at,
  };
}
