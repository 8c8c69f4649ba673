import type { Database } from "better-sqlite3";
import type { LinkFetch, Suppression } from "../store.js";

/** Everything keyed by a customer's row id, and erased with it. */
const personalTables = ["hot", "purchases", "wakes", "parked", "deferred", "journal", "link_log", "outbox"];

/** Suppressions, fetched links and erasure. */
export function people(db: Database) {
  const suppress = db.prepare(
    "INSERT INTO suppressions (hash, at, reason) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING",
  );
  const suppressed = db.prepare<[string], number>("SELECT 1 FROM suppressions WHERE hash = ?").pluck();
  const idOf = db.prepare<[string], number>("SELECT id FROM customers WHERE customer = ?").pluck();
  const logLink = db.prepare("INSERT INTO link_log (at, id, purpose, method, agent) VALUES (?, ?, ?, ?, ?)");
  const contents = db.prepare("DELETE FROM outbox_content WHERE n IN (SELECT n FROM outbox WHERE id = ?)");
  const rows = personalTables.map((table) => db.prepare<[number]>(`DELETE FROM ${table} WHERE id = ?`));
  const customer = db.prepare<[number]>("DELETE FROM customers WHERE id = ?");

  const add = ({ hash, at, reason }: Suppression): void => void suppress.run(hash, at, reason);

  const erase = db.transaction((name: string, keep: readonly Suppression[]): number => {
    for (const suppression of keep) add(suppression);
    const id = idOf.get(name);
    if (id === undefined) return 0;
    return [contents, ...rows, customer].reduce((count, statement) => count + statement.run(id).changes, 0);
  });

  return {
    suppress: add,
    suppressed: (hash: string): boolean => suppressed.get(hash) === 1,
    logLink: ({ at, customer: who, purpose, method, agent }: LinkFetch): void =>
      void logLink.run(at, idOf.get(who) ?? null, purpose, method, agent),
    erase(name: string, keep: readonly Suppression[]): number {
      // Freed pages are overwritten, so that no one can be read back from the file.
      db.pragma("secure_delete = ON");
      const removed = erase.immediate(name, keep);
      db.pragma("secure_delete = OFF");
      // The write-ahead log still holds the rows as they were.
      db.pragma("wal_checkpoint(TRUNCATE)");
      return removed;
    },
  };
}
