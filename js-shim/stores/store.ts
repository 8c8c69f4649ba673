import type { Batch, Outcome } from "./batch.js";
import type { Claim, OutboxRow, Postponement } from "./outbox.js";
import type { StateBytes } from "../core/types.js";

export type * from "./batch.js";
export type * from "./outbox.js";

/**
 * Where customers, the journal, the wakes and the outbox live.
 *
 * A store keeps what it is given and decides nothing; the core never sees it. Whatever can
 * serialise one customer's commits can be one. Every implementation passes `storeConformance`.
 *
 * Instants are integer milliseconds since 1970 UTC. Methods reject with `StoreUnavailable` when
 * trying again may help (locked, disk full, connection lost), and then nothing was written.
 */
export interface Store {
  readonly name: string;

  /** Customers in the order asked; one never seen has `seq` 0 and empty sections. */
  load(customers: readonly string[]): Promise<Customer[]>;
  /** Which of these events were accepted before. Same order as asked. */
  seen(events: readonly EventKey[]): Promise<boolean[]>;
  /**
   * One transaction, durable when the promise resolves. Each customer's part stands or falls
   * alone: a conflict leaves no trace of that part and does not disturb the others.
   */
  commit(batch: Batch): Promise<Outcome[]>;
  /** Accepted inputs of a parked customer, oldest first. */
  deferred(customer: string, limit: number): Promise<DeferredInput[]>;
  parked(limit: number): Promise<ParkedCustomer[]>;
  /** Customer keys in order, after the one named. For listings and sweeps. */
  customers(page: { after?: string; limit: number }): Promise<string[]>;

  /** Customers whose wake has come, earliest first. They stay until a commit moves their wake. */
  due(now: number, limit: number): Promise<Wake[]>;
  nextWake(): Promise<number | null>;

  /** Takes pending rows of one lane that are due, each under a new fencing token. */
  lease(request: LeaseRequest): Promise<OutboxRow[]>;
  /** Takes over rows whose lease ran out, under a new token; `state` is how they were left. */
  takeOver(request: TakeOverRequest): Promise<OutboxRow[]>;
  /** Marks rows `sending`, durably, and extends their lease. False for each row that another holds now. */
  begin(claims: readonly Claim[], until: number): Promise<boolean[]>;
  /** Puts leased rows back, to be tried at a later time. Rows held by another are left alone. */
  postpone(rows: readonly Postponement[]): Promise<void>;
  /** When the earliest pending row of a lane may be tried. */
  nextDelivery(lane: string): Promise<number | null>;
  /** Whether, and when, the earliest lease runs out. */
  nextLeaseEnd(): Promise<number | null>;

  /** Keeps the blobs that journal entries name by `hash`. Keeping one twice is one. */
  keepEnvironment(environment: Environment, at: number): Promise<void>;
  environment(hash: string): Promise<Environment | null>;
  /**
   * Forgets what is older than these instants, at most about `limit` rows of each. Customers and what is still on its way
   * stay. An event forgotten is no longer known when it comes again.
   */
  prune(before: Retained, limit: number): Promise<Forgotten>;

  suppress(contact: Suppression): Promise<void>;
  suppressed(hashes: readonly string[]): Promise<boolean[]>;
  logLink(fetched: LinkFetch): Promise<void>;

  importProgress(id: string): Promise<ImportProgress | null>;

  /** One row of the outbox, without its payload. */
  effect(id: string): Promise<OutboxRow | null>;
  /** Rows of the outbox created in a span, oldest first, without payloads; of one customer or of all. */
  ledger(query: LedgerQuery): AsyncIterable<OutboxRow>;
  /** Journal entries in a span, oldest first; of one customer or of some event types only. */
  journal(query: JournalQuery): AsyncIterable<JournalRecord>;

  /** Removes every row of the customer and keeps the suppressions given. Counts rows removed. */
  erase(customer: string, keep: readonly Suppression[]): Promise<number>;

  /** A small named value, such as the key that suppression hashes are made with. */
  meta(name: string): Promise<string | null>;
  /** Sets it if it is absent, and answers what it is now. */
  metaOnce(name: string, value: string): Promise<string>;
  /** Sets it, whatever it was. */
  metaSet(name: string, value: string): Promise<void>;

  close(): Promise<void>;
}

export interface Customer {
  customer: string;
  /** Grows by one with each commit. */
  seq: number;
  state: StateBytes;
  wakeAt: number | null;
  parked: Parked | null;
}

/** A customer whose step failed. Its wake is the next try; its events wait in `deferred`. */
export interface Parked {
  reason: string;
  since: number;
  tries: number;
}

export interface ParkedCustomer extends Parked {
  customer: string;
  nextTry: number | null;
  waiting: number;
}

export interface EventKey {
  source: string;
  id: string;
}

export interface DeferredInput {
  /** What `step` will be given, as JSON bytes. */
  input: Uint8Array;
  event: EventKey | null;
  type: string | null;
}

export interface Wake {
  customer: string;
  wakeAt: number;
}

export interface LeaseRequest {
  lane: string;
  now: number;
  /** When the lease ends. Long enough for one attempt; short enough that a crash is noticed. */
  until: number;
  limit: number;
}

export interface TakeOverRequest extends Omit<LeaseRequest, "lane"> {
  /** Effects in the asking worker's own hands: a slow attempt is not a dead one. */
  except: ReadonlySet<string>;
}

/** What is kept from which instant on; see `Store.prune`. */
export interface Retained {
  /** Journal entries, and with them how far back replay and explain reach. */
  journal: number;
  /** The same for `browsingTypes`, which are most of a journal and say least. */
  browsing: number;
  /** Settled rows of the outbox, which figures are made of. */
  outbox: number;
  /** Fetched links. */
  links: number;
  /** Programs, models and catalogues that were replaced before then. */
  environments: number;
}

/** How many rows were forgotten at once, of each. */
export interface Forgotten {
  journal: number;
  outbox: number;
  links: number;
  /** Programs, models and catalogues. */
  blobs: number;
}

export const browsingTypes: readonly string[] = [
  "product.viewed",
  "category.viewed",
  "manufacturer.viewed",
  "page.visited",
  "search.performed",
  "banner.shown",
];

/** The versioned inputs of a step, named by one hash. */
export interface Environment {
  hash: string;
  program: Blob;
  model: Blob | null;
  catalogue: Blob;
}

export interface Blob {
  hash: string;
  bytes: Uint8Array;
}

/** A contact never to be written to, as a keyed hash: it can be recognised but not read. */
export interface Suppression {
  hash: string;
  at: number;
  reason: string;
}

export interface LinkFetch {
  at: number;
  customer: string;
  purpose: string;
  method: string;
  agent: string;
}

/** How far an import has come; committed with the rows it speaks of. */
export interface ImportProgress {
  id: string;
  /** Offset in the decompressed text, in bytes. Everything before it is in the store. */
  offset: number;
  rows: number;
  refused: number;
  done: boolean;
}

export interface Span {
  from: number;
  until: number;
}

export interface LedgerQuery extends Span {
  customer?: string;
}

export interface JournalQuery extends Span {
  customer?: string;
  types?: readonly string[];
}

export interface JournalRecord {
  customer: string;
  seq: number;
  now: number;
  type: string | null;
  event: EventKey | null;
  input: Uint8Array;
  environment: string;
}
