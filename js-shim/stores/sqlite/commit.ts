import type { Database } from "better-sqlite3";
import type {
  Batch,
  CustomerCommit,
  DeferredInput,
  EventKey,
  ImportProgress,
  JournalEntry,
  Outcome,
  Parked,
} from "../store.js";
import { StoreUnusable } from "../errors.js";
import type { outboxWrites } from "./outbox.js";

interface Head {
  id: number;
  seq: number;
  wake_at: number | null;
}

/** Writes a batch in one transaction. Each part is checked whole before any of it is written. */
export function committer(db: Database, seen: (event: EventKey) => boolean, outbox: OutboxWrites) {
  const writer = new Writer(db, seen, outbox);
  const all = db.transaction((batch: Batch): Outcome[] => {
    const outcomes = batch.customers.map((part) => writer.part(part));
    if (batch.progress && outcomes.every((outcome) => outcome === "stored")) writer.progress(batch.progress);
    return outcomes;
  });
  return (batch: Batch): Outcome[] => all.immediate(batch);
}

type OutboxWrites = ReturnType<typeof outboxWrites>;

/** One part after another, inside a transaction. */
class Writer {
  readonly #sql: ReturnType<typeof statements>;
  /** Row numbers of environments by hash; they never change. */
  readonly #environments = new Map<string, number>();

  constructor(
    db: Database,
    private readonly seen: (event: EventKey) => boolean,
    private readonly outbox: OutboxWrites,
  ) {
    this.#sql = statements(db);
  }

  part(commit: CustomerCommit): Outcome {
    const now = this.#sql.head.get(commit.customer);
    if ((now?.seq ?? 0) !== commit.seq) return "conflict";
    if (this.#anyKnown(commit, now)) return "conflict";
    if (!commit.settled.every(this.outbox.holds)) return "fenced";
    this.#write(commit, now);
    return "stored";
  }

  progress({ id, offset, rows, refused, done }: ImportProgress): void {
    this.#sql.progress.run(id, offset, rows, refused, done ? 1 : 0);
  }

  /** An event this commit takes out of the deferred ones is known, and rightly so. */
  #anyKnown(commit: CustomerCommit, now: Head | undefined): boolean {
    const events = [...commit.entries, ...commit.defer].flatMap(({ event }) => (event ? [event] : []));
    return events.some((event) => this.seen(event) && !(now && this.#isOwn(event, now.id, commit.undefer)));
  }

  #isOwn(event: EventKey, id: number, undeferred: number): boolean {
    return undeferred > 0 && this.#sql.ownDeferred.get(id, undeferred, event.source, event.id) === 1;
  }

  #write(commit: CustomerCommit, now: Head | undefined): void {
    const id = this.#stamp(commit, now);
    if (commit.hot) this.#sql.hot.run(id, commit.hot);
    if (commit.purchases) this.#sql.purchases.run(id, commit.purchases);
    this.#moveWake(id, now?.wake_at ?? null, commit.wakeAt);
    if (commit.undefer > 0) this.#sql.undefer.run(id, commit.undefer);
    for (const input of commit.defer) this.#defer(id, input);
    this.#setParked(id, commit.parked);
    for (const entry of commit.entries) this.#record(id, commit.seq + 1, entry);
    for (const row of commit.outbox) this.outbox.add(id, row);
    for (const settlement of commit.settled) this.outbox.settle(settlement);
  }

  #stamp(commit: CustomerCommit, now: Head | undefined): number {
    if (!now) return Number(this.#sql.insert.run(commit.customer, commit.wakeAt).lastInsertRowid);
    this.#sql.update.run(commit.seq + 1, commit.wakeAt, now.id);
    return now.id;
  }

  #moveWake(id: number, from: number | null, to: number | null): void {
    if (from === to) return;
    if (from !== null) this.#sql.dropWake.run(from, id);
    if (to !== null) this.#sql.addWake.run(to, id);
  }

  #setParked(id: number, parked: Parked | null): void {
    if (parked) this.#sql.park.run(id, parked.reason, parked.since, parked.tries);
    else this.#sql.unpark.run(id);
  }

  #defer(id: number, { event, type, input }: DeferredInput): void {
    this.#sql.defer.run(id, event?.source ?? null, event?.id ?? null, type, input);
  }

  #record(id: number, seq: number, { now, environment, type, event, input }: JournalEntry): void {
    const number = this.#environmentOf(environment);
    this.#sql.journal.run(id, seq, now, number, type, event?.source ?? null, event?.id ?? null, input);
  }

  #environmentOf(hash: string): number {
    const known = this.#environments.get(hash) ?? this.#sql.environment.get(hash);
    if (known === undefined)
      throw new StoreUnusable(`environment \`${hash}\` was never kept; call keepEnvironment first`);
    this.#environments.set(hash, known);
    return known;
  }
}

function statements(db: Database) {
  const upsert = (table: "hot" | "purchases") =>
    db.prepare(`INSERT INTO ${table} (id, bytes) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes`);
  return {
    head: db.prepare<[string], Head>("SELECT id, seq, wake_at FROM customers WHERE customer = ?"),
    insert: db.prepare("INSERT INTO customers (customer, seq, wake_at) VALUES (?, 1, ?)"),
    update: db.prepare("UPDATE customers SET seq = ?, wake_at = ? WHERE id = ?"),
    hot: upsert("hot"),
    purchases: upsert("purchases"),
    dropWake: db.prepare("DELETE FROM wakes WHERE wake_at = ? AND id = ?"),
    addWake: db.prepare("INSERT INTO wakes (wake_at, id) VALUES (?, ?)"),
    park: db.prepare(`
      INSERT INTO parked (id, reason, since, tries) VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, since = excluded.since, tries = excluded.tries`),
    unpark: db.prepare("DELETE FROM parked WHERE id = ?"),
    defer: db.prepare("INSERT INTO deferred (id, source, event_id, type, input) VALUES (?, ?, ?, ?, ?)"),
    undefer: db.prepare("DELETE FROM deferred WHERE n IN (SELECT n FROM deferred WHERE id = ? ORDER BY n LIMIT ?)"),
    ownDeferred: db
      .prepare<[number, number, string, string], number>(
        `SELECT EXISTS (SELECT 1 FROM (SELECT source, event_id FROM deferred WHERE id = ? ORDER BY n LIMIT ?)
                        WHERE source = ? AND event_id = ?)`,
      )
      .pluck(),
    journal: db.prepare(`
      INSERT INTO journal (id, seq, now, environment, type, source, event_id, input) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
    environment: db.prepare<[string], number>("SELECT n FROM environments WHERE hash = ?").pluck(),
    progress: db.prepare(`
      INSERT INTO imports (id, byte_offset, rows, refused, done) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET
        byte_offset = excluded.byte_offset, rows = excluded.rows, refused = excluded.refused, done = excluded.done`),
  };
}
