import { statSync } from "node:fs";
import BetterSqlite3, { type Database } from "better-sqlite3";
import { StoreUnusable } from "../errors.js";
import { guarded } from "./failures.js";
import { migrate } from "./schema.js";

/** Files up to this size are checked whole when opened; at about 1 s a GiB a larger one waits. */
const checkedBytesMax = 256 * 1024 * 1024;

export interface SqliteOptions {
  /** The file, or `:memory:`. Made when absent; its folder is not. */
  path: string;
  /** How long to wait for another process that is writing. Default 5000 ms. */
  busyTimeoutMs?: number;
  /** The file never grows beyond this many pages of 4 KiB; a commit that would is refused whole. */
  pagesMax?: number;
}

/** Opens the file for one writer: WAL, and every commit on the disk before it is acknowledged. */
export function open(options: SqliteOptions): Database {
  const db = connect(options);
  try {
    guarded(() => prepare(db, options));
    return db;
  } catch (cause) {
    db.close();
    throw cause;
  }
}

function connect({ path, busyTimeoutMs = 5000 }: SqliteOptions): Database {
  try {
    return new BetterSqlite3(path, { timeout: busyTimeoutMs });
  } catch (cause) {
    throw new StoreUnusable(`can't open database \`${path}\`: ${(cause as Error).message}`, { cause });
  }
}

function prepare(db: Database, { path, pagesMax }: SqliteOptions): void {
  checkWhole(db, path);
  db.pragma("journal_mode = WAL");
  // The library's default in WAL is NORMAL, where a power cut can lose acknowledged commits.
  db.pragma("synchronous = FULL");
  // 32 MiB; the default of 2 MiB makes random customers of a large shop read from the disk.
  db.pragma("cache_size = -32768");
  // 32 MiB; each checkpoint writes the pages of random customers, the fewer the larger the log is.
  db.pragma("wal_autocheckpoint = 8192");
  migrate(db);
  if (pagesMax !== undefined) db.pragma(`max_page_count = ${pagesMax}`);
}

function checkWhole(db: Database, path: string): void {
  if (path === ":memory:" || statSync(path).size > checkedBytesMax) return;
  const found = db.pragma("quick_check(1)", { simple: true });
  if (found !== "ok") {
    throw new StoreUnusable(
      `database \`${path}\` is damaged (${found}); restore a backup, or try \`sqlite3 ${path} .recover\``,
    );
  }
}
