import type { Forgotten, Retained } from "../store.js";
import type { Query } from "./session.js";

/** As in the SQLite store. */
export async function prune(query: Query, before: Retained, limit: number): Promise<Forgotten> {
  const oldest = (table: string, column: string) =>
    `SELECT n FROM (SELECT n, ${column} FROM ${table} ORDER BY n LIMIT $1) AS first WHERE ${column} < $2`;
  const gone = async (sql: string, values: unknown[]) => (await query(`${sql} RETURNING 1`, values)).length;
  const forget = (table: string, column: string, at: number) =>
    gone(`DELETE FROM ${table} WHERE n IN (${oldest(table, column)})`, [limit, at]);

  const old = await forget("comeback_journal", "now", before.journal);
  const browsing = await gone(
    `DELETE FROM comeback_journal WHERE n IN
       (SELECT n FROM comeback_journal WHERE now < $2 AND type IN
         ('product.viewed', 'category.viewed', 'manufacturer.viewed', 'page.visited', 'search.performed', 'banner.shown')
        ORDER BY now LIMIT $1)`,
    [limit, before.browsing],
  );
  const settled = oldest("comeback_outbox", "settled_at");
  await query(`DELETE FROM comeback_outbox_content WHERE n IN (${settled})`, [limit, before.outbox]);
  const outbox = await forget("comeback_outbox", "settled_at", before.outbox);
  const links = await forget("comeback_link_log", "at", before.links);
  const blobs = `
    WITH live AS (
      SELECT * FROM comeback_environments
      WHERE kept_at >= (SELECT coalesce(max(kept_at), 0) FROM comeback_environments WHERE kept_at < $1))
    DELETE FROM comeback_blobs WHERE hash NOT IN (
      SELECT program FROM live UNION SELECT catalogue FROM live UNION SELECT model FROM live WHERE model IS NOT NULL)`;
  return { journal: old + browsing, outbox, links, blobs: await gone(blobs, [before.environments]) };
}
