import type { Database } from "better-sqlite3";
import type { Batch, CustomerCommit, DeferredInput, EventKey, JournalEntry, Outcome, Parked } from "../store.js";
import { StoreUnusable } from "../errors.js";
import type { outboxWrites } from "./outbox.js";

interface Head {
  id: number;
  seq: number;
  wake_at: number | null;
}

/** Writes a batch in one transaction. Each part is checked whole before any of it is written. */
export function committer(db: Database, seen: (event: EventKey) => boolean, outbox: ReturnType<typeof outboxWrites>) {
  const head = db.prepare<[string], Head>("SELECT id, seq, wake_at FROM customers WHERE customer = ?");
  const insert = db.prepare("INSERT INTO customers (customer, seq, wake_at) VALUES (?, 1, ?)");
  const update = db.prepare("UPDATE customers SET seq = ?, wake_at = ? WHERE id = ?");
  const hot = db.prepare(
    "INSERT INTO hot (id, bytes) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes",
  );
  const purchases = db.prepare(
    "INSERT INTO purchases (id, bytes) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes",
  );
  const dropWake = db.prepare("DELETE FROM wakes WHERE wake_at = ? AND id = ?");
  const addWake = db.prepare("INSERT INTO wakes (wake_at, id) VALUES (?, ?)");
  const park = db.prepare(`
    INSERT INTO parked (id, reason, since, tries) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, since = excluded.since, tries = excluded.tries`);
  const unpark = db.prepare("DELETE FROM parked WHERE id = ?");
  const defer = db.prepare("INSERT INTO deferred (id, source, event_id, type, input) VALUES (?, ?, ?, ?, ?)");
  const undefer = db.prepare(
    "DELETE FROM deferred WHERE n IN (SELECT n FROM deferred WHERE id = ? ORDER BY n LIMIT ?)",
  );
  const ownDeferred = db
    .prepare<[number, number, string, string], number>(
      `SELECT EXISTS (SELECT 1 FROM (SELECT source, event_id FROM deferred WHERE id = ? ORDER BY n LIMIT ?)
                      WHERE source = ? AND event_id = ?)`,
    )
    .pluck();
  const journal = db.prepare(`
    INSERT INTO journal (id, seq, now, environment, type, source, event_id, input) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const environmentNumber = db.prepare<[string], number>("SELECT n FROM environments WHERE hash = ?").pluck();
  const progress = db.prepare(`
    INSERT INTO imports (id, byte_offset, rows, refused, done) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
      byte_offset = excluded.byte_offset, rows = excluded.rows, refused = excluded.refused, done = excluded.done`);

  const environments = new Map<string, number>();

  const all = db.transaction((batch: Batch): Outcome[] => {
    const outcomes = batch.customers.map(part);
    const at = batch.progress;
    if (at && outcomes.every((outcome) => outcome === "stored"))
      progress.run(at.id, at.offset, at.rows, at.refused, at.done ? 1 : 0);
    return outcomes;
  });
  return (batch: Batch): Outcome[] => all.immediate(batch);

  function part(commit: CustomerCommit): Outcome {
    const now = head.get(commit.customer);
    if ((now?.seq ?? 0) !== commit.seq) return "conflict";
    if (anyKnown(commit, now)) return "conflict";
    if (!commit.settled.every(outbox.holds)) return "fenced";
    write(commit, now);
    return "stored";
  }

  /** An event this commit takes out of the deferred ones is known, and rightly so. */
  function anyKnown(commit: CustomerCommit, now: Head | undefined): boolean {
    const events = [...commit.entries, ...commit.defer].flatMap(({ event }) => (event ? [event] : []));
    return events.some((event) => seen(event) && !(now && isOwn(event, now.id, commit.undefer)));
  }

  function isOwn(event: EventKey, id: number, undeferred: number): boolean {
    return undeferred > 0 && ownDeferred.get(id, undeferred, event.source, event.id) === 1;
  }

  function write(commit: CustomerCommit, now: Head | undefined): void {
    const id = stamp(commit, now);
    if (commit.hot) hot.run(id, commit.hot);
    if (commit.purchases) purchases.run(id, commit.purchases);
    moveWake(id, now?.wake_at ?? null, commit.wakeAt);
    if (commit.undefer > 0) undefer.run(id, commit.undefer);
    for (const input of commit.defer) keep(id, input);
    setParked(id, commit.parked);
    for (const entry of commit.entries) record(id, commit.seq + 1, entry);
    for (const row of commit.outbox) outbox.add(id, row);
    for (const settlement of commit.settled) outbox.settle(settlement);
  }

  function stamp(commit: CustomerCommit, now: Head | undefined): number {
    if (!now) return Number(insert.run(commit.customer, commit.wakeAt).lastInsertRowid);
    update.run(commit.seq + 1, commit.wakeAt, now.id);
    return now.id;
  }

  function moveWake(id: number, from: number | null, to: number | null): void {
    if (from === to) return;
    if (from !== null) dropWake.run(from, id);
    if (to !== null) addWake.run(to, id);
  }

  function setParked(id: number, parked: Parked | null): void {
    if (parked) park.run(id, parked.reason, parked.since, parked.tries);
    else unpark.run(id);
  }

  function keep(id: number, { event, type, input }: DeferredInput): void {
    defer.run(id, event?.source ?? null, event?.id ?? null, type, input);
  }

  function record(id: number, seq: number, { now, environment, type, event, input }: JournalEntry): void {
    journal.run(id, seq, now, environmentOf(environment), type, event?.source ?? null, event?.id ?? null, input);
  }

  function environmentOf(hash: string): number {
    const known = environments.get(hash) ?? environmentNumber.get(hash);
    if (known === undefined)
      throw new StoreUnusable(`environment \`${hash}\` was never kept; call keepEnvironment first`);
    environments.set(hash, known);
    return known;
  }
}
