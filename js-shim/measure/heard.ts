import type { EventEnvelope, OrderFacts } from "../core/types.js";
import type { Span, Store } from "../stores/store.js";

const utf8 = new TextDecoder();

/** The event of a journal entry that was one. */
export function readEvent(input: Uint8Array): EventEnvelope {
  return (JSON.parse(utf8.decode(input)) as { event: EventEnvelope }).event;
}

export interface Heard {
  customer: string;
  /** When it happened, which may be before it was heard. */
  at: number;
  event: EventEnvelope;
}

/** Events of these types heard in a span, in the order in which they were. */
export async function* heard(store: Store, span: Span, types: readonly string[]): AsyncGenerator<Heard> {
  for await (const { customer, now, input } of store.journal({ ...span, types })) {
    const event = readEvent(input);
    const at = Date.parse(event.at);
    yield { customer, at: Number.isFinite(at) ? Math.min(at, now) : now, event };
  }
}

/** An order as it is now, and when it was placed and paid. */
export interface KnownOrder {
  id: string;
  customer: string;
  placedAt: number;
  /** `null` while it is not paid. */
  paidAt: number | null;
  cancelled: boolean;
  /** Paid for on the phone, or never meant to be: made from a predicted cart. */
  fromCart: boolean;
  /** Whether it came unpaid, so that somebody might be reminded. */
  placedUnpaid: boolean;
  currency: string;
  total: number;
}

const ORDER_EVENTS = [
  "order.placed",
  "order.status_changed",
  "order.paid",
  "order.cancelled",
  "order.line_returned",
] as const;

/**
 * Orders placed in the span, each with everything heard of it until now. Imported history is not among
 * them: nobody heard of it when it happened.
 */
export async function ordersOf(store: Store, { from, until }: Span): Promise<Map<string, KnownOrder>> {
  const orders = new Map<string, KnownOrder & { revision: number }>();
  const span = { from, until: Number.MAX_SAFE_INTEGER };
  for await (const { customer, at, event } of heard(store, span, ORDER_EVENTS)) {
    const facts = event.data["order"] as OrderFacts | undefined;
    if (!facts?.id) continue;
    const known = orders.get(facts.id);
    const placedAt = Date.parse(facts.placed_at);
    if (!known && (event.type !== "order.placed" || placedAt < from || placedAt >= until)) continue;
    const paidAt = known?.paidAt ?? (facts.paid ? at : null);
    const newer = !known || facts.revision >= known.revision;
    orders.set(facts.id, {
      id: facts.id,
      customer,
      placedAt: known?.placedAt ?? placedAt,
      paidAt,
      placedUnpaid: known?.placedUnpaid ?? facts.paid !== true,
      fromCart: Boolean(facts.cart),
      cancelled: newer ? event.type === "order.cancelled" || facts.status === "cancelled" : known.cancelled,
      currency: newer ? facts.currency : known.currency,
      total: newer ? facts.total : known.total,
      revision: Math.max(facts.revision, known?.revision ?? 0),
    });
  }
  return orders;
}

/** Puts a value with the others of its name. */
export function grouped<T>(groups: Map<string, T[]>, name: string, value: T): void {
  const group = groups.get(name);
  if (group) group.push(value);
  else groups.set(name, [value]);
}
