import type { Comeback, EventEnvelope, OrderFacts } from "comeback";
import { profileFacts, type Customer } from "../shop/customers.js";
import type { Grocer } from "../shop/grocer.js";
import type { Order } from "../shop/orders.js";

/** Interrupted, it goes on where it was; done, it is not done again. */
export async function tellHistory(grocer: Grocer, comeback: Comeback, log: (line: string) => void): Promise<void> {
  if (grocer.settings.read(TOLD) === "yes") return;
  const total = grocer.customers.count();
  log(`telling Comeback what ${total} customers bought before it came…`);
  const since = Date.now();
  await comeback.importHistory("before-opening", history(grocer), {
    progress: (done) => log(`${done} of ${total} customers told`),
    refused: (customer, reason) => log(`the history of ${customer} was refused: ${reason}`),
  });
  grocer.settings.write(TOLD, "yes");
  log(`history told in ${((Date.now() - since) / 1000).toFixed(1)} s`);
}

/** What was ordered after opening day is news, and told by events. */
const TOLD = "history_told";

/**
 * What happened before Comeback came, as facts: one customer after the other, each in order.
 *
 * Facts trigger nothing. Consent is not among them: it is told as events, with its proof.
 */
function* history(grocer: Grocer): Generator<{ customer: string; events: EventEnvelope[] }> {
  for (const customer of grocer.customers.all()) {
    const registered = fact(
      `customer-${customer.id}`,
      "customer.registered",
      customer.registered_at,
      customer.id,
      profileFacts(customer),
    );
    const orders = grocer.orders.of(customer.id, 1_000_000).reverse();
    const events = [registered, ...loggedIn(customer), ...orders.flatMap((order) => orderFacts(grocer, order))];
    yield { customer: customer.id, events };
  }
}

function loggedIn({ id, logged_in_at }: Customer): EventEnvelope[] {
  return logged_in_at === null ? [] : [fact(`login-${id}`, "customer.logged_in", logged_in_at, id, {})];
}

/** As it was placed, and as it is now: what lies between changes nothing that is remembered. */
function orderFacts(grocer: Grocer, order: Order): EventEnvelope[] {
  const now = grocer.orders.facts(order);
  const placed: OrderFacts = {
    ...now,
    revision: 1,
    status: "confirmed",
    lines: now.lines.map(({ status: _, ...line }) => line),
  };
  const first = fact(`${order.id}-1`, "order.placed", order.placed_at, order.customer, { order: placed });
  if (order.revision === 1) return [first];
  const type = order.status === "cancelled" ? "order.cancelled" : "order.status_changed";
  // The consumption clock starts with the delivery, whatever was returned days after it.
  const at = order.completed_at ?? order.changed_at;
  return [first, fact(`${order.id}-${order.revision}`, type, at, order.customer, { order: now })];
}

function fact(id: string, type: string, at: number, customer: string, data: Record<string, unknown>): EventEnvelope {
  return { id: `history-${id}`, source: "shop", type, at: new Date(at).toISOString(), customer, store: "main", data };
}
