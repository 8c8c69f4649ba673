import type { Product } from "../core/types.js";
import { reasonOf } from "../runtime/errors.js";
import type { Log } from "../runtime/log.js";
import type { Shop } from "../shops/shop.js";

export interface CatalogueOptions {
  shop: Shop;
  /** Puts the products before the core. Answers whether anything changed. */
  change(products: Product[]): Promise<boolean>;
  now(): number;
  log: Log;
  /**
   * How often all products are asked for again. Longer leaves stale prices in mails (the cart is
   * quoted again anyway); shorter keeps a blob of the catalogue for each change. Default an hour.
   */
  refreshMs: number;
}

/** Keeps the core's picture of the shop's products fresh: on a word from the shop, and by the hour. */
export class Catalogue {
  readonly #options: CatalogueOptions;
  #refreshAt: number;
  #running: Promise<void> | null = null;

  constructor(options: CatalogueOptions) {
    this.#options = options;
    this.#refreshAt = options.now() + options.refreshMs;
  }

  /** Products changed; the next look asks the shop. */
  touch(): void {
    this.#refreshAt = this.#options.now();
  }

  get nextAt(): number {
    return this.#refreshAt;
  }

  /** Asks the shop if it is time. A shop that can't answer leaves the old picture. */
  async refreshIfDue(): Promise<void> {
    if (this.#options.now() < this.#refreshAt) return;
    this.#running ??= this.#refresh().finally(() => (this.#running = null));
    await this.#running;
  }

  async #refresh(): Promise<void> {
    const { shop, change, now, log, refreshMs } = this.#options;
    this.#refreshAt = now() + refreshMs;
    try {
      const products = await shop.products();
      const changed = await change(products);
      log({ level: "debug", message: "catalogue asked for", products: products.length, changed });
    } catch (error) {
      log({ level: "warn", message: "catalogue not refreshed", reason: reasonOf(error) });
    }
  }
}
