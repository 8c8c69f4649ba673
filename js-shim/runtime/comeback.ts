import { readFile } from "node:fs/promises";
import { Catalogue } from "../catalogue/catalogue.js";
import type { Channel } from "../channels/channel.js";
import { Core } from "../core/core.js";
import type { EventBy, JudgeAnswer, MessageSend, ProfileAnswer, Question, Quote, Refusal } from "../core/types.js";
import { factsOf, importOrders, type History, type ImportTold } from "../import/index.js";
import type { QuoteRequest, Shop } from "../shops/shop.js";
import type { ImportProgress, LinkFetch, ParkedCustomer, Store } from "../stores/store.js";
import { forwardOnly, systemClock, type Clock } from "./clock.js";
import { contacts, type Contacts } from "./contacts.js";
import { Deliveries } from "./deliveries.js";
import { earliest } from "./earliest.js";
import { Environments } from "./environment.js";
import { InputRefused } from "./errors.js";
import { ingest, type IngestResult } from "./intake.js";
import { silent, type Log } from "./log.js";
import { limitsDefault, type ComebackLimits, type ComebackOptions, type Status, type Ticked } from "./options.js";
import { unpark } from "./parking.js";
import { performers } from "./performers.js";
import { erase, exportCustomer, type Exported } from "./person.js";
import { Pipeline } from "./pipeline.js";
import { readProgram, type ProgramSource } from "./program.js";
import { audience, preview, type Asked, type Audience, type Preview, type RunOver } from "./count.js";
import { Publisher } from "./publish.js";
import { reconcile } from "./reconcile.js";
import { letterRow, releaser, type OperatorLetters } from "./release.js";
import { Retention, retentionDefault } from "./retention.js";
import { Scheduler } from "./scheduler.js";
import { findTask, type TaskView } from "./task.js";
import { runWakes } from "./wakes.js";

/** Rounds of one `tick`; a circle of effects that answer each other at once ends here. */
const roundsMax = 10_000;

