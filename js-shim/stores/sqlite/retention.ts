import type { Database } from "better-sqlite3";
import type { Forgotten, Retained } from "../store.js";

/** The oldest rows by number; time grows with it, so nothing behind the first that stays has to be read. */
const oldest = (table: string, columns: string) => `SELECT n, ${columns} FROM ${table} ORDER BY n LIMIT ?`;

/** Forgetting what is past its time, a bounded part at a time. */
export function retention(db: Database) {
  const journal = db.prepare(`DELETE FROM journal WHERE n IN
    (SELECT n FROM (${oldest("journal", "now")}) WHERE now < ?)`);
  // The list is that of the index.
  const browsing = db.prepare(`DELETE FROM journal WHERE n IN
    (SELECT n FROM journal WHERE now < ? AND type IN
      ('product.viewed', 'category.viewed', 'manufacturer.viewed', 'page.visited', 'search.performed', 'banner.shown') ORDER BY now LIMIT ?)`);
  const settled = `SELECT n FROM (${oldest("outbox", "settled_at")}) WHERE settled_at < ?`;
  const contents = db.prepare(`DELETE FROM outbox_content WHERE n IN (${settled})`);
  const outbox = db.prepare(`DELETE FROM outbox WHERE n IN (${settled})`);
  const links = db.prepare(
    `DELETE FROM link_log WHERE n IN (SELECT n FROM (${oldest("link_log", "at")}) WHERE at < ?)`,
  );
  // The rows stay, journal entries name them; only the blobs that no environment in use has go.
  const blobs = db.prepare(`
    WITH live AS (
      SELECT * FROM environments
      WHERE kept_at >= (SELECT coalesce(max(kept_at), 0) FROM environments WHERE kept_at < ?))
    DELETE FROM blobs WHERE hash NOT IN (
      SELECT program FROM live UNION SELECT catalogue FROM live UNION SELECT model FROM live WHERE model IS NOT NULL)`);

  return db.transaction((before: Retained, limit: number): Forgotten => {
    contents.run(limit, before.outbox);
    return {
      journal: journal.run(limit, before.journal).changes + browsing.run(before.browsing, limit).changes,
      outbox: outbox.run(limit, before.outbox).changes,
      links: links.run(limit, before.links).changes,
      blobs: blobs.run(before.environments).changes,
    };
  }).immediate;
}
