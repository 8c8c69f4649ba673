import type { OutboxRow, Store } from "../stores/store.js";
import type { Bucket } from "./rates.js";

export interface LaneOptions {
  name: string;
  store: Store;
  bucket: Bucket;
  concurrency: number;
  leaseMs: number;
  now(): number;
  deliver(row: OutboxRow): Promise<void>;
}

/** Rows leased at a time, for each that is delivered at the same time. */
const leasedPerSlot = 4;

/** One queue of the outbox: what is due goes out, so many at a time and at a rate. */
export class Lane {
  readonly #options: LaneOptions;
  /** Rows in this process's hands, which `takeOver` must leave alone. */
  readonly held = new Set<string>();
  #running: Promise<number> | null = null;
  #again = false;
  #stopped = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get running(): boolean {
    return this.#running !== null;
  }

  /** Delivers all that is due and allowed now; answers how many. A second call joins the first. */
  run(): Promise<number> {
    this.#again = true;
    this.#running ??= this.#drain().finally(() => (this.#running = null));
    return this.#running;
  }

  /** Takes no more rows and waits for those in its hands. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** When there is something to do next, as far as is known now. */
  async nextAt(): Promise<number | null> {
    const { store, bucket, now, name } = this.#options;
    const due = await store.nextDelivery(name);
    return due === null ? null : Math.max(due, bucket.readyAt(now()));
  }

  async #drain(): Promise<number> {
    let delivered = 0;
    while (this.#again) {
      this.#again = false;
      for (let rows = await this.#lease(); rows.length > 0; rows = await this.#lease()) {
        await this.#deliver(rows);
        delivered += rows.length;
      }
    }
    return delivered;
  }

  async #lease(): Promise<OutboxRow[]> {
    const { store, bucket, concurrency, leaseMs, name } = this.#options;
    const now = this.#options.now();
    if (this.#stopped) return [];
    const limit = bucket.take(concurrency * leasedPerSlot, now);
    if (limit === 0) return [];
    const rows = await store.lease({ lane: name, now, until: now + leaseMs, limit });
    bucket.give(limit - rows.length);
    return rows;
  }

  /** Each slot takes the next row when it is done with the one before. */
  async #deliver(rows: OutboxRow[]): Promise<void> {
    for (const { effect } of rows) this.held.add(effect);
    const waiting = [...rows];
    const slot = async (): Promise<void> => {
      while (!this.#stopped) {
        const row = waiting.shift();
        if (!row) return;
        await this.#options.deliver(row);
        this.held.delete(row.effect);
      }
    };
    try {
      // All slots end before any failure is told: what they hold is in their hands until then.
      const ended = await Promise.allSettled(Array.from({ length: this.#options.concurrency }, slot));
      const failure = ended.find((one) => one.status === "rejected");
      if (failure) throw failure.reason;
      // Stopped in between: what was not begun goes back at once, not when its lease ends.
      const nextAt = this.#options.now();
      await this.#options.store.postpone(waiting.map((row) => ({ ...row, nextAt })));
    } finally {
      for (const { effect } of rows) this.held.delete(effect);
    }
  }
}