/** Opens the store, the core and the shop's catalogue. Nothing is sent before `start` or `tick`. */
export async function createComeback(options: ComebackOptions): Promise<Comeback> {
  const core = options.core ?? (await Core.load());
  const program = core.compile(await readProgram(options.program));
  const model = typeof options.model === "string" ? await readFile(options.model) : (options.model ?? null);
  const products = await options.shop.products();
  const clock = options.clock ?? systemClock;
  const parts = { program, model, products };
  const environments = await Environments.open(core, options.store, parts, () => clock.now());
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
  readonly #contacts: Contacts;
  readonly #deliveries: Deliveries;
  readonly #catalogue: Catalogue;
  readonly #publisher: Publisher;
  readonly #retention: Retention;
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
    this.#contacts = contacts(options.store, options.suppressionKey ?? null);
    this.#deliveries = this.#openDeliveries(options);
    this.#catalogue = this.#openCatalogue(options.shop);
    this.#publisher = this.#openPublisher();
    this.#retention = new Retention(options.store, { ...retentionDefault, ...options.retention }, this.now);
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
      while (await this.#publisher.work());
      while (await this.#retention.work());
      const recovered = await this.#deliveries.recover();
      const wakes = await runWakes(this.#store, this.#pipeline, this.now);
      const deliveries = await this.#deliveries.run();
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
    await this.#deliveries.stop();
    await this.#pipeline.stop();
    for (const channel of this.#channels) await channel.close?.();
    this.#environments.close();
    await this.#store.close();
  }

  async status(): Promise<Status> {
    return {
      core: this.#core.version,
      environment: this.#environments.current.hash,
      waiting: this.#pipeline.waiting,
      parked: (await this.#store.parked(1000)).length,
      nextAt: await this.#nextAt(),
      lanes: await this.#deliveries.status(),
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

  /** What publishing another program would do, counted over all customers; nothing changes. */
  async preview(program: ProgramSource): Promise<Preview> {
    const env = this.#environments.beside(this.#core.compile(await readProgram(program)));
    try {
      return await preview(this.#store, env, this.now());
    } finally {
      env.close();
    }
  }

  /** Goes over to another program; every customer meets it soon, also those who do nothing. */
  async publish(program: ProgramSource): Promise<void> {
    await this.#environments.change({ program: this.#core.compile(await readProgram(program)) });
    this.#publisher.look();
    this.#scheduler.poke();
  }

  /** Who a run over an audience would reach; nothing changes. */
  audience(run: RunOver): Promise<Audience> {
    return audience(this.#store, this.#asked, run, this.now());
  }

  /** Begins a journey for everyone its `when` holds for, once for each key. */
  async runOver(run: RunOver): Promise<void> {
    await this.#publisher.runOver(run);
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

  /** What the shop says of stock and prices now. */
  quote(request: QuoteRequest): Promise<Quote[]> {
    return this.#shop.quote(request);
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
    return erase(this.#store, this.#contacts, customer, profile, this.now());
  }

  #openPipeline(operator: ComebackOptions["operator"]): Pipeline {
    const letters: OperatorLetters | null = operator ? { locale: "en", ...operator } : null;
    const release = releaser({ channels: this.#channels, operator: letters });
    const receiptRefused = (type: string | null, { path, message }: Refusal): void =>
      this.#log({ level: "error", message: "receipt refused by the core", type, path, reason: message });
    return new Pipeline({
      store: this.#store,
      context: () => ({ decider: this.#environments.forBatch(), release, receiptRefused, now: this.now() }),
      waitingMax: this.#limits.waitingMax,
      committed: (turns) => {
        for (const { commit } of turns) {
          if (commit.parked) this.#log({ level: "error", message: "customer parked", ...commit.parked });
        }
        this.#scheduler.poke();
      },
    });
  }

  #openDeliveries({ shop, webhooks = {}, performers: replaced, rates = {} }: ComebackOptions): Deliveries {
    const emit = async (event: unknown): Promise<void> => {
      const [result] = await ingest([event], "host", this.#pipeline, this.#limits);
      const refusal = result?.refusal;
      if (refusal) throw new InputRefused(refusal.code, refusal.path, refusal.message);
    };
    return new Deliveries({
      store: this.#store,
      channels: this.#channels,
      performers: { ...performers({ shop, webhooks, emit, now: this.now }), ...replaced },
      contacts: this.#contacts,
      rates,
      leaseMs: this.#limits.leaseMs,
      judge: (customer, effect) => this.ask<JudgeAnswer>(customer, { ask: "judge", effect }),
      submit: (work) => this.#pipeline.submit(work),
      now: this.now,
      log: this.#log,
    });
  }

  /** Whatever is current at the time it is asked: an environment may be replaced and closed meanwhile. */
  readonly #asked: Asked = {
    ask: (state, question, now) => this.#environments.current.ask(state, question, now),
  };

  #openPublisher(): Publisher {
    return new Publisher({
      store: this.#store,
      program: () => ({ hash: this.#environments.program, env: this.#asked }),
      submit: (work) => this.#pipeline.submit(work),
      now: this.now,
      log: this.#log,
    });
  }

  #openCatalogue(shop: Shop): Catalogue {
    const change = (products: Awaited<ReturnType<Shop["products"]>>) => this.#environments.change({ products });
    const { catalogueRefreshMs: refreshMs } = this.#limits;
    return new Catalogue({ shop, change, now: this.now, log: this.#log, refreshMs });
  }

  /** What the scheduler does: unlike `tick` it does not wait for a slow channel. */
  async #work(): Promise<number | null> {
    await this.#catalogue.refreshIfDue();
    if (await this.#publisher.work()) this.#scheduler.poke();
    if (await this.#retention.work()) this.#scheduler.poke();
    await this.#deliveries.recover();
    await runWakes(this.#store, this.#pipeline, this.now);
    this.#deliveries.runAside(() => this.#scheduler.poke());
    return this.#nextAt();
  }

  async #nextAt(): Promise<number | null> {
    return earliest([await this.#store.nextWake(), await this.#deliveries.nextAt()]);
  }
}
