import type { Enlistment, EventEnvelope, PublishAnswer, StateBytes } from "../core/types.js";
import { pageSize } from "../stores/everyone.js";
import type { Customer, Store } from "../stores/store.js";
import { AudienceCount, audience, daysOf, PreviewCount, type Asked, type Count, type RunOver } from "./count.js";
import type { Log } from "./log.js";
import type { Work, WorkOutcome } from "./work.js";

/** A message to every customer that is under way; kept in the store, so that it goes on after a stop. */
interface Sweep {
  id: string;
  enlist: Enlistment[];
  /** The last customer who has had it. */
  after: string;
}

/** What is counted before it begins: a page of customers at a time, so that nothing that is due waits for it. */
interface Counting {
  count: Count;
  /** The program under which it is counted. */
  program: string;
  /** The last customer who was. */
  after: string;
  /** All of them were. */
  done(): Promise<void>;
}

export interface PublisherOptions {
  store: Store;
  /** The program in use. */
  program(): { hash: string; env: Asked };
  submit(work: Work): Promise<WorkOutcome>;
  now(): number;
  log: Log;
}

const names = { published: "published", sweeps: "sweeps", requested: "requested run" };
const utf8 = new TextEncoder();
const utf8Text = new TextDecoder();
const brace = 0x7b;
/** Events of one customer told to new accumulators; the newest when there are more. */
const pastMax = 2_000;

/** Asks the service that owns a store for a run over an audience; false while an earlier request waits. */
export async function requestRun(store: Store, run: RunOver): Promise<boolean> {
  if (await store.meta(names.requested)) return false;
  await store.metaSet(names.requested, JSON.stringify(run));
  return true;
}

/** How often another process's request is looked for. */
const lookEveryMs = 5_000;

/**
 * Brings a changed program to every customer: without it, one who does nothing would never meet a new timer.
 *
 * Each customer gets one input, in the order of their keys, through the pipeline like any other; what was reached so far
 * is stored, and an input that comes twice is known.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  #sweeps: Sweep[] | null = null;
  #counting: Counting | null = null;
  #lookAt = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Does the next part of what is to be published; answers whether there is more. */
  async work(): Promise<boolean> {
    const sweeps = await this.#load();
    if (this.#counting === null) await this.#notice();
    if (this.#counting !== null) {
      await this.#countOn(this.#counting);
      return true;
    }
    const sweep = sweeps[0];
    if (!sweep) return false;
    await this.#advance(sweep, sweeps);
    return sweeps.length > 0;
  }

  /** The program changed: it is published at the next `work`. */
  look(): void {
    this.#lookAt = 0;
  }

  /** Begins a run over everyone who qualifies. */
  async runOver(run: RunOver): Promise<void> {
    const { store, program, now } = this.#options;
    const reached = run.perDay ? (await audience(store, program().env, run, now())).reached : 0;
    await this.#add(this.#sweepOf(run, reached));
  }

  async #load(): Promise<Sweep[]> {
    this.#sweeps ??= JSON.parse((await this.#options.store.meta(names.sweeps)) ?? "[]") as Sweep[];
    return this.#sweeps;
  }

  /** A program that was not published yet, or a request. */
  async #notice(): Promise<void> {
    const { store, program, now } = this.#options;
    if (now() < this.#lookAt) return;
    this.#lookAt = now() + lookEveryMs;
    const { hash } = program();
    if ((await store.meta(names.published)) !== hash) return this.#publish(hash);
    const requested = await store.meta(names.requested);
    if (requested) await this.#carryOut(JSON.parse(requested) as RunOver, hash);
  }

  #publish(program: string): void {
    const { store, now } = this.#options;
    const count = new PreviewCount();
    const done = async (): Promise<void> => {
      const { customers, backlog } = count.result();
      const due = backlog.filter(({ days }) => days !== null);
      const enlist = due.map(({ journey, days }) => ({ journey, from: now(), days: days! }));
      if (customers > 0) await this.#add({ id: `${program} ${now()}`, enlist, after: "" });
      await store.metaSet(names.published, program);
    };
    this.#counting = { count, program, after: "", done };
  }

  /** Another process's request stays in the store until its run is under way. */
  async #carryOut(run: RunOver, program: string): Promise<void> {
    const { store } = this.#options;
    const count = new AudienceCount(run);
    const done = async (): Promise<void> => {
      await this.#add(this.#sweepOf(run, count.result().reached));
      await store.metaSet(names.requested, "");
    };
    if (run.perDay) this.#counting = { count, program, after: "", done };
    else await done();
  }

  async #countOn(counting: Counting): Promise<void> {
    const { store, program, now } = this.#options;
    const { hash, env } = program();
    if (hash !== counting.program) {
      this.#counting = null;
      this.#lookAt = 0;
      return;
    }
    const page = await store.customers({ after: counting.after, limit: pageSize });
    for (const { state } of await store.load(page)) counting.count.add(state, env, now());
    counting.after = page.at(-1) ?? "";
    if (page.length === pageSize) return;
    await counting.done();
    this.#counting = null;
  }

  #sweepOf({ journey, key, perDay }: RunOver, reached: number): Sweep {
    const from = this.#options.now();
    const days = perDay ? daysOf({ per_day: perDay }, reached)! : 0;
    return { id: `run ${journey} ${key} ${from}`, enlist: [{ journey, key, from, days }], after: "" };
  }

  async #add(sweep: Sweep): Promise<void> {
    const sweeps = await this.#load();
    sweeps.push(sweep);
    await this.#save(sweeps);
  }

  async #save(sweeps: Sweep[]): Promise<void> {
    await this.#options.store.metaSet(names.sweeps, JSON.stringify(sweeps));
  }

  /** What the journal remembers of the events that new accumulators count. */
  async #pastOf(customer: string, state: StateBytes): Promise<EventEnvelope[]> {
    const { store, program, now } = this.#options;
    const { unfilled } = program().env.ask<PublishAnswer>(state, { ask: "publish" }, now());
    if (unfilled.length === 0) return [];
    const wanted = new Set(unfilled.flatMap(({ event }) => event));
    const past: EventEnvelope[] = [];
    for await (const { input } of store.journal({ customer, from: 0, until: Number.MAX_SAFE_INTEGER })) {
      // Batches of an imported file are not JSON; the core read those when they came.
      if (input[0] !== brace) continue;
      const { event, facts = [] } = JSON.parse(utf8Text.decode(input)) as {
        event?: EventEnvelope;
        facts?: EventEnvelope[];
      };
      past.push(...[...facts, ...(event ? [event] : [])].filter(({ type }) => wanted.has(type)));
    }
    return past.slice(-pastMax);
  }

  async #advance(sweep: Sweep, sweeps: Sweep[]): Promise<void> {
    const { store, submit, log } = this.#options;
    const page = await store.customers({ after: sweep.after, limit: pageSize });
    const work = async ({ customer, state }: Customer): Promise<WorkOutcome> => {
      const past = await this.#pastOf(customer, state);
      const publish = { enlist: sweep.enlist, ...(past.length > 0 ? { past } : {}) };
      const event = { source: "comeback.publish", id: `${sweep.id} ${customer}` };
      const input = { bytes: utf8.encode(JSON.stringify({ publish })), event, type: "program.published" };
      return submit({ customer, input, settled: null });
    };
    await Promise.all((await store.load(page)).map(work));
    if (page.length < pageSize) {
      sweeps.shift();
      log({ level: "info", message: "published to every customer", sweep: sweep.id });
    } else {
      sweep.after = page.at(-1)!;
    }
    await this.#save(sweeps);
  }
}
