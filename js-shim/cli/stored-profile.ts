import { Core } from "../core/core.js";
import type { ProfileAnswer } from "../core/types.js";
import type { Store } from "../stores/store.js";

/** A customer's profile, read with the environment of the last thing that happened to them. */
export async function storedProfile(store: Store, customer: string): Promise<ProfileAnswer | null> {
  const [found] = await store.load([customer]);
  if (!found || found.seq === 0) return null;
  let hash: string | null = null;
  let now = 0;
  for await (const record of store.journal({ from: 0, until: Number.MAX_SAFE_INTEGER, customer })) {
    ({ environment: hash, now } = record);
  }
  const kept = hash === null ? null : await store.environment(hash);
  if (!kept) return null;
  const core = await Core.load();
  const { program, model, catalogue } = kept;
  const env = core.open({ program: program.bytes, model: model?.bytes ?? null, catalogue: catalogue.bytes });
  return env.ask<ProfileAnswer | null>(found.state, { ask: "profile" }, now);
}
