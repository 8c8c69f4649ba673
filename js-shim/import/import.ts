import type { StateBytes, StepResult } from "../core/types.js";
import type { Customer, CustomerCommit, ImportProgress, Store } from "../stores/store.js";

/** What an import needs of an opened environment; `Env` of `core/` is one. */
export interface Stepper {
  readonly hash: string;
  step(state: StateBytes, input: Uint8Array, now: number): StepResult;
}

/** One customer with all their orders of the file. */
export interface CustomerOrders {
  customer: string;
  /** Input of one `step`: facts that trigger nothing. */
  input: Uint8Array;
}

/** Who wants to hear how an import goes. */
export interface ImportTold {
  /** A customer that the core would not take, with its reason. */
  refused(customer: string, reason: string): void;
  progress(done: number, of: number): void;
}

export interface ImportOptions extends ImportTold {
  /** Names the import; the same file with the same mapping has the same name. */
  id: string;
  /** Customers in an order that depends on nothing but the file. */
  orders: Iterable<CustomerOrders>;
  /** How many customers there are, and rows read and refused. */
  counts: { customers: number; rows: number; refused: number };
  env: Stepper;
  store: Store;
  now: number;
}

/** Customers in one transaction. More share a sync of the disk; fewer are done again after a crash. */
const customersPerCommit = 500;

/**
 * Puts a file's orders into the store, customer by customer, each whole or not at all.
 *
 * First come the facts, which trigger nothing and set no wake. Only when all are there does each
 * customer get a wake, so that no decision is taken from half a history. How far it has come is
 * written in the same transaction as the customers it speaks of, and a rerun goes on from there.
 */
export async function importOrders(options: ImportOptions): Promise<ImportProgress> {
  const { id, store, counts } = options;
  const { customers, rows, refused } = counts;
  let at = (await store.importProgress(id)) ?? { id, offset: 0, rows, refused, done: false };
  const names: string[] = [];
  for (const orders of chunks(options.orders, customersPerCommit)) {
    names.push(...orders.map(({ customer }) => customer));
    if (names.length <= at.offset) continue;
    at = { ...at, offset: names.length };
    await commitAll(options, orders, at, foldFacts);
    options.progress(names.length, customers);
  }
  for (const some of chunks(names.slice(at.offset - names.length), customersPerCommit)) {
    at = { ...at, offset: at.offset + some.length };
    const orders = some.map((customer) => ({ customer, input: nothing }));
    await commitAll(options, orders, at, setWake);
  }
  at = { ...at, done: true };
  await store.commit({ customers: [], progress: at });
  return at;
}

const nothing = new Uint8Array(0);

function* chunks<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    if (chunk.push(item) < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

type Decide = (options: ImportOptions, customer: Customer, input: Uint8Array) => CustomerCommit | null;

/** A customer whom a running host wrote meanwhile is done again; the others are in already. */
async function commitAll(
  options: ImportOptions,
  orders: CustomerOrders[],
  progress: ImportProgress,
  decide: Decide,
): Promise<void> {
  for (let open = orders; open.length > 0;) {
    const customers = await options.store.load(open.map(({ customer }) => customer));
    const commits = open.flatMap(({ input }, at) => decide(options, customers[at]!, input) ?? []);
    const outcomes = await options.store.commit({ customers: commits, progress });
    const lost = new Set(commits.filter((_, at) => outcomes[at] !== "stored").map(({ customer }) => customer));
    open = open.filter(({ customer }) => lost.has(customer));
  }
}

function foldFacts(options: ImportOptions, customer: Customer, input: Uint8Array): CustomerCommit | null {
  const { env, now } = options;
  const { hot, purchases, refused } = env.step(customer.state, input, now);
  if (refused) {
    options.refused(customer.customer, refused.message);
    return null;
  }
  const entry = { now, input, event: null, type: null, environment: env.hash };
  // A wake that a known customer has stays; new ones come at the end.
  return { ...untouched(customer), entries: [entry], hot, purchases };
}

/** Due now: the host wakes them in its own time, and the core says when next. */
function setWake({ now }: ImportOptions, customer: Customer): CustomerCommit | null {
  if (customer.seq === 0) return null;
  return { ...untouched(customer), wakeAt: Math.min(now, customer.wakeAt ?? now) };
}

function untouched({ customer, seq, wakeAt, parked }: Customer): CustomerCommit {
  const parts = { entries: [], outbox: [], settled: [], defer: [], undefer: 0, hot: null, purchases: null };
  return { customer, seq, wakeAt, parked, ...parts };
}
