import { existsSync } from "node:fs";
import type { Store } from "../stores/store.js";
import { required } from "./command.js";
import { InputProblem } from "./io.js";

export const databaseHelp = "  --db FILE        the SQLite file of the host; default COMEBACK_DB";

/** Opens the host's database, which must be there already unless `make` says otherwise. */
export async function openDatabase(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  make = false,
): Promise<Store> {
  const path = required(given ?? env["COMEBACK_DB"], "db");
  if (!make && !existsSync(path)) throw new InputProblem(`no database at \`${path}\``);
  const { sqliteStore } = await import("../stores/sqlite.js");
  return sqliteStore({ path });
}

/** Runs `work` on the opened database and closes it, whatever comes. */
export async function withDatabase<T>(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openDatabase(given, env);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
