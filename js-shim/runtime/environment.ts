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

  private constructor(
    core: Core,
    store: Store,
    secret: Uint8Array,
    parts: Omit<Environment, "hash">,
    private readonly now: () => number,
  ) {
    this.#core = core;
    this.#store = store;
    this.#secret = secret;
    this.#parts = parts;
    this.#env = this.#open(parts);
  }

  static async open(
    core: Core,
    store: Store,
    { program, model, products }: EnvironmentParts,
    now: () => number,
  ): Promise<Environments> {
    const blob = (bytes: Uint8Array): Blob => ({ hash: core.hash(bytes), bytes });
    const parts = { program: blob(program), model: modelBlob(core, model), catalogue: blob(core.catalogue(products)) };
    const opened = new Environments(core, store, await couponSecret(store), parts, now);
    // What was in use before was checked then.
    if ((await store.meta(environmentInUse)) !== opened.current.hash) checked(opened.current);
    await keep(store, { hash: opened.current.hash, ...parts }, now());
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
  async change(to: { products?: Product[]; model?: Uint8Array; program?: Uint8Array }): Promise<boolean> {
    const { products, model, program } = to;
    const parts = { ...this.#parts };
    if (program) parts.program = this.#blob(program);
    if (products) parts.catalogue = this.#blob(this.#core.catalogue(products));
    if (model) parts.model = modelBlob(this.#core, model);
    if (this.#isCurrent(parts)) return false;
    const env = model ? checked(this.#open(parts)) : this.#open(parts);
    await keep(this.#store, { hash: env.hash, ...parts }, this.now());
    this.#retired.push(this.#env);
    this.#env = env;
    this.#parts = parts;
    return true;
  }

  #isCurrent({ program, model, catalogue }: Omit<Environment, "hash">): boolean {
    const now = this.#parts;
    return (
      program.hash === now.program.hash && model?.hash === now.model?.hash && catalogue.hash === now.catalogue.hash
    );
  }

  /** Opens another program beside the current one, under today's model and catalogue; the caller closes it. */
  beside(program: Uint8Array): Env {
    return this.#open({ ...this.#parts, program: this.#blob(program) });
  }

  /** The hash of the current program. */
  get program(): string {
    return this.#parts.program.hash;
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

/** A model has its hash written in it: at each start 22 MB less to go through. */
function modelBlob(core: Core, model: Uint8Array | null): Blob | null {
  return model && { hash: core.modelHash(model), bytes: model };
}

/** An environment whose model is as it was written; another is closed and refused. */
function checked(env: Env): Env {
  try {
    env.checkModel();
    return env;
  } catch (error) {
    env.close();
    throw error;
  }
}

/** Under this name a store knows the environment in use, for commands beside the service. */
export const environmentInUse = "environment";

async function keep(store: Store, environment: Environment, at: number): Promise<void> {
  await store.keepEnvironment(environment, at);
  await store.metaSet(environmentInUse, environment.hash);
}

/** Coupon codes come from it, so it stays the same for the life of the store and is told to nobody. */
async function couponSecret(store: Store): Promise<Uint8Array> {
  const made = crypto.randomUUID() + crypto.randomUUID();
  return new TextEncoder().encode(await store.metaOnce("coupon_secret", made));
}
