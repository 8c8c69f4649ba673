import type { Database } from "better-sqlite3";
import { StoreUnusable } from "../errors.js";

/** Marks the file as ours (`CMBK`), so that another program's database is not written into. */
const applicationId = 0x434d_424b;

/**
 * Forward-only: entry n takes a file of version n to n + 1. Old entries are never edited.
 *
 * The hot rows are small and apart from the blobs: a wake or an outbox row changes state several
 * times, and SQLite rewrites a whole row for each change.
 */
const migrations = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    customer TEXT NOT NULL UNIQUE,
    seq INTEGER NOT NULL,
    wake_at INTEGER
  );
  CREATE TABLE hot (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE purchases (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE wakes (wake_at INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (wake_at, id)) WITHOUT ROWID;

  CREATE TABLE parked (id INTEGER PRIMARY KEY, reason TEXT NOT NULL, since INTEGER NOT NULL, tries INTEGER NOT NULL);
  CREATE TABLE deferred (
    n INTEGER PRIMARY KEY,
    id INTEGER NOT NULL,
    source TEXT,
    event_id TEXT,
    type TEXT,
    input BLOB NOT NULL
  );
  CREATE INDEX deferred_customer ON deferred (id, n);
  CREATE UNIQUE INDEX deferred_event ON deferred (source, event_id) WHERE event_id IS NOT NULL;

  CREATE TABLE blobs (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE environments (
    n INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    program TEXT NOT NULL,
    model TEXT,
    catalogue TEXT NOT NULL
  );

  CREATE TABLE journal (
    n INTEGER PRIMARY KEY,
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    now INTEGER NOT NULL,
    environment INTEGER NOT NULL,
    type TEXT,
    source TEXT,
    event_id TEXT,
    input BLOB NOT NULL
  );
  CREATE UNIQUE INDEX journal_event ON journal (source, event_id) WHERE event_id IS NOT NULL;
  CREATE INDEX journal_customer ON journal (id, n);

  CREATE TABLE outbox (
    n INTEGER PRIMARY KEY,
    effect TEXT NOT NULL UNIQUE,
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    not_after INTEGER,
    lease_until INTEGER,
    token INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    settled_at INTEGER,
    reason TEXT
  );
  CREATE TABLE outbox_content (n INTEGER PRIMARY KEY, body TEXT NOT NULL, payload BLOB);
  CREATE INDEX outbox_customer ON outbox (id);
  CREATE INDEX outbox_pending ON outbox (lane, next_at, n) WHERE state = 'pending';
  CREATE INDEX outbox_leased ON outbox (lease_until, n) WHERE state IN ('leased', 'sending');

  CREATE TABLE suppressions (hash TEXT PRIMARY KEY, at INTEGER NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE link_log (
    n INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    id INTEGER,
    purpose TEXT NOT NULL,
    method TEXT NOT NULL,
    agent TEXT NOT NULL
  );
  CREATE INDEX link_log_customer ON link_log (id);
  CREATE TABLE imports (
    id TEXT PRIMARY KEY,
    byte_offset INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    done INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  // Browsing is forgotten sooner than the rest, and environments once they were replaced long ago.
  `
  CREATE INDEX journal_browsing ON journal (now) WHERE type IN
    ('product.viewed', 'category.viewed', 'manufacturer.viewed', 'page.visited', 'search.performed', 'banner.shown');
  ALTER TABLE environments ADD COLUMN kept_at INTEGER NOT NULL DEFAULT 0;
  `,
];

/** Version of the files this release writes. */
export const schemaVersion = migrations.length;

/** Brings the file to this release's version, or says why it can't. */
export function migrate(db: Database): void {
  const version = db.pragma("user_version", { simple: true }) as number;
  refuseForeign(db, version);
  if (version > schemaVersion) {
    throw new StoreUnusable(
      `database has schema version ${version}, this release knows ${schemaVersion}; ` +
        `use the release that wrote it, or a newer one`,
    );
  }
  if (version < schemaVersion) db.transaction(() => apply(db, version)).immediate();
}

function apply(db: Database, version: number): void {
  for (const sql of migrations.slice(version)) db.exec(sql);
  db.pragma(`application_id = ${applicationId}`);
  db.pragma(`user_version = ${schemaVersion}`);
}

function refuseForeign(db: Database, version: number): void {
  const id = db.pragma("application_id", { simple: true }) as number;
  const tables = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() as number;
  if (id !== applicationId && (version > 0 || tables > 0)) {
    throw new StoreUnusable("this SQLite file belongs to another program; name a file of Comeback's own");
  }
}
