import type { Customer, DeferredInput, Outcome, Store } from "../stores/store.js";
import { Overloaded, Stopped, isRetryable } from "./errors.js";
import { takeTurn, type Turn, type TurnContext } from "./turn.js";
import type { Work, WorkOutcome } from "./work.js";

export interface PipelineOptions {
  store: Store;
  /** Asked once per batch, so that a batch runs in one environment at one instant. */
  context(): TurnContext;
  /** Events that may wait to be stepped; more are refused with `Overloaded`. */
  waitingMax: number;
  /** After a commit: work may have come to the outbox, and wakes may have moved. */
  committed(turns: readonly Turn[]): void;
}

interface Waiting {
  work: Work;
  done(outcome: WorkOutcome): void;
  failed(error: unknown): void;
  conflicts: number;
}

/** Works per transaction. More wait longer for each other, fewer pay for more syncs of the disk. */
const batchMax = 512;
/** Inputs of a parked customer taken at a try. */
const deferredMax = 200;
/** Reruns of a step that lost to another writer before the caller is told to try again. */
const conflictsMax = 20;

/**
 * The one way in: every step, wake and receipt goes through here, and one batch at a time.
 *
 * What arrives while a batch is being stored makes up the next one, so that many customers share
 * a sync of the disk when there are many, and one waits for nobody when there is one.
 */
export class Pipeline {
  readonly #options: PipelineOptions;
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Work from outside: refused when too much waits. */
  admit(works: readonly Work[]): Promise<WorkOutcome>[] {
    if (this.#stopped) throw new Stopped();
    const { waitingMax } = this.#options;
    if (this.#waiting.length + works.length > waitingMax && this.#waiting.length > 0) {
      throw new Overloaded(`${this.#waiting.length} events are waiting, the limit is ${waitingMax}`, 1);
    }
    return works.map((work) => this.submit(work));
  }

  /** Work of the runtime's own. Resolves when it is durable. */
  submit(work: Work): Promise<WorkOutcome> {
    const outcome = new Promise<WorkOutcome>((done, failed) => {
      this.#waiting.push({ work, done, failed, conflicts: 0 });
    });
    this.#running ??= this.#run();
    return outcome;
  }

  /** Refuses new work from outside and waits until what was taken is stored. */
  async stop(): Promise<void> {
    this.#stopped = true;
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // One turn of the event loop, so that what was submitted together is stored together.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      await this.#attempt(this.#waiting.splice(0, batchMax));
    }
    this.#running = null;
  }

  /** A batch that fails for good is tried again customer by customer, so that one can't fail the others. */
  async #attempt(batch: Waiting[]): Promise<void> {
    try {
      await this.#store(batch);
    } catch (error) {
      const groups = byCustomer(batch);
      if (isRetryable(error) || groups.length === 1) for (const { failed } of batch) failed(error);
      else for (const group of groups) await this.#attempt(group);
    }
  }

  async #store(batch: Waiting[]): Promise<void> {
    const groups = byCustomer(batch);
    const turns = await this.#turns(groups);
    const outcomes = await this.#options.store.commit({ customers: turns.map(({ commit }) => commit) });
    this.#options.committed(turns.filter((_, at) => outcomes[at] === "stored"));
    for (const [at, group] of groups.entries()) this.#answer(group, turns[at]!, outcomes[at]!);
  }

  async #turns(groups: readonly Waiting[][]): Promise<Turn[]> {
    const { store } = this.#options;
    const customers = await store.load(groups.map((group) => group[0]!.work.customer));
    const duplicates = await this.#duplicates(groups);
    const context = this.#options.context();
    const turns: Turn[] = [];
    for (const [at, group] of groups.entries()) {
      const customer = customers[at]!;
      const works = group.map(({ work }) => work);
      turns.push(await takeTurn(customer, works, duplicates[at]!, await this.#deferred(customer), context));
    }
    return turns;
  }

  async #deferred({ customer, parked }: Customer): Promise<DeferredInput[]> {
    return parked ? this.#options.store.deferred(customer, deferredMax) : [];
  }

  /** Which works bring an event that the store knows. The same one twice in a batch shows in the turn. */
  async #duplicates(groups: readonly Waiting[][]): Promise<boolean[][]> {
    const keys = groups.flatMap((group) => group.flatMap(({ work }) => work.input?.event ?? []));
    const seen = await this.#options.store.seen(keys);
    let next = 0;
    return groups.map((group) => group.map(({ work }) => work.input?.event != null && seen[next++] === true));
  }

  #answer(group: Waiting[], turn: Turn, outcome: Outcome): void {
    if (outcome === "stored") {
      for (const [at, { done }] of group.entries()) done(turn.outcomes[at]!);
    } else if (outcome === "fenced") {
      this.#dropSettling(group);
    } else {
      for (const one of group) this.#again(one);
    }
  }

  /** Someone else took over a row that this group settles: those works are not ours any longer. */
  #dropSettling(group: Waiting[]): void {
    for (const one of group) {
      if (one.work.settled) one.done({ outcome: "fenced" });
      else this.#waiting.push(one);
    }
  }

  #again(one: Waiting): void {
    one.conflicts += 1;
    if (one.conflicts <= conflictsMax) this.#waiting.push(one);
    else one.failed(new Overloaded("the customer is being written by others all the time", 1));
  }
}

function byCustomer(batch: readonly Waiting[]): Waiting[][] {
  const groups = new Map<string, Waiting[]>();
  for (const one of batch) {
    const group = groups.get(one.work.customer);
    if (group) group.push(one);
    else groups.set(one.work.customer, [one]);
  }
  return [...groups.values()];
}

/** Submits until the store takes it, waiting longer each time; for what already happened outside. */
export async function insist(
  submit: () => Promise<WorkOutcome>,
  pause: (tries: number, error: unknown) => Promise<void>,
): Promise<WorkOutcome> {
  for (let tries = 0; ; tries++) {
    try {
      return await submit();
    } catch (error) {
      if (!isRetryable(error)) throw error;
      await pause(tries, error);
    }
  }
}
