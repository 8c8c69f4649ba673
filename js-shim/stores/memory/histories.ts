import { browsingTypes, type Retained } from "../store.js";
import type { CustomerCommit, JournalQuery, JournalRecord, LedgerQuery, LinkFetch, OutboxRow } from "../store.js";
import { nameOf } from "./person.js";

/** The journal, the ledger and the fetched links of the memory store. */
export function memoryHistories(outbox: { all(): OutboxRow[] }) {
  let records: JournalRecord[] = [];
  let links: LinkFetch[] = [];

  return {
    get links() {
      return links;
    },
    record({ customer, seq, entries }: CustomerCommit): void {
      for (const entry of entries) records.push({ customer, seq: seq + 1, ...entry, input: entry.input.slice() });
    },
    eventsOf: (customer: string): string[] =>
      records.flatMap(({ customer: whose, event }) => (whose === customer && event ? [nameOf(event)] : [])),
    async *ledger({ from, until, customer }: LedgerQuery): AsyncIterable<OutboxRow> {
      for (const row of outbox.all()) {
        if (customer !== undefined && row.customer !== customer) continue;
        if (row.createdAt >= from && row.createdAt < until) yield { ...row, payload: null };
      }
    },
    async *journal({ from, until, customer, types }: JournalQuery): AsyncIterable<JournalRecord> {
      const wanted = types && new Set(types);
      for (const record of [...records]) {
        if (record.now < from || record.now >= until) continue;
        if (customer !== undefined && record.customer !== customer) continue;
        if (wanted && !(record.type !== null && wanted.has(record.type))) continue;
        yield record;
      }
    },
    prune(before: Retained): { journal: number; links: number; events: string[] } {
      const since = ({ type }: JournalRecord) =>
        type !== null && browsingTypes.includes(type) ? Math.max(before.browsing, before.journal) : before.journal;
      const old = records.filter((record) => record.now < since(record));
      const gone = links.filter(({ at }) => at < before.links).length;
      records = records.filter((record) => record.now >= since(record));
      links = links.filter(({ at }) => at >= before.links);
      return { journal: old.length, links: gone, events: old.flatMap(({ event }) => (event ? [nameOf(event)] : [])) };
    },
    erase(customer: string): number {
      const before = records.length + links.length;
      records = records.filter((record) => record.customer !== customer);
      links = links.filter((link) => link.customer !== customer);
      return before - records.length - links.length;
    },
  };
}
