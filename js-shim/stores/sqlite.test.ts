import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import BetterSqlite3 from "better-sqlite3";
import { storeConformance } from "./conformance.js";
import { sqliteStore } from "./sqlite.js";

const folder = mkdtempSync(join(tmpdir(), "comeback-sqlite-"));
let files = 0;
const freshPath = (): string => join(folder, `${++files}.sqlite`);
after(() => rmSync(folder, { recursive: true }));

storeConformance("sqlite", async () => {
  const path = freshPath();
  let store = sqliteStore({ path });
  return {
    store,
    reopen: async () => {
      await store.close();
      return (store = sqliteStore({ path }));
    },
    dispose: () => store.close(),
  };
});

describe("a SQLite file", () => {
  it("is in WAL with full sync", async () => {
    const path = freshPath();
    const store = sqliteStore({ path });
    assert.equal(new BetterSqlite3(path).pragma("journal_mode", { simple: true }), "wal");
    await store.close();
  });

  it("written by a newer release is refused and left alone", () => {
    const path = freshPath();
    void sqliteStore({ path }).close();
    const db = new BetterSqlite3(path);
    db.pragma("user_version = 99");
    db.close();
    assert.throws(() => sqliteStore({ path }), /schema version 99, this release knows \d+/);
  });

  it("of another program is refused and left alone", () => {
    const path = freshPath();
    const db = new BetterSqlite3(path);
    db.exec("CREATE TABLE theirs (a)");
    db.close();
    assert.throws(() => sqliteStore({ path }), /belongs to another program/);
  });

  it("that is no database is refused", () => {
    const path = freshPath();
    writeFileSync(path, "not a database, but long enough to be taken for the header of one, perhaps. ".repeat(20));
    assert.throws(() => sqliteStore({ path }), { name: "StoreUnusable", message: /not a SQLite database/ });
  });

  it("in a folder that is not there is refused", () => {
    assert.throws(() => sqliteStore({ path: join(folder, "no", "where.sqlite") }), /can't open database/);
  });

  it("locked by another writer says that trying again may help, and writes nothing", async () => {
    const path = freshPath();
    const store = sqliteStore({ path, busyTimeoutMs: 20 });
    const other = new BetterSqlite3(path);
    other.exec("BEGIN IMMEDIATE");
    await assert.rejects(store.metaOnce("a", "b"), { name: "StoreUnavailable", retryable: true });
    other.exec("ROLLBACK");
    assert.equal(await store.metaOnce("a", "b"), "b");
    other.close();
    await store.close();
  });

  it("that can't grow refuses the commit, stays whole and goes on when there is room", async () => {
    const path = freshPath();
    const store = sqliteStore({ path });
    await store.close();
    const db = new BetterSqlite3(path);
    const pages = db.pragma("page_count", { simple: true }) as number;
    db.close();
    const small = sqliteStore({ path, pagesMax: pages + 2 });
    await assert.rejects(small.metaOnce("large", "x".repeat(100_000)), {
      name: "StoreUnavailable",
      message: /disk is full/,
    });
    assert.equal(await small.metaOnce("small", "y"), "y");
    await small.close();
  });

  it("holds no trace of an erased customer", async () => {
    const path = freshPath();
    const store = sqliteStore({ path });
    const hot = new TextEncoder().encode("anna@example.com ".repeat(1000));
    const nothing = { entries: [], outbox: [], settled: [], defer: [], undefer: 0, parked: null, purchases: null };
    await store.commit({ customers: [{ ...nothing, customer: "anna@example.com", seq: 0, hot, wakeAt: 5 }] });
    await store.erase("anna@example.com", []);
    const traces = readdirSync(folder)
      .filter((name) => join(folder, name).startsWith(path))
      .filter((name) => readFileSync(join(folder, name)).includes("anna@"));
    assert.deepEqual(traces, []);
    await store.close();
  });
});
