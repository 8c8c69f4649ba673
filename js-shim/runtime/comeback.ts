import { readFile } from "node:fs/promises";
import { Catalogue } from "../catalogue/catalogue.js";
import type { Channel } from "../channels/channel.js";
import { Core } from "../core/core.js";
import type { EventBy, JudgeAnswer, MessageSend, ProfileAnswer, Question } from "../core/types.js";
import type { Shop } from "../shops/shop.js";
import type { ImportProgress, LinkFetch, ParkedCustomer, Store } from "../stores/store.js";
import { factsOf, importOrders, type History, type ImportTold } from "../import/index.js";
import { waitBefore } from "./backoff.js";
import { forwardOnly, systemClock, type Clock } from "./clock.js";
import { contacts } from "./contacts.js";
import { deliver, recover, type DeliveryContext } from "./delivery.js";
import { Environments } from "./environment.js";
import { InputRefused, reasonOf } from "./errors.js";
import { gathered } from "./gathered.js";
import { ingest, type IngestResult, type IntakeLimits } from "./intake.js";
import { Lane } from "./lane.js";
import { silent, type Log } from "./log.js";
import { unpark } from "./parking.js";
import { performers, type Performers, type Webhook } from "./performers.js";
import { erase, exportCustomer, type Exported } from "./person.js";
import { insist, Pipeline } from "./pipeline.js";
import { readProgram, type ProgramSource } from "./program.js";
import { bucket, type Rate } from "./rates.js";
import { reconcile } from "./reconcile.js";
import { effectsLane, letterRow, releaser, type OperatorLetters } from "./release.js";
import { findTask, type TaskView } from "./task.js";
import { Scheduler } from "./scheduler.js";
import { runWakes } from "./wakes.js";

export interface ComebackOptions {
  /** What the merchant wrote: YAML text, the path of a file, or its tree. */
  program: ProgramSource;
  /** Closed by `stop`. */
  store: Store;
  shop: Shop;
  /** Ways to reach people; a message for a channel that is not here fails with that reason. */
  channels?: readonly Channel[];
  /** Default: the machine's. */
  clock?: Clock;
  /** Learned from all orders: the bytes, or the path of the file `comeback model build` wrote. */
  model?: Uint8Array | string;
  log?: Log;
  /** How fast each channel may be used, by its name. Default: one message at a time, no rate. */
  rates?: Readonly<Record<string, Rate>>;
  limits?: Partial<ComebackLimits>;
  /** Where staff get a letter for each task. Without it tasks go to the shop only. */
  operator?: { email: string; locale?: string };
  /** Addresses that the program's `webhook.call` steps may call, by name. No other is called. */
  webhooks?: Readonly<Record<string, Webhook>>;
  /** Replaces who performs a kind of effect. */
  performers?: Partial<Performers>;
  /** Makes the hashes of suppressed contacts; see `contacts`. Never change it. */
  suppressionKey?: string;
  /** Makes the handler behind `fetch`; `createPages` of `comeback/http` is one. */
  pages?: (comeback: Comeback) => (request: Request) => Promise<Response>;
  /** Default: loaded from this package. Two engines may share one. */
  core?: Core;
}

export interface ComebackLimits extends IntakeLimits {
  /** Events waiting to be stepped; more are refused with `Overloaded`. Default 10,000. */
  waitingMax: number;
  /** How long a worker may hold a row of the outbox without a sign of life. Default 6 minutes, above the longest attempt. */
  leaseMs: number;
  /** How often the shop is asked for all its products. Default an hour. */
  catalogueRefreshMs: number;
}

export interface Ticked {
  wakes: number;
  deliveries: number;
  /** When something is due next, as far as is known now. */
  nextAt: number | null;
}

export interface Status {
  core: string;
  environment: string;
  /** Events taken and not yet stored. */
  waiting: number;
  /** Customers whose step failed, at most 1000 are counted. */
  parked: number;
  nextAt: number | null;
  lanes: { name: string; nextAt: number | null; delivering: number }[];
}

const limitsDefault: ComebackLimits = {
  eventBytesMax: 256 * 1024,
  eventsMax: 1000,
  waitingMax: 10_000,
  leaseMs: 6 * 60_000,
  catalogueRefreshMs: 3_600_000,
};

