import type { Comeback, EventEnvelope } from "comeback";
import type { Outbox, StoredEvent } from "../shop/outbox.js";

const BATCH = 200;

/** Refusals kept for the report; the oldest goes first. */
const REFUSALS_MAX = 50;

export interface Refused {
  id: string;
  type: string;
  why: string;
}

/**
 * Hands the shop's events to Comeback in order. An event counts as delivered only when Comeback has
 * acknowledged it; after a crash in between it is told again under the same id, which is harmless.
 */
export class EventBridge {
  readonly #outbox: Outbox;
  readonly #comeback: Pick<Comeback, "ingest">;
  readonly #now: () => number;
  #delivering: Promise<number> | null = null;
  /** Events that Comeback did not believe: our mistake, so they are kept where somebody sees them. */
  readonly refused: Refused[] = [];

  constructor(outbox: Outbox, comeback: Pick<Comeback, "ingest">, now: () => number) {
    this.#outbox = outbox;
    this.#comeback = comeback;
    this.#now = now;
  }

  /** Delivers everything that waits; says how many. Calls at the same time share one delivery. */
  deliver(): Promise<number> {
    this.#delivering ??= this.#deliverAll().finally(() => {
      this.#delivering = null;
    });
    return this.#delivering;
  }

  async #deliverAll(): Promise<number> {
    let delivered = 0;
    for (;;) {
      const batch = this.#outbox.waiting(BATCH);
      const last = batch.at(-1);
      if (!last) return delivered;
      const results = await this.#comeback.ingest(batch.map(envelope), "shop");
      results.forEach((result, index) => this.#note(batch[index], result.refusal?.message));
      this.#outbox.markDelivered(last.seq, this.#now());
      delivered += batch.length;
    }
  }

  #note(event: StoredEvent | undefined, why: string | undefined): void {
    if (!event || why === undefined) return;
    this.refused.push({ id: `shop-${event.seq}`, type: event.type, why });
    if (this.refused.length > REFUSALS_MAX) this.refused.shift();
  }
}

export function envelope(event: StoredEvent): EventEnvelope {
  return {
    id: `shop-${event.seq}`,
    source: "shop",
    type: event.type,
    at: new Date(event.at).toISOString(),
    customer: event.customer,
    store: event.store,
    data: event.data,
  };
}
