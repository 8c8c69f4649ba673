import type { Channel } from "../channels/channel.js";
import type { JudgeAnswer } from "../core/types.js";
import type { Settlement, Store } from "../stores/store.js";
import { waitBefore } from "./backoff.js";
import type { Contacts } from "./contacts.js";
import { deliver, recover, type DeliveryContext } from "./delivery.js";
import { earliest } from "./earliest.js";
import { reasonOf } from "./errors.js";
import { gathered } from "./gathered.js";
import { Lane } from "./lane.js";
import type { Log } from "./log.js";
import type { Status } from "./options.js";
import type { Performers } from "./performers.js";
import { insist } from "./pipeline.js";
import { bucket, type Rate } from "./rates.js";
import { effectsLane } from "./release.js";
import type { Input, Work, WorkOutcome } from "./work.js";

export interface DeliveriesOptions {
  store: Store;
  channels: readonly Channel[];
  performers: Performers;
  contacts: Contacts;
  rates: Readonly<Record<string, Rate>>;
  leaseMs: number;
  judge(customer: string, effect: string): Promise<JudgeAnswer>;
  submit(work: Work): Promise<WorkOutcome>;
  now(): number;
  log: Log;
}

/** Calls to the shop at the same time, unless `rates.effects` says otherwise; their keys keep a crash from repeating one. */
const effectsConcurrency = 16;
/** Abandoned rows taken over at a time. */
const recoveredMax = 100;

/** Everything on its way out: one lane for each channel, and one for what the shop and the host do. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #context: DeliveryContext;
  readonly #lanes: Lane[];

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#context = this.#openContext();
    const channels = options.channels.map(({ name }) => this.#openLane(name, 1));
    this.#lanes = [this.#openLane(effectsLane, effectsConcurrency), ...channels];
  }

  /** Delivers all that is due and allowed now; answers how many. */
  async run(): Promise<number> {
    const delivered = await Promise.all(this.#lanes.map((lane) => lane.run()));
    return delivered.reduce((sum, count) => sum + count, 0);
  }

  /** The same without waiting; `more` is called when something was delivered, for something may follow. */
  runAside(more: () => void): void {
    for (const lane of this.#lanes) {
      lane.run().then(
        (delivered) => delivered > 0 && more(),
        (error: unknown) => this.#failed(lane, error),
      );
    }
  }

  /** Settles or returns what a worker that is gone left in the outbox; answers how many. */
  async recover(): Promise<number> {
    const { store, leaseMs, log } = this.#options;
    const now = this.#options.now();
    const end = await store.nextLeaseEnd();
    if (end === null || end > now) return 0;
    const except = new Set(this.#lanes.flatMap((lane) => [...lane.held]));
    const rows = await store.takeOver({ now, until: now + leaseMs, limit: recoveredMax, except });
    for (const row of rows) await recover(row, this.#context);
    if (rows.length > 0) log({ level: "warn", message: "took over abandoned effects", count: rows.length });
    return rows.length;
  }

  /** When something is due next, as far as idle lanes know. */
  async nextAt(): Promise<number | null> {
    const idle = this.#lanes.filter((lane) => !lane.running);
    const lanes = await Promise.all(idle.map((lane) => lane.nextAt()));
    return earliest([await this.#options.store.nextLeaseEnd(), ...lanes]);
  }

  status(): Promise<Status["lanes"]> {
    const lanes = this.#lanes.map(async (lane) => {
      return { name: lane.name, nextAt: await lane.nextAt(), delivering: lane.held.size };
    });
    return Promise.all(lanes);
  }

  /** Takes no more, and waits for what was begun. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.#lanes.map((lane) => lane.stop()));
  }

  #openLane(name: string, concurrencyDefault: number): Lane {
    const { store, rates, leaseMs, now } = this.#options;
    const rate = rates[name] ?? {};
    return new Lane({
      name,
      store,
      bucket: bucket(rate),
      concurrency: rate.concurrency ?? concurrencyDefault,
      leaseMs,
      now,
      deliver: (row) => deliver(row, this.#context),
    });
  }

  #openContext(): DeliveryContext {
    const { store, channels, performers, contacts, judge, now, log, leaseMs } = this.#options;
    return {
      store,
      channels: new Map(channels.map((channel) => [channel.name, channel])),
      performers,
      contacts,
      begin: gathered((rows) => store.begin(rows, now() + leaseMs)),
      judge,
      settle: (customer, settled, input) => this.#settle(customer, settled, input),
      now,
      log,
    };
  }

  /** What happened outside has happened: it is stored however long the store makes us wait. */
  #settle(customer: string, settled: Settlement, input: Input | null): Promise<WorkOutcome> {
    return insist(
      () => this.#options.submit({ customer, settled, input }),
      (tries, error) => this.#pauseAfter(tries, error),
    );
  }

  async #pauseAfter(tries: number, error: unknown): Promise<void> {
    const reason = reasonOf(error);
    this.#options.log({ level: "warn", message: "outcome of an effect not stored yet", tries, reason });
    const ms = waitBefore(tries, "settle", { firstMs: 100, maxMs: 10_000 });
    await new Promise((resume) => setTimeout(resume, ms));
  }

  #failed({ name }: Lane, error: unknown): void {
    this.#options.log({ level: "error", message: "delivery put off", lane: name, reason: reasonOf(error) });
  }
}
