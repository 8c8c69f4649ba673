import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Blob, Environment } from "../store.js";
import type { Query } from "./session.js";

export async function keepEnvironment(query: Query, environment: Environment, at: number): Promise<void> {
  const { hash, program, model, catalogue } = environment;
  for (const part of [program, catalogue, ...(model ? [model] : [])]) {
    await query("INSERT INTO comeback_blobs VALUES ($1, $2) ON CONFLICT DO NOTHING", [
      part.hash,
      deflateRawSync(part.bytes),
    ]);
  }
  await query(
    `INSERT INTO comeback_environments VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (hash) DO UPDATE SET kept_at = excluded.kept_at`,
    [hash, program.hash, model?.hash ?? null, catalogue.hash, at],
  );
}

export async function environment(query: Query, hash: string): Promise<Environment | null> {
  const [row] = await query<{ program: string; model: string | null; catalogue: string }>(
    "SELECT program, model, catalogue FROM comeback_environments WHERE hash = $1",
    [hash],
  );
  if (!row) return null;
  const parts = new Set([row.program, row.catalogue, ...(row.model ? [row.model] : [])]);
  const there = await query("SELECT 1 FROM comeback_blobs WHERE hash = ANY($1)", [[...parts]]);
  if (there.length < parts.size) return null;
  const blob = async (name: string): Promise<Blob> => {
    const [found] = await query<{ bytes: Buffer }>("SELECT bytes FROM comeback_blobs WHERE hash = $1", [name]);
    return { hash: name, bytes: new Uint8Array(inflateRawSync(found!.bytes)) };
  };
  const model = row.model ? await blob(row.model) : null;
  return { hash, program: await blob(row.program), model, catalogue: await blob(row.catalogue) };
}