/** Calls to the shop at the same time, unless `rates.effects` says otherwise; they carry keys, so a crash in the middle repeats none. */
const effectsConcurrency = 16;
/** Rounds of one `tick`; a circle of effects that answer each other at once ends here. */
const roundsMax = 10_000;

/** Opens the store, the core and the shop's catalogue. Nothing is sent before `start` or `tick`. */
export async function createComeback(options: ComebackOptions): Promise<Comeback> {
  const core = options.core ?? (await Core.load());
  const program = core.compile(await readProgram(options.program));
  const model = typeof options.model === "string" ? await readFile(options.model) : (options.model ?? null);
  const products = await options.shop.products();
  const environments = await Environments.open(core, options.store, { program, model, products });
  return new Comeback(options, core, environments);
}

/** The engine of one shop. Make it with `createComeback`. */
export class Comeback {
  readonly #core: Core;
  readonly #environments: Environments;
  readonly #store: Store;
  readonly #shop: Shop;
  readonly #channels: readonly Channel[];
  readonly #clock: Clock;
  readonly #limits: ComebackLimits;
  readonly #log: Log;
  readonly #pipeline: Pipeline;
  readonly #lanes: Lane[];
  readonly #delivery: DeliveryContext;
  readonly #catalogue: Catalogue;
  readonly #scheduler: Scheduler;
  readonly #pages: (request: Request) => Promise<Response>;
  readonly #forgetJumps: () => void;

  constructor(options: ComebackOptions, core: Core, environments: Environments) {
    this.#core = core;
    this.#environments = environments;
    this.#store = options.store;
    this.#shop = options.shop;
    this.#channels = options.channels ?? [];
    this.#clock = forwardOnly(options.clock ?? systemClock);
    this.#limits = { ...limitsDefault, ...options.limits };
    this.#log = options.log ?? silent;
    this.#pipeline = this.#openPipeline(options.operator);
    this.#delivery = this.#openDelivery(options);
    this.#lanes = this.#openLanes(options.rates ?? {});
    this.#catalogue = this.#openCatalogue(options.shop);
    this.#scheduler = new Scheduler({ now: this.now, work: () => this.#work(), log: this.#log });
    this.#forgetJumps = options.clock?.onJump?.(() => this.#scheduler.poke()) ?? (() => {});
    this.#pages = options.pages?.(this) ?? (async () => new Response("not found\n", { status: 404 }));
  }

  /** The shop's time, never going back. */
  readonly now = (): number => this.#clock.now();

