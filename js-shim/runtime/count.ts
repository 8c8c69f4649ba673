import type { BacklogPolicy, PublishAnswer, Question, StateBytes } from "../core/types.js";
import { pages } from "../stores/everyone.js";
import type { Store } from "../stores/store.js";

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

/** Something counted one customer after another. */
export interface Count {
  add(state: StateBytes, env: Asked, now: number): void;
}

export class PreviewCount implements Count {
  #customers = 0;
  readonly #runs = new Map<string, { stays: number; restarts: number; leaves: number }>();
  readonly #backlog = new Map<string, { policy: BacklogPolicy; customers: number }>();

  add(state: StateBytes, env: Asked, now: number): void {
    const answer = env.ask<PublishAnswer>(state, { ask: "publish" }, now);
    this.#customers += 1;
    for (const { journey, fate } of answer.runs) {
      const counts = this.#runs.get(journey) ?? { stays: 0, restarts: 0, leaves: 0 };
      counts[fate] += 1;
      this.#runs.set(journey, counts);
    }
    for (const { journey, policy } of answer.backlog) {
      const counts = this.#backlog.get(journey) ?? { policy, customers: 0 };
      counts.customers += 1;
      this.#backlog.set(journey, counts);
    }
  }

  result(): Preview {
    const backlog = [...this.#backlog].sort(byName).map(([journey, counts]) => {
      return { journey, ...counts, days: daysOf(counts.policy, counts.customers) };
    });
    const runs = [...this.#runs].sort(byName).map(([journey, counts]) => ({ journey, ...counts }));
    return { customers: this.#customers, runs, backlog };
  }
}

export class AudienceCount implements Count {
  readonly #counted: Audience = { customers: 0, reached: 0, refused: {} };

  constructor(private readonly run: RunOver) {}

  add(state: StateBytes, env: Asked, now: number): void {
    const { journey, key } = this.run;
    const answer = env.ask<{ qualifies: boolean; why: string | null }>(state, { ask: "qualifies", journey, key }, now);
    const { refused } = this.#counted;
    this.#counted.customers += 1;
    if (answer.qualifies) this.#counted.reached += 1;
    else if (answer.why) refused[answer.why] = (refused[answer.why] ?? 0) + 1;
  }

  result(): Audience {
    return this.#counted;
  }
}

export async function preview(store: Store, env: Asked, now: number): Promise<Preview> {
  const count = new PreviewCount();
  await overEveryone(store, count, env, now);
  return count.result();
}

export async function audience(store: Store, env: Asked, run: RunOver, now: number): Promise<Audience> {
  const count = new AudienceCount(run);
  await overEveryone(store, count, env, now);
  return count.result();
}

/** Over how many days a backlog begins; `null` is never. */
export function daysOf(policy: BacklogPolicy, customers: number): number | null {
  if (policy === "skip") return null;
  return policy === "all" ? 0 : Math.ceil(customers / policy.per_day);
}

async function overEveryone(store: Store, count: Count, env: Asked, now: number): Promise<void> {
  for await (const page of pages(store)) {
    for (const { state } of await store.load(page)) count.add(state, env, now);
    // Whoever else wants something of this process comes in between.
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
