import { Core, type Env } from "../core/core.js";
import type { Effect, StateBytes } from "../core/types.js";
import { everyone } from "../stores/everyone.js";
import type { JournalRecord, OutboxRow, Store } from "../stores/store.js";
import { forgottenBefore } from "../runtime/retention.js";
import { what } from "./differences.js";
import { styled, type Io } from "./io.js";
import { openKept } from "./kept-environment.js";

/** What the same inputs give now and did not give then, or the other way round. */
export interface Unlike {
  customer: string;
  difference:
    /** Recorded, and not decided now. */
    | "missing"
    /** Decided now, and not recorded. */
    | "extra"
    /** Decided with other words, products or times. */
    | "changed"
    /** The customer's stored bytes are others. */
    | "state"
    /** The program, model or catalogue of an entry is not kept. */
    | "environment"
    /** The core takes an input no more that it took then. */
    | "refused";
  /** When it was decided; absent for a state. */
  at?: string;
  effect?: string;
  about: string;
}

/** Letters of the host's own, and to staff: the core never decided them. */
const LETTER = "letter";

/**
 * Steps every entry of the journal again, each with the program, model and catalogue of its time, and
 * compares what is decided with what is in the ledger, byte for byte, and the last state with the stored one.
 */
export async function asRecorded(
  store: Store,
  only: string | undefined,
  tell: (unlike: Unlike) => void,
): Promise<{ customers: number; entries: number; forgotten: number }> {
  const environments = new Environments(store, await Core.load());
  const done = { customers: 0, entries: 0, forgotten: 0 };
  const horizon = Number((await store.meta(forgottenBefore)) ?? 0);
  for await (const customer of only === undefined ? everyone(store) : [only]) {
    if (await isWhole(store, customer, horizon)) {
      done.entries += await again(store, environments, customer, tell);
      done.customers += 1;
    } else done.forgotten += 1;
  }
  environments.close();
  return done;
}

/** Whether nothing of a customer's journal is forgotten; what is left of one can't be compared with anything. */
async function isWhole(store: Store, customer: string, horizon: number): Promise<boolean> {
  if (horizon === 0) return true;
  for await (const { seq, now } of store.journal({ from: 0, until: Number.MAX_SAFE_INTEGER, customer })) {
    return seq === 1 && now >= horizon;
  }
  return false;
}

async function again(
  store: Store,
  environments: Environments,
  customer: string,
  tell: (unlike: Unlike) => void,
): Promise<number> {
  const always = { from: 0, until: Number.MAX_SAFE_INTEGER, customer };
  let state: StateBytes = { hot: new Uint8Array(), purchases: new Uint8Array() };
  let entries = 0;
  const decided = new Map<string, { effect: Effect; now: number }>();
  for await (const record of store.journal(always)) {
    entries += 1;
    const env = await environments.get(record.environment);
    if (!env) {
      tell({ customer, difference: "environment", at: instant(record.now), about: record.environment });
      return entries;
    }
    const { hot, purchases, effects, refused } = env.step(state, record.input, record.now);
    if (refused)
      tell({ customer, difference: "refused", at: instant(record.now), about: named(record, refused.message) });
    state = { hot: hot ?? state.hot, purchases: purchases ?? state.purchases };
    for (const effect of effects) decided.set(effect.id, { effect, now: record.now });
  }
  for await (const row of store.ledger(always)) {
    if (row.kind !== LETTER) compareRow(row, decided, tell);
  }
  for (const { effect, now } of decided.values())
    tell({ customer, difference: "extra", at: instant(now), effect: effect.id, about: about(effect) });
  const [stored] = await store.load([customer]);
  if (stored && !(sameBytes(stored.state.hot, state.hot) && sameBytes(stored.state.purchases, state.purchases)))
    tell({ customer, difference: "state", about: "the customer’s stored bytes" });
  return entries;
}

function compareRow(
  row: OutboxRow,
  decided: Map<string, { effect: Effect; now: number }>,
  tell: (unlike: Unlike) => void,
): void {
  const { customer, effect, body, createdAt } = row;
  const now = decided.get(effect);
  decided.delete(effect);
  const recorded = JSON.parse(body) as Effect;
  const place = { customer, at: instant(createdAt), effect, about: about(recorded) };
  if (!now) tell({ ...place, difference: "missing" });
  else if (JSON.stringify(now.effect) !== body || now.now !== createdAt) tell({ ...place, difference: "changed" });
}

function about(effect: Effect): string {
  return `${effect.kind} ${what(effect)}`.trim();
}

function named({ type }: JournalRecord, message: string): string {
  return `${type ?? "wake"}: ${message}`;
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

const instant = (at: number): string => new Date(at).toISOString();

/** Opened when an entry first names them; a shop has a new catalogue now and then, so there are not many. */
class Environments {
  readonly #store: Store;
  readonly #core: Core;
  readonly #open = new Map<string, Env | null>();

  constructor(store: Store, core: Core) {
    this.#store = store;
    this.#core = core;
  }

  async get(hash: string): Promise<Env | null> {
    const known = this.#open.get(hash);
    if (known !== undefined) return known;
    const env = await openKept(this.#store, this.#core, hash);
    this.#open.set(hash, env);
    return env;
  }

  close(): void {
    for (const env of this.#open.values()) env?.close();
  }
}

/** As a line for people. */
export function unlikeLine({ difference, customer, at, about: text, effect }: Unlike, io: Io): string {
  const place = [at, customer].filter(Boolean).join(" ");
  return `${styled(difference, "red", io)} ${place} ${text}${effect ? ` (${effect})` : ""}\n`;
}
