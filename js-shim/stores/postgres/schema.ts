import { StoreUnusable } from "../errors.js";
import type { Session } from "./session.js";

/** Forward-only, as in the SQLite store: entry n takes version n to n + 1. */
const migrations = [
  `
  CREATE TABLE comeback_meta (name text PRIMARY KEY, value text NOT NULL);

  CREATE TABLE comeback_customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer text COLLATE "C" NOT NULL UNIQUE,
    seq bigint NOT NULL,
    wake_at bigint
  );
  CREATE INDEX comeback_wakes ON comeback_customers (wake_at, id) WHERE wake_at IS NOT NULL;
  CREATE TABLE comeback_hot (id bigint PRIMARY KEY, bytes bytea NOT NULL);
  CREATE TABLE comeback_purchases (id bigint PRIMARY KEY, bytes bytea NOT NULL);

  CREATE TABLE comeback_parked (id bigint PRIMARY KEY, reason text NOT NULL, since bigint NOT NULL, tries int NOT NULL);
  CREATE TABLE comeback_deferred (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bigint NOT NULL, source text, event_id text, type text, input bytea NOT NULL
  );
  CREATE INDEX comeback_deferred_customer ON comeback_deferred (id, n);
  CREATE UNIQUE INDEX comeback_deferred_event ON comeback_deferred (source, event_id) WHERE event_id IS NOT NULL;

  CREATE TABLE comeback_blobs (hash text PRIMARY KEY, bytes bytea NOT NULL);
  CREATE TABLE comeback_environments (hash text PRIMARY KEY, program text NOT NULL, model text, catalogue text NOT NULL);

  CREATE TABLE comeback_journal (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bigint NOT NULL, seq bigint NOT NULL, now bigint NOT NULL, environment text NOT NULL,
    type text, source text, event_id text, input bytea NOT NULL
  );
  CREATE UNIQUE INDEX comeback_journal_event ON comeback_journal (source, event_id) WHERE event_id IS NOT NULL;
  CREATE INDEX comeback_journal_customer ON comeback_journal (id, n);

  CREATE TABLE comeback_outbox (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    effect text NOT NULL UNIQUE,
    id bigint NOT NULL, kind text NOT NULL, lane text NOT NULL, state text NOT NULL, attempts int NOT NULL,
    next_at bigint NOT NULL, not_after bigint, lease_until bigint, token bigint NOT NULL,
    created_at bigint NOT NULL, settled_at bigint, reason text
  );
  CREATE TABLE comeback_outbox_content (n bigint PRIMARY KEY, body text NOT NULL, payload bytea);
  CREATE INDEX comeback_outbox_customer ON comeback_outbox (id);
  CREATE INDEX comeback_outbox_pending ON comeback_outbox (lane, next_at, n) WHERE state = 'pending';
  CREATE INDEX comeback_outbox_leased ON comeback_outbox (lease_until, n) WHERE state IN ('leased', 'sending');

  CREATE TABLE comeback_suppressions (hash text PRIMARY KEY, at bigint NOT NULL, reason text NOT NULL);
  CREATE TABLE comeback_link_log (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at bigint NOT NULL, id bigint, purpose text NOT NULL, method text NOT NULL, agent text NOT NULL
  );
  CREATE INDEX comeback_link_log_customer ON comeback_link_log (id);
  CREATE TABLE comeback_imports (
    id text PRIMARY KEY, byte_offset bigint NOT NULL, rows bigint NOT NULL, refused bigint NOT NULL, done boolean NOT NULL
  );
  `,
  `
  CREATE INDEX comeback_journal_browsing ON comeback_journal (now) WHERE type IN
    ('product.viewed', 'category.viewed', 'manufacturer.viewed', 'page.visited', 'search.performed', 'banner.shown');
  ALTER TABLE comeback_environments ADD COLUMN kept_at bigint NOT NULL DEFAULT 0;
  `,
];

/** Any number: the same for every Comeback, so that two that start together migrate one after the other. */
const migrationLock = 434_342_411;

/** Brings the schema to this release's version, or says why it can't. Workers that start together wait. */
export function migrate({ transaction }: Session): Promise<void> {
  return transaction(async (query) => {
    await query("SELECT pg_advisory_xact_lock($1)", [migrationLock]);
    await query("CREATE TABLE IF NOT EXISTS comeback_schema (version int NOT NULL)");
    const [found] = await query<{ version: number }>("SELECT version FROM comeback_schema");
    const version = found?.version ?? 0;
    if (version > migrations.length) {
      throw new StoreUnusable(
        `database has schema version ${version}, this release knows ${migrations.length}; ` +
          `use the release that wrote it, or a newer one`,
      );
    }
    if (version === migrations.length) return;
    for (const sql of migrations.slice(version)) await query(sql);
    await query("DELETE FROM comeback_schema");
    await query("INSERT INTO comeback_schema VALUES ($1)", [migrations.length]);
  });
}
