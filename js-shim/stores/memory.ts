import type { Batch, CustomerCommit, Outcome } from "./batch.js";
import type { Customer, DeferredInput, Environment, EventKey, ImportProgress, Store, Suppression } from "./store.js";
import { memoryHistories } from "./memory/histories.js";
import { memoryOutbox } from "./memory/outbox.js";
import { byWake, nobody, nameOf, type Person } from "./memory/person.js";

/**
 * Everything in this process, gone with it. For tests, replays and trying things out.
 *
 * It keeps every promise of a store but durability, and scans where others have an index: meant for
 * thousands of customers, not for millions.
 */
export function memoryStore(): Store {
  const people = new Map<string, Person>();
  const events = new Set<string>();
  const environments = new Map<string, { environment: Environment; at: number }>();
  const suppressions = new Map<string, Suppression>();
  const imports = new Map<string, ImportProgress>();
  const meta = new Map<string, string>();
  const outbox = memoryOutbox();
  const histories = memoryHistories(outbox);

  const read = (customer: string): Person => people.get(customer) ?? nobody(customer);
  const waiting = (): Person[] => [...people.values()].filter(({ wakeAt }) => wakeAt !== null).sort(byWake);

  function part(commit: CustomerCommit): Outcome {
    const person = read(commit.customer);
    if (person.seq !== commit.seq || anyKnown(commit, person)) return "conflict";
    if (!commit.settled.every(outbox.holds)) return "fenced";
    write(commit, person);
    return "stored";
  }

  function anyKnown(commit: CustomerCommit, person: Person): boolean {
    const own = new Set(
      person.deferred.slice(0, commit.undefer).flatMap(({ event }) => (event ? [nameOf(event)] : [])),
    );
    return [...commit.entries, ...commit.defer].some(
      ({ event }) => event && events.has(nameOf(event)) && !own.has(nameOf(event)),
    );
  }

  function write(commit: CustomerCommit, person: Person): void {
    people.set(commit.customer, {
      ...person,
      seq: commit.seq + 1,
      hot: commit.hot?.slice() ?? person.hot,
      purchases: commit.purchases?.slice() ?? person.purchases,
      wakeAt: commit.wakeAt,
      parked: commit.parked,
      deferred: [...person.deferred.slice(commit.undefer), ...commit.defer],
    });
    for (const { event } of [...commit.entries, ...commit.defer]) if (event) events.add(nameOf(event));
    histories.record(commit);
    for (const row of commit.outbox) outbox.add(row);
    for (const settlement of commit.settled) outbox.settle(settlement);
  }

  return {
    name: "memory",
    load: async (customers) => customers.map((customer) => toCustomer(read(customer))),
    seen: async (keys: readonly EventKey[]) => keys.map((key) => events.has(nameOf(key))),
    async commit(batch: Batch) {
      const outcomes = batch.customers.map(part);
      if (batch.progress && outcomes.every((outcome) => outcome === "stored"))
        imports.set(batch.progress.id, { ...batch.progress });
      return outcomes;
    },
    deferred: async (customer, limit): Promise<DeferredInput[]> => read(customer).deferred.slice(0, limit),
    parked: async (limit) =>
      [...people.values()]
        .flatMap(({ customer, parked, wakeAt, deferred }) =>
          parked ? [{ customer, ...parked, nextTry: wakeAt, waiting: deferred.length }] : [],
        )
        .sort((a, b) => a.since - b.since)
        .slice(0, limit),
    customers: async ({ after = "", limit }) =>
      [...people.keys()].filter((key) => key > after).sort().slice(0, limit), // prettier-ignore
    due: async (now, limit) =>
      waiting()
        .filter(({ wakeAt }) => wakeAt! <= now)
        .slice(0, limit)
        .map(({ customer, wakeAt }) => ({ customer, wakeAt: wakeAt! })),
    nextWake: async () => waiting()[0]?.wakeAt ?? null,
    lease: async (request) => outbox.lease(request),
    takeOver: async (request) => outbox.takeOver(request),
    begin: async (claims, until) => claims.map((claim) => outbox.begin(claim, until)),
    postpone: async (rows) => rows.forEach(outbox.postpone),
    nextDelivery: async (lane) => outbox.nextDelivery(lane),
    nextLeaseEnd: async () => outbox.nextLeaseEnd(),
    keepEnvironment: async (environment, at) => void environments.set(environment.hash, { environment, at }),
    environment: async (hash) => environments.get(hash)?.environment ?? null,
    async prune(before) {
      const forgotten = histories.prune(before);
      for (const key of forgotten.events) events.delete(key);
      const kept = [...environments.values()];
      const lastBefore = Math.max(0, ...kept.map(({ at }) => at).filter((at) => at < before.environments));
      const old = kept.filter(({ at }) => at < lastBefore);
      for (const { environment } of old) environments.delete(environment.hash);
      const { journal, links } = forgotten;
      return { journal, links, outbox: outbox.prune(before.outbox), blobs: old.length };
    },
    suppress: async (contact) => {
      if (!suppressions.has(contact.hash)) suppressions.set(contact.hash, contact);
    },
    suppressed: async (hashes) => hashes.map((hash) => suppressions.has(hash)),
    logLink: async (fetched) => void histories.links.push(fetched),
    importProgress: async (id) => imports.get(id) ?? null,
    async effect(id) {
      const row = outbox.all().find(({ effect }) => effect === id);
      return row ? { ...row, payload: null } : null;
    },
    ledger: histories.ledger,
    journal: histories.journal,
    async erase(customer, keep) {
      for (const one of keep) if (!suppressions.has(one.hash)) suppressions.set(one.hash, one);
      const person = people.get(customer);
      if (!person) return 0;
      for (const key of histories.eventsOf(customer)) events.delete(key);
      for (const { event } of person.deferred) if (event) events.delete(nameOf(event));
      people.delete(customer);
      return 1 + histories.erase(customer) + outbox.erase(customer);
    },
    meta: async (name) => meta.get(name) ?? null,
    metaSet: async (name, value) => void meta.set(name, value),
    async metaOnce(name, value) {
      if (!meta.has(name)) meta.set(name, value);
      return meta.get(name)!;
    },
    close: async () => {},
  };
}

function toCustomer({ customer, seq, hot, purchases, wakeAt, parked }: Person): Customer {
  return { customer, seq, state: { hot, purchases }, wakeAt, parked };
}
