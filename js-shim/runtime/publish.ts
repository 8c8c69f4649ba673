import type { BacklogPolicy, Enlistment, EventEnvelope, PublishAnswer, Question, StateBytes } from "../core/types.js";
import { pages, pageSize } from "../stores/everyone.js";
import type { Customer, Store } from "../stores/store.js";
import type { Log } from "./log.js";
import type { Work, WorkOutcome } from "./work.js";

/** What publishing a program would do, counted over all customers. */
export interface Preview {
  customers: number;
  /** Runs under way, by journey. */
  runs: { journey: string; stays: number; restarts: number; leaves: number }[];
  /** Customers who were due before a journey was switched on, and over how many days they begin; `null` is never. */
  backlog: { journey: string; policy: BacklogPolicy; customers: number; days: number | null }[];
}

/** Who a run over an audience would reach, and why not the others. */
export interface Audience {
  customers: number;
  reached: number;
  refused: Record<string, number>;
}

/** A run of one journey for everyone who qualifies: its `when` is the audience. */
export interface RunOver {
  journey: string;
  /** Names this run; the same key reaches nobody twice. */
  key: string;
  /** So many customers begin each day; all at once when absent. */
  perDay?: number;
}

/** Answers questions under one program; `Env` of `core/` is one. */
export interface Asked {
  ask<T>(state: StateBytes, question: Question, now: number): T;
}

export async function preview(store: Store, env: Asked, now: number): Promise<Preview> {
  const runs = new Map<string, { stays: number; restarts: number; leaves: number }>();
  const backlog = new Map<string, { policy: BacklogPolicy; customers: number }>();
  let customers = 0;
  for await (const { state } of loaded(store)) {
    const answer = env.ask<PublishAnswer>(state, { ask: "publish" }, now);
    customers += 1;
    for (const { journey, fate } of answer.runs) {
      const counts = runs.get(journey) ?? { stays: 0, restarts: 0, leaves: 0 };
      counts[fate] += 1;
      runs.set(journey, counts);
    }
    for (const { journey, policy } of answer.backlog) {
      const counts = backlog.get(journey) ?? { policy, customers: 0 };
      counts.customers += 1;
      backlog.set(journey, counts);
    }
  }
  return {
    customers,
    runs: [...runs].sort(byName).map(([journey, counts]) => ({ journey, ...counts })),
    backlog: [...backlog]
      .sort(byName)
      .map(([journey, counts]) => ({ journey, ...counts, days: daysOf(counts.policy, counts.customers) })),
  };
}

export async function audience(store: Store, env: Asked, { journey, key }: RunOver, now: number): Promise<Audience> {
  const counted: Audience = { customers: 0, reached: 0, refused: {} };
  for await (const { state } of loaded(store)) {
    const answer = env.ask<{ qualifies: boolean; why: string | null }>(state, { ask: "qualifies", journey, key }, now);
    counted.customers += 1;
    if (answer.qualifies) counted.reached += 1;
    else if (answer.why) counted.refused[answer.why] = (counted.refused[answer.why] ?? 0) + 1;
  }
  return counted;
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function daysOf(policy: BacklogPolicy, customers: number): number | null {
  if (policy === "skip") return null;
  return policy === "all" ? 0 : Math.ceil(customers / policy.per_day);
}

async function* loaded(store: Store): AsyncGenerator<Customer> {
  for await (const page of pages(store)) yield* await store.load(page);
}

/** A message to every customer that is under way; kept in the store, so that it goes on after a stop. */
interface Sweep {
  id: string;
  enlist: Enlistment[];
  /** The last customer who has had it. */
  after: string;
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
  #lookAt = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Does the next part of what is to be published; answers whether there is more. */
  async work(): Promise<boolean> {
    const sweeps = await this.#load();
    await this.#notice();
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
    await this.#add(await this.#sweepOf(run));
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
    const { hash, env } = program();
    const published = await store.meta(names.published);
    if (published !== hash) {
      const { customers, backlog } = await preview(store, env, now());
      const due = backlog.filter(({ days }) => days !== null);
      const enlist = due.map(({ journey, days }) => ({ journey, from: now(), days: days! }));
      if (customers > 0) await this.#add({ id: `${hash} ${now()}`, enlist, after: "" });
      await store.metaSet(names.published, hash);
    }
    const requested = await store.meta(names.requested);
    if (requested) {
      await this.runOver(JSON.parse(requested) as RunOver);
      await store.metaSet(names.requested, "");
    }
  }

  async #sweepOf(run: RunOver): Promise<Sweep> {
    const { store, program, now } = this.#options;
    const { journey, key, perDay } = run;
    const days = perDay ? Math.ceil((await audience(store, program().env, run, now())).reached / perDay) : 0;
    return { id: `run ${journey} ${key} ${now()}`, enlist: [{ journey, key, from: now(), days }], after: "" };
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
