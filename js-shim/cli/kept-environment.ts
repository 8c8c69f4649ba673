import type { Core, Env } from "../core/core.js";
import { environmentInUse } from "../runtime/environment.js";
import type { Store } from "../stores/store.js";

/** Files that take the place of what is kept. */
export interface Instead {
  program?: Uint8Array | undefined;
  model?: Uint8Array | undefined;
  catalogue?: Uint8Array | undefined;
}

/** The environment that journal entries name by this hash; `null` when it is not kept, or not any longer. */
export async function openKept(store: Store, core: Core, hash: string, instead: Instead = {}): Promise<Env | null> {
  const kept = await store.environment(hash);
  if (!kept) return null;
  const secret = new TextEncoder().encode((await store.meta("coupon_secret")) ?? "");
  const program = instead.program ?? kept.program.bytes;
  const model = instead.model ?? kept.model?.bytes ?? null;
  const env = core.open({ program, model, catalogue: instead.catalogue ?? kept.catalogue.bytes, secret });
  if (instead.model) env.checkModel();
  return env;
}

/** The environment that the service uses; `null` when it never ran on this store. */
export async function openInUse(store: Store, core: Core, instead: Instead = {}): Promise<Env | null> {
  const hash = await store.meta(environmentInUse);
  return hash === null ? null : openKept(store, core, hash, instead);
}
