import type { EventEnvelope } from "../core/types.js";
import type { Shop } from "../shops/shop.js";
import type { IngestResult } from "./intake.js";

/** Orders told in one call. */
const ordersAtOnce = 200;

/** Tells `ingest` of every order changed since an instant, under an id made of its revision. */
export async function reconcile(
  shop: Shop,
  since: number,
  ingest: (events: EventEnvelope[]) => Promise<IngestResult[]>,
): Promise<number> {
  let fresh = 0;
  let events: EventEnvelope[] = [];
  const tell = async (): Promise<void> => {
    fresh += (await ingest(events)).filter(({ status }) => status === "accepted").length;
    events = [];
  };
  for await (const { customer, store, order } of shop.ordersSince(since)) {
    const id = `order:${order.id}:${order.revision}`;
    const what = { id, source: "reconciler", type: "order.status_changed", at: order.placed_at };
    if (events.push({ ...what, customer, store, data: { order } }) === ordersAtOnce) await tell();
  }
  if (events.length > 0) await tell();
  return fresh;
}