  /**
   * Takes events in; resolves when they are durable and stepped. Repeating a call is harmless.
   *
   * Rejects with `Overloaded`, `Stopped` or `StoreUnavailable` when trying again may help; then
   * none of the events is promised, though some may have been stored.
   */
  async ingest(events: readonly unknown[], by: EventBy): Promise<IngestResult[]> {
    const results = await ingest(events, by, this.#pipeline, this.#limits);
    if (events.some((event) => (event as { type?: unknown } | null)?.type === "product.updated"))
      this.productsChanged();
    return results;
  }

  /** A question that changes nothing. `T` is the answer's type, such as `CartView | null` for `cart`. */
  async ask<T>(customer: string, question: Question): Promise<T> {
    const [found] = await this.#store.load([customer]);
    return this.#environments.current.ask<T>(found!.state, question, this.now());
  }

  /** Serves the pages, links, intake and provider webhooks. */
  readonly fetch = (request: Request): Promise<Response> => this.#pages(request);

  /** Does everything that is due now, and what comes of it at once: wakes, effects, messages. */
  async tick(): Promise<Ticked> {
    const done = { wakes: 0, deliveries: 0 };
    await this.#catalogue.refreshIfDue();
    for (let round = 0; round < roundsMax; round++) {
      const recovered = await this.#recover();
      const wakes = await runWakes(this.#store, this.#pipeline, this.now);
      const deliveries = sum(await Promise.all(this.#lanes.map((lane) => lane.run())));
      done.wakes += wakes;
      done.deliveries += deliveries;
      if (recovered + wakes + deliveries === 0) break;
    }
    return { ...done, nextAt: await this.#nextAt() };
  }

  /** From now on wakes fire and the outbox is delivered by themselves. */
  start(): void {
    this.#scheduler.start();
  }

  /** Takes no more, finishes what it has begun, and closes channels and store. */
  async stop(): Promise<void> {
    this.#forgetJumps();
    await this.#scheduler.stop();
    await Promise.allSettled(this.#lanes.map((lane) => lane.stop()));
    await this.#pipeline.stop();
    for (const channel of this.#channels) await channel.close?.();
    this.#environments.close();
    await this.#store.close();
  }

  async status(): Promise<Status> {
    const lanes = this.#lanes.map(async (lane) => ({
      name: lane.name,
      nextAt: await lane.nextAt(),
      delivering: lane.held.size,
    }));
    return {
      core: this.#core.version,
      environment: this.#environments.current.hash,
      waiting: this.#pipeline.waiting,
      parked: (await this.#store.parked(1000)).length,
      nextAt: await this.#nextAt(),
      lanes: await Promise.all(lanes),
    };
  }

  /**
   * Asks the shop for orders changed since an instant and takes them in: for events that were lost
   * on the way. An order that is known in this revision changes nothing. Answers how many were new.
   */
  reconcile(since: number): Promise<number> {
    return reconcile(this.#shop, since, (events) => this.ingest(events, "shop"));
  }

  /** Products changed in the shop: they are asked for again before the next wake. */
  productsChanged(): void {
    this.#catalogue.touch();
    this.#scheduler.poke();
  }

  /** A newly learned model; customers meet it at their next wake. */
  async useModel(model: Uint8Array): Promise<void> {
    await this.#environments.change({ model });
  }

  /**
   * Takes past events in as facts: they trigger nothing, and customers wake once all are there.
   *
   * `id` names the import. One that was interrupted goes on where it was, if the same customers come
   * in the same order; one that is done is not done again. Facts may be told again, and consent is
   * taken as the shop tells it.
   */
  async importHistory(id: string, histories: Iterable<History>, told?: ImportTold): Promise<ImportProgress> {
    const before = await this.#store.importProgress(id);
    if (before?.done) return before;
    const done = await importOrders({
      id,
      orders: factsOf(histories),
      counts: { customers: 0, rows: 0, refused: 0 },
      env: this.#environments.current,
      store: this.#store,
      now: this.now(),
      refused: told?.refused ?? (() => {}),
      progress: told?.progress ?? (() => {}),
    });
    this.#scheduler.poke();
    return done;
  }

  /** That someone fetched a signed link: kept for the record, it starts and advances nothing. */
  logLink(fetched: Omit<LinkFetch, "at">): Promise<void> {
    return this.#store.logLink({ ...fetched, at: this.now() });
  }

  /**
   * Sends a letter of the host's own, such as one that renews an expired link: through the outbox
   * and at the channel's rate, but not judged. The same `key` is the same letter.
   */
  async sendLetter(key: string, message: MessageSend): Promise<void> {
    const channel = this.#channels.find(({ name }) => name === message.channel);
    const row = await letterRow(key, message, channel, this.now());
    await this.#pipeline.submit({ customer: message.customer, input: null, settled: null, rows: [row] });
  }

  /** An operator's task by its effect id, with what came of it. */
  task(id: string): Promise<TaskView | null> {
    return findTask(this.#store, id);
  }

  parked(limit = 100): Promise<ParkedCustomer[]> {
    return this.#store.parked(limit);
  }

  /** Tries a parked customer again now; `drop` first gives up the oldest inputs that wait for it. */
  async unpark(customer: string, drop = 0): Promise<void> {
    await unpark(this.#store, customer, this.now(), drop);
    this.#scheduler.poke();
  }

  /** Everything that is kept about a customer, for the customer. */
  export(customer: string): Promise<Exported> {
    return exportCustomer(this.#store, customer, () => this.ask<ProfileAnswer>(customer, { ask: "profile" }));
  }

  /** Removes a customer; of the contacts only keyed hashes stay, so that they are not written to again. */
  async erase(customer: string): Promise<number> {
    const profile = await this.ask<ProfileAnswer | null>(customer, { ask: "profile" });
    return erase(this.#store, this.#delivery.contacts, customer, profile, this.now());
  }

  #openPipeline(operator: ComebackOptions["operator"]): Pipeline {
    const letters: OperatorLetters | null = operator ? { locale: "en", ...operator } : null;
    const release = releaser({ channels: this.#channels, operator: letters });
    return new Pipeline({
      store: this.#store,
      context: () => ({ decider: this.#environments.forBatch(), release, now: this.now() }),
      waitingMax: this.#limits.waitingMax,
      committed: (turns) => {
        for (const { commit } of turns) {
          if (commit.parked) this.#log({ level: "error", message: "customer parked", ...commit.parked });
        }
        this.#scheduler.poke();
      },
    });
  }

  #openDelivery({ shop, webhooks = {}, performers: replaced, suppressionKey }: ComebackOptions): DeliveryContext {
    const emit = async (event: unknown): Promise<void> => {
      const [result] = await ingest([event], "host", this.#pipeline, this.#limits);
      const refusal = result?.refusal;
      if (refusal) throw new InputRefused(refusal.code, refusal.path, refusal.message);
    };
    const standard = performers({ shop, webhooks, emit, now: this.now });
    return {
      store: this.#store,
      channels: new Map(this.#channels.map((channel) => [channel.name, channel])),
      performers: { ...standard, ...replaced },
      contacts: contacts(this.#store, suppressionKey ?? null),
      begin: gathered((rows) => this.#store.begin(rows, this.now() + this.#limits.leaseMs)),
      judge: (customer, effect) => this.ask<JudgeAnswer>(customer, { ask: "judge", effect }),
      settle: (customer, settled, input) =>
        insist(
          () => this.#pipeline.submit({ customer, settled, input }),
          (tries, error) => this.#pauseAfter(tries, error),
        ),
      now: this.now,
      log: this.#log,
    };
  }

  #openLanes(rates: Readonly<Record<string, Rate>>): Lane[] {
    const lane = (name: string, rate: Rate, concurrency: number): Lane =>
      new Lane({
        name,
        store: this.#store,
        bucket: bucket(rate),
        concurrency,
        leaseMs: this.#limits.leaseMs,
        now: this.now,
        deliver: (row) => deliver(row, this.#delivery),
      });
    const channels = this.#channels.map(({ name }) => lane(name, rates[name] ?? {}, rates[name]?.concurrency ?? 1));
    const effects = rates[effectsLane] ?? {};
    return [lane(effectsLane, effects, effects.concurrency ?? effectsConcurrency), ...channels];
  }

  #openCatalogue(shop: Shop): Catalogue {
    const change = (products: Awaited<ReturnType<Shop["products"]>>) => this.#environments.change({ products });
    const { catalogueRefreshMs: refreshMs } = this.#limits;
    return new Catalogue({ shop, change, now: this.now, log: this.#log, refreshMs });
  }

  /** What the scheduler does: unlike `tick` it does not wait for a slow channel. */
  async #work(): Promise<number | null> {
    await this.#catalogue.refreshIfDue();
    await this.#recover();
    await runWakes(this.#store, this.#pipeline, this.now);
    for (const lane of this.#lanes) this.#runAside(lane);
    return this.#nextAt();
  }

  #runAside(lane: Lane): void {
    lane.run().then(
      (delivered) => delivered > 0 && this.#scheduler.poke(),
      (error: unknown) =>
        this.#log({ level: "error", message: "delivery put off", lane: lane.name, reason: reasonOf(error) }),
    );
  }

  /** Settles or returns what a worker that is gone left in the outbox. */
  async #recover(): Promise<number> {
    const now = this.now();
    const end = await this.#store.nextLeaseEnd();
    if (end === null || end > now) return 0;
    const except = new Set(this.#lanes.flatMap((lane) => [...lane.held]));
    const rows = await this.#store.takeOver({ now, until: now + this.#limits.leaseMs, limit: 100, except });
    for (const row of rows) await recover(row, this.#delivery);
    if (rows.length > 0) this.#log({ level: "warn", message: "took over abandoned effects", count: rows.length });
    return rows.length;
  }

  async #nextAt(): Promise<number | null> {
    const idle = this.#lanes.filter((lane) => !lane.running);
    const lanes = await Promise.all(idle.map((lane) => lane.nextAt()));
    return earliest([await this.#store.nextWake(), await this.#store.nextLeaseEnd(), ...lanes]);
  }

  async #pauseAfter(tries: number, error: unknown): Promise<void> {
    this.#log({ level: "warn", message: "outcome of an effect not stored yet", tries, reason: reasonOf(error) });
    const ms = waitBefore(tries, "settle", { firstMs: 100, maxMs: 10_000 });
    await new Promise((resume) => setTimeout(resume, ms));
  }
}

function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((at) => at !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
