import type { LinkFetch, Suppression } from "../store.js";
import type { Query } from "./session.js";

/** Everything keyed by a customer's row id, and erased with it. */
const personalTables = ["hot", "purchases", "parked", "deferred", "journal", "link_log", "outbox"];

export async function suppress(query: Query, { hash, at, reason }: Suppression): Promise<void> {
  await query("INSERT INTO comeback_suppressions VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", [hash, at, reason]);
}

export async function suppressed(query: Query, hashes: readonly string[]): Promise<boolean[]> {
  const rows = await query<{ hash: string }>("SELECT hash FROM comeback_suppressions WHERE hash = ANY($1)", [hashes]);
  const found = new Set(rows.map(({ hash }) => hash));
  return hashes.map((hash) => found.has(hash));
}

export async function logLink(query: Query, { at, customer, purpose, method, agent }: LinkFetch): Promise<void> {
  await query(
    `INSERT INTO comeback_link_log (at, id, purpose, method, agent)
     VALUES ($1, (SELECT id FROM comeback_customers WHERE customer = $2), $3, $4, $5)`,
    [at, customer, purpose, method, agent],
  );
}

/** Dead rows keep their bytes until vacuum has been by; see docs/operations.md. */
export async function erase(query: Query, customer: string, keep: readonly Suppression[]): Promise<number> {
  for (const one of keep) await suppress(query, one);
  const [found] = await query<{ id: number }>(
    "SELECT id::float8 FROM comeback_customers WHERE customer = $1 FOR UPDATE",
    [customer],
  );
  if (!found) return 0;
  const contents = "n IN (SELECT n FROM comeback_outbox WHERE id = $1)";
  let removed = await remove(query, "outbox_content", contents, found.id);
  for (const table of [...personalTables, "customers"]) removed += await remove(query, table, "id = $1", found.id);
  return removed;
}

async function remove(query: Query, table: string, where: string, id: number): Promise<number> {
  const [row] = await query<{ count: number }>(
    `WITH gone AS (DELETE FROM comeback_${table} WHERE ${where} RETURNING 1) SELECT count(*)::int AS count FROM gone`,
    [id],
  );
  return row!.count;
}
