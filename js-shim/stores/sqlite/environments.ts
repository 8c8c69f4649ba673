import type { Database } from "better-sqlite3";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Blob, Environment } from "../store.js";

/** The blobs journal entries refer to, compressed: a catalogue is mostly text that repeats. */
export function environments(db: Database) {
  const add = db.prepare(`
    INSERT INTO environments (hash, program, model, catalogue, kept_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (hash) DO UPDATE SET kept_at = excluded.kept_at`);
  const one = db.prepare<[string], { program: string; model: string | null; catalogue: string }>(
    "SELECT program, model, catalogue FROM environments WHERE hash = ?",
  );
  const hasBlob = db.prepare<[string], number>("SELECT 1 FROM blobs WHERE hash = ?").pluck();
  const addBlob = db.prepare("INSERT INTO blobs (hash, bytes) VALUES (?, ?)");
  const blobBytes = db.prepare<[string], Buffer>("SELECT bytes FROM blobs WHERE hash = ?").pluck();

  const keepBlob = ({ hash, bytes }: Blob): void => {
    if (hasBlob.get(hash) !== 1) addBlob.run(hash, deflateRawSync(bytes));
  };
  const blob = (hash: string): Blob => ({ hash, bytes: new Uint8Array(inflateRawSync(blobBytes.get(hash)!)) });

  return {
    keep: db.transaction(({ hash, program, model, catalogue }: Environment, at: number): void => {
      for (const part of [program, catalogue, ...(model ? [model] : [])]) keepBlob(part);
      add.run(hash, program.hash, model?.hash ?? null, catalogue.hash, at);
    }).immediate,
    find(hash: string): Environment | null {
      const row = one.get(hash);
      const parts = row && [row.program, row.catalogue, ...(row.model ? [row.model] : [])];
      if (!row || !parts?.every((part) => hasBlob.get(part) === 1)) return null;
      return {
        hash,
        program: blob(row.program),
        model: row.model ? blob(row.model) : null,
        catalogue: blob(row.catalogue),
      };
    },
  };
}
