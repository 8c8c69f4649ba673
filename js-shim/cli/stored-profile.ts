import { Core } from "../core/core.js";
import type { ProfileAnswer } from "../core/types.js";
import type { Store } from "../stores/store.js";
import { openInUse, openKept } from "./kept-environment.js";

/**
 * A customer's profile as it is stored. Any environment can read it: the one in use, which is never forgotten, or on a
 * store that only imports wrote to, that of the last thing that happened to them.
 */
export async function storedProfile(store: Store, customer: string): Promise<ProfileAnswer | null> {
  const [found] = await store.load([customer]);
  if (!found || found.seq === 0) return null;
  const core = await Core.load();
  let env = await openInUse(store, core);
  let now = 0;
  if (!env) {
    let hash: string | null = null;
    for await (const record of store.journal({ from: 0, until: Number.MAX_SAFE_INTEGER, customer })) {
      ({ environment: hash, now } = record);
    }
    env = hash === null ? null : await openKept(store, core, hash);
  }
  try {
    return env?.ask<ProfileAnswer | null>(found.state, { ask: "profile" }, now) ?? null;
  } finally {
    env?.close();
  }
}
