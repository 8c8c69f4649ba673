import type { Effect, Refusal, StateBytes, StepResult } from "../core/types.js";
import type { Customer, CustomerCommit, DeferredInput, Parked } from "../stores/store.js";
import { waitBefore } from "./backoff.js";
import { reasonOf } from "./errors.js";
import { hostSource } from "./receipts.js";
import type { Released } from "./release.js";
import { wakeInput, type Input, type Work, type WorkOutcome } from "./work.js";

/** What a turn needs of an opened environment; `Env` of `core/` is one. */
export interface Decider {
  readonly hash: string;
  step(state: StateBytes, input: Uint8Array, now: number): StepResult;
}

export interface TurnContext {
  decider: Decider;
  release(effect: Effect, now: number): Promise<Released>;
  /** A receipt of the host's own that the core did not take: a defect, and the outcome is lost to it. */
  receiptRefused(type: string | null, refusal: Refusal): void;
  now: number;
}

/** One customer's turn, done but not stored: the commit, and what to answer when it is. */
export interface Turn {
  commit: CustomerCommit;
  outcomes: WorkOutcome[];
}

/** Steps in one turn; a customer that wants more is parked, for something goes round in a circle. */
const stepsMax = 2000;
/** Wakes in a row at the same instant; after that the customer rests. Late wakes are harmless. */
const wakesMax = 16;
const restMs = 60_000;

const parking = { firstMs: 60_000, maxMs: 24 * 3_600_000 };

/**
 * Everything that waits for one customer, in order, as one commit.
 *
 * A step that throws, which is a trap in the core, parks the customer: what came before it in the
 * turn stands, it and what follows are deferred. A parked customer's events wait until its wake.
 */
export async function takeTurn(
  customer: Customer,
  works: readonly Work[],
  duplicate: readonly boolean[],
  deferred: readonly DeferredInput[],
  context: TurnContext,
): Promise<Turn> {
  const turn = new OpenTurn(customer, context);
  const outcomes: WorkOutcome[] = [];
  for (const [at, work] of works.entries()) {
    if (work.settled) turn.commit.settled.push(work.settled);
    if (work.rows) turn.commit.outbox.push(...work.rows);
    outcomes.push(await one(turn, work, duplicate[at] === true, deferred));
  }
  return { commit: turn.commit, outcomes };
}

async function one(
  turn: OpenTurn,
  { input }: Work,
  duplicate: boolean,
  deferred: readonly DeferredInput[],
): Promise<WorkOutcome> {
  if (!input) return { outcome: "accepted" };
  if (duplicate) return { outcome: "duplicate" };
  if (input.event) return turn.event(input);
  await turn.wake(deferred);
  return { outcome: "accepted" };
}

class OpenTurn {
  readonly commit: CustomerCommit;
  readonly #before: Parked | null;
  readonly #context: TurnContext;
  #state: StateBytes;
  #steps = 0;

  constructor({ customer, seq, state, wakeAt, parked }: Customer, context: TurnContext) {
    const nothing = { entries: [], outbox: [], settled: [], defer: [], undefer: 0, hot: null, purchases: null };
    this.commit = { customer, seq, wakeAt, parked, ...nothing };
    this.#before = parked;
    this.#context = context;
    this.#state = state;
  }

  async event(input: Input): Promise<WorkOutcome> {
    if (this.#isTaken(input)) return { outcome: "duplicate" };
    const outcome = this.commit.parked ? null : await this.#take(input);
    return outcome ?? this.#defer(input);
  }

  /** A parked customer's wake tries again what it was parked with, then wakes. */
  async wake(deferred: readonly DeferredInput[]): Promise<void> {
    this.commit.parked = null;
    for (const { input: bytes, event, type } of deferred) {
      if (!(await this.#take({ bytes, event, type }))) return;
      this.commit.undefer += 1;
      if (this.commit.parked) return;
    }
    await this.#wakeUntilQuiet();
  }

  async #wakeUntilQuiet(): Promise<void> {
    const { now } = this.#context;
    for (let again = 0; again < wakesMax; again++) {
      if (!(await this.#take(wakeInput)) || this.commit.parked) return;
      if (this.commit.wakeAt === null || this.commit.wakeAt > now) return;
    }
    this.commit.wakeAt = now + restMs;
  }

  /** Steps an input and the receipts that come straight out of it; `null` when it can't be stepped. */
  async #take(input: Input): Promise<WorkOutcome | null> {
    const result = this.#step(input);
    if (!result) return null;
    if (result.refused) return this.#refuse(input, result.refused);
    await this.#follow(await this.#keep(input, result));
    return { outcome: "accepted" };
  }

  async #follow(receipts: Input[]): Promise<void> {
    for (let input = receipts.shift(); input; input = receipts.shift()) {
      const result = this.commit.parked ? null : this.#step(input);
      if (!result) this.#defer(input);
      else if (result.refused) this.#refuse(input, result.refused);
      else receipts.push(...(await this.#keep(input, result)));
    }
  }

  #refuse({ event, type }: Input, refusal: Refusal): WorkOutcome {
    if (event?.source === hostSource) this.#context.receiptRefused(type, refusal);
    return { outcome: "refused", refusal };
  }

  #step(input: Input): StepResult | null {
    try {
      if (++this.#steps > stepsMax) throw new Error(`more than ${stepsMax} steps in one turn`);
      return this.#context.decider.step(this.#state, input.bytes, this.#context.now);
    } catch (error) {
      this.#park(reasonOf(error));
      return null;
    }
  }

  /** Takes a step's result into the commit; answers the receipts of effects that ended at once. */
  async #keep({ bytes, event, type }: Input, result: StepResult): Promise<Input[]> {
    const { now, decider } = this.#context;
    this.commit.entries.push({ now, input: bytes, event, type, environment: decider.hash });
    this.commit.wakeAt = result.wakeAt;
    this.#changed(result);
    const receipts: Input[] = [];
    for (const effect of result.effects) {
      const { rows, receipt } = await this.#context.release(effect, now);
      this.commit.outbox.push(...rows);
      if (receipt) receipts.push(receipt);
    }
    return receipts;
  }

  #changed({ hot, purchases }: StepResult): void {
    this.commit.hot = hot ?? this.commit.hot;
    this.commit.purchases = purchases ?? this.commit.purchases;
    this.#state = { hot: hot ?? this.#state.hot, purchases: purchases ?? this.#state.purchases };
  }

  /** By this very turn. A refused one was not, so its id may be used again. */
  #isTaken({ event }: Input): boolean {
    const taken = [...this.commit.entries, ...this.commit.defer];
    return taken.some((one) => one.event?.id === event?.id && one.event?.source === event?.source);
  }

  #defer({ bytes, event, type }: Input): WorkOutcome {
    this.commit.defer.push({ input: bytes, event, type });
    return { outcome: "deferred" };
  }

  #park(reason: string): void {
    const { now } = this.#context;
    const tries = (this.#before?.tries ?? 0) + 1;
    this.commit.parked = { reason, since: this.#before?.since ?? now, tries };
    this.commit.wakeAt = now + waitBefore(tries - 1, this.commit.customer, parking);
  }
}
