import type { Blob, Environment, Store } from "../stores/store.js";
import type { Product } from "../core/types.js";
import type { Core, Env } from "../core/core.js";

/** The versioned inputs of every step, opened. One at a time is current; older ones are kept as blobs. */
export class Environments {
  readonly #core: Core;
  readonly #store: Store;
  readonly #program: Blob;
  #model: Blob | null;
  #catalogue: Blob;
  #env: Env;
  #retired: Env[] = [];

  private constructor(core: Core, store: Store, program: Blob, model: Blob | null, catalogue: Blob) {
    this.#core = core;
    this.#store = store;
    this.#program = program;
    this.#model = model;
    this.#catalogue = catalogue;
    this.#env = core.open({ program: program.bytes, model: model?.bytes ?? null, catalogue: catalogue.bytes });
  }

  static async open(
    core: Core,
    store: Store,
    parts: { program: Uint8Array; model: Uint8Array | null; products: Product[] },
  ): Promise<Environments> {
    const blob = (bytes: Uint8Array): Blob => ({ hash: core.hash(bytes), bytes });
    const model = parts.model ? blob(parts.model) : null;
    const opened = new Environments(core, store, blob(parts.program), model, blob(core.catalogue(parts.products)));
    await store.keepEnvironment(opened.parts);
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

  get parts(): Environment {
    return { hash: this.#env.hash, program: this.#program, model: this.#model, catalogue: this.#catalogue };
  }

  /** A new catalogue or model is a new environment; customers move to it at their next step. */
  async change({ products, model }: { products?: Product[]; model?: Uint8Array }): Promise<boolean> {
    const next = { model: this.#model, catalogue: this.#catalogue };
    if (products) next.catalogue = this.#blob(this.#core.catalogue(products));
    if (model) next.model = this.#blob(model);
    if (next.model?.hash === this.#model?.hash && next.catalogue.hash === this.#catalogue.hash) return false;
    const env = this.#open(next);
    await this.#store.keepEnvironment({ hash: env.hash, program: this.#program, ...next });
    this.#retired.push(this.#env);
    this.#env = env;
    this.#model = next.model;
    this.#catalogue = next.catalogue;
    return true;
  }

  close(): void {
    for (const env of [...this.#retired, this.#env]) env.close();
  }

  #open({ model, catalogue }: { model: Blob | null; catalogue: Blob }): Env {
    const { bytes: program } = this.#program;
    return this.#core.open({ program, model: model?.bytes ?? null, catalogue: catalogue.bytes });
  }

  #blob(bytes: Uint8Array): Blob {
    return { hash: this.#core.hash(bytes), bytes };
  }
}
