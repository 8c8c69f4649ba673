import type { Env } from "../../core/core.js";
import type {
  Effect,
  EventBy,
  EventEnvelope,
  JudgeAnswer,
  MessageSend,
  Question,
  StateBytes,
  StepInput,
  StepResult,
} from "../../core/types.js";
import { Agenda } from "./agenda.js";
import type { ResponsePolicy } from "./responses.js";

/** One step as it happened in the replay. */
export interface Stepped {
  now: number;
  customer: string;
  input: StepInput;
  result: StepResult;
}

export interface WorldOptions {
  env: Env;
  respond: ResponsePolicy;
  /** Ask the core to tell why, at about twice the time. */
  trace: boolean;
  stepped(step: Stepped): void;
}

type Due = { wake: string } | { judge: MessageSend };

interface Person {
  state: StateBytes;
  wakeAt: number | null;
}

/**
 * Customers, a clock and stand-ins for the outside world, all in memory.
 *
 * Time is virtual: it stands at the event being fed or the wake being fired, and jumps between.
 */
export class World {
  readonly #options: WorldOptions;
  readonly #people = new Map<string, Person>();
  readonly #agenda = new Agenda<Due>();
  #now = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
  }

  get now(): number {
    return this.#now;
  }

  /** Fires what is due before the event, then steps it. An event older than the clock is late, not refused. */
  feed(event: EventEnvelope, by: EventBy): void {
    this.runUntil(Math.max(this.#now, Date.parse(event.at) || 0));
    this.#step(event.customer, { event, by });
  }

  /** Moves the clock on, firing each wake at its time. */
  runUntil(until: number): void {
    for (let at = this.#agenda.nextAt; at !== null && at <= until; at = this.#agenda.nextAt) {
      this.#now = Math.max(this.#now, at);
      const due = this.#agenda.take()!;
      if ("judge" in due.what) this.#send(due.what.judge);
      else if (this.#person(due.what.wake).wakeAt === due.at) this.#step(due.what.wake, { wake: true });
    }
    this.#now = Math.max(this.#now, until);
  }

  ask<T>(customer: string, question: Question): T {
    return this.#options.env.ask<T>(this.#person(customer).state, question, this.#now);
  }

  #person(customer: string): Person {
    const nothing = new Uint8Array(0);
    return this.#people.get(customer) ?? { state: { hot: nothing, purchases: nothing }, wakeAt: null };
  }

  #step(customer: string, input: StepInput): void {
    const { env, trace, stepped } = this.#options;
    const { state } = this.#person(customer);
    const now = this.#now;
    const result = env.step(state, trace ? { ...input, trace } : input, now);
    stepped({ now, customer, input, result });
    if (result.refused) return;
    const { hot, purchases, wakeAt } = result;
    this.#people.set(customer, {
      state: { hot: hot ?? state.hot, purchases: purchases ?? state.purchases },
      wakeAt,
    });
    // Never at the same instant again without end: a wake moves on by a millisecond at least.
    const wakes = "wake" in input && wakeAt !== null ? Math.max(wakeAt, now + 1) : wakeAt;
    if (wakes !== null) this.#wakeAt(customer, wakes);
    for (const effect of result.effects) this.#perform(effect);
  }

  #wakeAt(customer: string, wakeAt: number): void {
    this.#people.get(customer)!.wakeAt = wakeAt;
    this.#agenda.add(wakeAt, customer, { wake: customer });
  }

  #perform(effect: Effect): void {
    if (effect.kind === "message.send") this.#send(effect);
    else if (effect.kind === "event.emit") this.#step(effect.event.customer, { event: effect.event, by: "host" });
    else this.#respond(effect);
  }

  /** As in the host: a released message is judged again before it goes. */
  #send(message: MessageSend): void {
    const { verdict, until, reason } = this.ask<JudgeAnswer>(message.customer, { ask: "judge", effect: message.id });
    if (verdict === "release") this.#respond(message);
    if (verdict === "drop") this.#step(message.customer, { event: dropped(message, reason, this.#now), by: "host" });
    if (verdict === "hold") this.#agenda.add(Math.max(until ?? 0, this.#now + 60_000), message.id, { judge: message });
  }

  #respond(effect: Effect): void {
    const receipt = this.#options.respond(effect, this.#now);
    if (receipt) this.#step(effect.customer, { event: receipt, by: "host" });
  }
}

function dropped({ id, customer, store }: MessageSend, reason: string | null, now: number): EventEnvelope {
  const type = "message.dropped";
  const at = new Date(now).toISOString();
  return { id: `${id}:${type}`, source: "comeback", type, at, customer, store, data: { effect: id, reason } };
}
