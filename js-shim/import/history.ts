import type { EventEnvelope } from "../core/types.js";
import type { CustomerOrders } from "./import.js";

/** One customer's past, oldest event first. */
export interface History {
  customer: string;
  events: readonly EventEnvelope[];
}

const utf8 = new TextEncoder();

/** Histories as inputs of one step each. */
export function* factsOf(histories: Iterable<History>): Generator<CustomerOrders> {
  for (const { customer, events } of histories) {
    yield { customer, input: utf8.encode(JSON.stringify({ facts: events })) };
  }
}
