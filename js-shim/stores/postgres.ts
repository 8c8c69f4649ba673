import type { ImportProgress, Store } from "./store.js";
import { commit } from "./postgres/commit.js";
import * as customers from "./postgres/customers.js";
import { environment, keepEnvironment } from "./postgres/environments.js";
import { prune } from "./postgres/retention.js";
import * as outbox from "./postgres/outbox.js";
import * as people from "./postgres/people.js";
import * as reading from "./postgres/reading.js";
import { migrate } from "./postgres/schema.js";
import { session, type PostgresPool, type Query } from "./postgres/session.js";

export type { PostgresClient, PostgresPool } from "./postgres/session.js";

export interface PostgresOptions {
  /** A `pg.Pool`. Closed with the store. Tables are named `comeback_…` in its search path. */
  pool: PostgresPool;
}

/**
 * Many workers on one database: commits are optimistic by `seq`, outbox rows are spread by
 * `SKIP LOCKED`, and a worker that died loses its rows when their lease ends.
 *
 * ```ts
 * import pg from "pg";
 * const store = await postgresStore({ pool: new pg.Pool({ connectionString }) });
 * ```
 */
export async function postgresStore({ pool }: PostgresOptions): Promise<Store> {
  const on = session(pool);
  const { read, transaction } = on;
  await migrate(on);

  return {
    name: "postgres",
    load: (keys) => read((query) => customers.load(query, keys)),
    seen: (events) =>
      read(async (query) => {
        const known = await customers.known(query, events);
        return events.map((event) => known.has(customers.nameOf(event)));
      }),
    commit: (batch) => transaction((query) => commit(query, batch)),
    deferred: (customer, limit) => read((query) => customers.deferred(query, customer, limit)),
    parked: (limit) => read((query) => customers.parked(query, limit)),
    customers: ({ after = "", limit }) => read((query) => customers.page(query, after, limit)),
    due: (now, limit) => read((query) => customers.due(query, now, limit)),
    nextWake: () => read(customers.nextWake),
    lease: (request) => transaction((query) => outbox.lease(query, request)),
    takeOver: (request) => transaction((query) => outbox.takeOver(query, request)),
    begin: (claims, until) => transaction((query) => outbox.begin(query, claims, until)),
    postpone: (rows) => transaction((query) => outbox.postpone(query, rows)),
    nextDelivery: (lane) => read((query) => outbox.nextDelivery(query, lane)),
    nextLeaseEnd: () => read(outbox.nextLeaseEnd),
    keepEnvironment: (kept, at) => transaction((query) => keepEnvironment(query, kept, at)),
    environment: (hash) => read((query) => environment(query, hash)),
    prune: (before, limit) => transaction((query) => prune(query, before, limit)),
    suppress: (contact) => read((query) => people.suppress(query, contact)),
    suppressed: (hashes) => read((query) => people.suppressed(query, hashes)),
    logLink: (fetched) => read((query) => people.logLink(query, fetched)),
    importProgress: (id) => read((query) => importProgress(query, id)),
    effect: (id) => read((query) => reading.effect(query, id)),
    ledger: (query) => reading.ledger(on, query),
    journal: (query) => reading.journal(on, query),
    erase: (customer, keep) => transaction((query) => people.erase(query, customer, keep)),
    meta: (name) => read((query) => meta(query, name)),
    metaOnce: (name, value) =>
      transaction(async (query) => {
        await query("INSERT INTO comeback_meta VALUES ($1, $2) ON CONFLICT DO NOTHING", [name, value]);
        return (await meta(query, name))!;
      }),
    metaSet: (name, value) =>
      transaction(async (query) => {
        const set = "INSERT INTO comeback_meta VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        await query(set, [name, value]);
      }),
    close: () => pool.end(),
  };
}

async function meta(query: Query, name: string): Promise<string | null> {
  const [row] = await query<{ value: string }>("SELECT value FROM comeback_meta WHERE name = $1", [name]);
  return row?.value ?? null;
}

async function importProgress(query: Query, id: string): Promise<ImportProgress | null> {
  const [row] = await query<ImportProgress>(
    `SELECT id, byte_offset::float8 AS offset, rows::float8, refused::float8, done FROM comeback_imports WHERE id = $1`,
    [id],
  );
  return row ?? null;
}
