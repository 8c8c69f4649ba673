import { StoreUnavailable, StoreUnusable } from "../errors.js";

/** What SQLite says when the fault is around the file and may pass. */
const passing: Record<string, string> = {
  SQLITE_BUSY: "the database is locked by another process",
  SQLITE_LOCKED: "the database is locked by another connection",
  SQLITE_FULL: "the disk is full",
  SQLITE_IOERR: "the disk can't be read or written",
  SQLITE_CANTOPEN: "the database file can't be opened",
  SQLITE_READONLY: "the database file can't be written",
  SQLITE_NOMEM: "out of memory",
};

const lasting: Record<string, string> = {
  SQLITE_CORRUPT: "the database is damaged; restore a backup",
  SQLITE_NOTADB: "the file is not a SQLite database",
};

/** Runs `work` and gives SQLite's failures the names the runtime knows. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw named(cause);
  }
}

function named(cause: unknown): unknown {
  const code = (cause as { code?: unknown }).code;
  if (typeof code !== "string" || !code.startsWith("SQLITE_")) return cause;
  // Extended codes carry their family in front: SQLITE_IOERR_WRITE.
  const family = code.split("_").slice(0, 2).join("_");
  if (passing[family]) return new StoreUnavailable(`${passing[family]} (${code})`, { cause });
  if (lasting[family]) return new StoreUnusable(`${lasting[family]} (${code})`, { cause });
  return cause;
}
