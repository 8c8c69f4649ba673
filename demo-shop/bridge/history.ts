import type { Comeback, EventEnvelope, OrderFacts } from "comeback";
import { profileFacts } from "../shop/customers.js";
import type { Grocer } from "../shop/grocer.js";
import type { Order } from "../shop/orders.js";

const TOLD = "history_told";

/** Events in one call. */
const BATCH = 500;

/** Once, and again from the start if it was interrupted: an event told twice is an event known once. */
export async function tellHistory(grocer: Grocer, comeback: Comeback, log: (line: string) => void): Promise<void> {
  if (grocer.settings.read(TOLD) === "yes") return;
  log("telling Comeback what happened before it came…");
  const since = Date.now();
  let [told, batch]: [number, EventEnvelope[]] = [0, []];
  const send = async () => {
    const results = await comeback.ingest(batch, "shop");
    const refused = results.find((result) => result.refusal);
    if (refused) throw new Error(`history was refused: ${refused.id}: ${refused.refusal?.message}`);
    told += batch.length;
    batch = [];
  };
  for (const past of history(grocer)) {
    batch.push(...past.facts);
    if (batch.length >= BATCH) await send();
  }
  await send();
  grocer.settings.write(TOLD, "yes");
  log(`${told} events told in ${((Date.now() - since) / 1000).toFixed(1)} s`);
}

/**
 * What happened before Comeback came, as facts: one customer after the other, each in order.
 *
 * Facts trigger nothing. Consent is not among them: it is told as events, with its proof.
 */
export function* history(grocer: Grocer): Generator<{ customer: string; facts: EventEnvelope[] }> {
  for (const customer of grocer.customers.all()) {
    const registered = fact(
      `customer-${customer.id}`,
      "customer.registered",
      customer.registered_at,
      customer.id,
      profileFacts(customer),
    );
    const orders = grocer.orders.of(customer.id, 1_000_000).reverse();
    yield { customer: customer.id, facts: [registered, ...orders.flatMap((order) => orderFacts(grocer, order))] };
  }
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
