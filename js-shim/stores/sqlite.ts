import type { ImportProgress, Store } from "./store.js";
import { committer } from "./sqlite/commit.js";
import { customerReads } from "./sqlite/customers.js";
import { environments } from "./sqlite/environments.js";
import { guarded } from "./sqlite/failures.js";
import { histories } from "./sqlite/reading.js";
import { open, type SqliteOptions } from "./sqlite/open.js";
import { outboxLeases, outboxWrites } from "./sqlite/outbox.js";
import { people } from "./sqlite/people.js";
import { retention } from "./sqlite/retention.js";

export type { SqliteOptions } from "./sqlite/open.js";

/**
 * One shop on one machine: a file, no service to start.
 *
 * WAL with full sync: what was acknowledged survives a power cut. One process writes; others may
 * read, and a second writer waits `busyTimeoutMs` before it gets `StoreUnavailable`.
 *
 * ```ts
 * const store = sqliteStore({ path: "comeback.sqlite" });
 * ```
 */
export function sqliteStore(options: SqliteOptions): Store {
  const db = open(options);
  const customers = customerReads(db);
  const leases = outboxLeases(db);
  const commit = committer(db, customers.seen, outboxWrites(db));
  const blobs = environments(db);
  const persons = people(db);
  const prune = retention(db);
  const { effect, ledger, journal } = histories(db);
  const imports = importReads(db);
  const meta = metaReads(db);

  return {
    name: "sqlite",
    load: async (keys) => guarded(() => keys.map(customers.load)),
    seen: async (events) => guarded(() => events.map(customers.seen)),
    commit: async (batch) => guarded(() => commit(batch)),
    deferred: async (customer, limit) => guarded(() => customers.deferred(customer, limit)),
    parked: async (limit) => guarded(() => customers.parked(limit)),
    customers: async ({ after = "", limit }) => guarded(() => customers.page(after, limit)),
    due: async (now, limit) => guarded(() => customers.due(now, limit)),
    nextWake: async () => guarded(customers.nextWake),
    lease: async (request) => guarded(() => leases.lease(request)),
    takeOver: async (request) => guarded(() => leases.takeOver(request)),
    begin: async (claims, until) => guarded(() => leases.begin(claims, until)),
    postpone: async (rows) => guarded(() => leases.postpone(rows)),
    nextDelivery: async (lane) => guarded(() => leases.nextDelivery(lane)),
    nextLeaseEnd: async () => guarded(leases.nextLeaseEnd),
    keepEnvironment: async (environment, at) => guarded(() => blobs.keep(environment, at)),
    environment: async (hash) => guarded(() => blobs.find(hash)),
    prune: async (before, limit) => guarded(() => prune(before, limit)),
    suppress: async (contact) => guarded(() => persons.suppress(contact)),
    suppressed: async (hashes) => guarded(() => hashes.map(persons.suppressed)),
    logLink: async (fetched) => guarded(() => persons.logLink(fetched)),
    importProgress: async (id) => guarded(() => imports(id)),
    effect: async (id) => guarded(() => effect(id)),
    ledger,
    journal,
    erase: async (customer, keep) => guarded(() => persons.erase(customer, keep)),
    meta: async (name) => guarded(() => meta.get(name)),
    metaOnce: async (name, value) => guarded(() => meta.once(name, value)),
    metaSet: async (name, value) => guarded(() => meta.set(name, value)),
    close: async () => void db.close(),
  };
}

type Db = ReturnType<typeof open>;

function importReads(db: Db) {
  const one = db.prepare<[string], Omit<ImportProgress, "done"> & { done: number }>(
    "SELECT id, byte_offset AS offset, rows, refused, done FROM imports WHERE id = ?",
  );
  return (id: string): ImportProgress | null => {
    const row = one.get(id);
    return row ? { ...row, done: row.done === 1 } : null;
  };
}

function metaReads(db: Db) {
  const read = db.prepare<[string], string>("SELECT value FROM meta WHERE name = ?").pluck();
  const add = db.prepare("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING");
  const set = db.prepare(
    "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  return {
    get: (name: string): string | null => read.get(name) ?? null,
    set: (name: string, value: string): void => void set.run(name, value),
    once(name: string, value: string): string {
      add.run(name, value);
      return read.get(name)!;
    },
  };
}
