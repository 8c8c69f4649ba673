// The physical neighbour: the same bytes into SQLite with nothing around them.
import Database from "better-sqlite3";

export function openBare(path) {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma("cache_size = -32768");
  return db;
}

/** Writes recorded batches, one transaction each: the event into a log, the sections over the old ones. */
export function writeBare(path, batches) {
  const db = openBare(path);
  db.exec("CREATE TABLE log (n INTEGER PRIMARY KEY, input BLOB)");
  db.exec("CREATE TABLE state (customer TEXT PRIMARY KEY, hot BLOB, purchases BLOB)");
  const log = db.prepare("INSERT INTO log (input) VALUES (?)");
  const put = db.prepare(`INSERT INTO state VALUES (?, ?, ?) ON CONFLICT (customer) DO UPDATE SET
    hot = coalesce(excluded.hot, hot), purchases = coalesce(excluded.purchases, purchases)`);
  const write = db.transaction((batch) => {
    for (const { customer, hot, purchases, entries } of batch) {
      for (const { input } of entries) log.run(input);
      put.run(customer, hot, purchases);
    }
  });
  const since = performance.now();
  for (const batch of batches) write.immediate(batch);
  const ms = performance.now() - since;
  db.close();
  return ms;
}
