import type { Blob, Environment, Store } from "../stores/store.js";
import type { Product } from "../core/types.js";
import type { Core, Env } from "../core/core.js";

/** What an environment is opened from. */
export interface EnvironmentParts {
  program: Uint8Array;
  model: Uint8Array | null;
  products: Product[];
}

/** The versioned inputs of every step, opened. One at a time is current; older ones are kept as blobs. */
export class Environments {
  readonly #core: Core;
  readonly #store: Store;
  readonly #secret: Uint8Array;
  #parts: Omit<Environment, "hash">;
  #env: Env;
  #retired: Env[] = [];

  private constructor(core: Core, store: Store, secret: Uint8Array, parts: Omit<Environment, "hash">) {
    this.#core = core;
    this.#store = store;
    this.#secret = secret;
    this.#parts = parts;
    this.#env = this.#open(parts);
  }

  static async open(core: Core, store: Store, { program, model, products }: EnvironmentParts): Promise<Environments> {
    const blob = (bytes: Uint8Array): Blob => ({ hash: core.hash(bytes), bytes });
    const parts = { program: blob(program), model: model && blob(model), catalogue: blob(core.catalogue(products)) };
    const opened = new Environments(core, store, await couponSecret(store), parts);
    await store.keepEnvironment({ hash: opened.current.hash, ...parts });
    return opened;
  }

  get current(): Env {
    return this.#env;
  }

  /** For a new batch. The batch before has ended, so what it ran in can go. */
  forBatch(): Env {
    for (const env of this.#retired.splice(0)) env.close();
    return this.#env;
  }

  /** A new catalogue or model is a new environment; customers move to it at their next step. */
  async change({ products, model }: { products?: Product[]; model?: Uint8Array }): Promise<boolean> {
    const parts = { ...this.#parts };
    if (products) parts.catalogue = this.#blob(this.#core.catalogue(products));
    if (model) parts.model = this.#blob(model);
    if (parts.model?.hash === this.#parts.model?.hash && parts.catalogue.hash === this.#parts.catalogue.hash)
      return false;
    const env = this.#open(parts);
    await this.#store.keepEnvironment({ hash: env.hash, ...parts });
    this.#retired.push(this.#env);
    this.#env = env;
    this.#parts = parts;
    return true;
  }

  close(): void {
    for (const env of [...this.#retired, this.#env]) env.close();
  }

  #open({ program, model, catalogue }: Omit<Environment, "hash">): Env {
    const bytes = { program: program.bytes, model: model?.bytes ?? null, catalogue: catalogue.bytes };
    return this.#core.open({ ...bytes, secret: this.#secret });
  }

  #blob(bytes: Uint8Array): Blob {
    return { hash: this.#core.hash(bytes), bytes };
  }
}

/** Coupon codes come from it, so it stays the same for the life of the store and is told to nobody. */
async function couponSecret(store: Store): Promise<Uint8Array> {
  const made = crypto.randomUUID() + crypto.randomUUID();
  return new TextEncoder().encode(await store.metaOnce("coupon_secret", made));
}
