import type { CustomerCommit, Store } from "../stores/store.js";
import { InputRefused } from "./errors.js";

/**
 * Lets a parked customer be tried again at once. `drop` first gives up that many of the oldest
 * inputs that wait for it: the event that can't be stepped is usually the first.
 */
export async function unpark(store: Store, customer: string, now: number, drop = 0): Promise<void> {
  const [found] = await store.load([customer]);
  if (!found?.parked) throw new InputRefused("not_parked", "customer", "this customer is not parked");
  const nothing = { entries: [], outbox: [], settled: [], defer: [], hot: null, purchases: null };
  const commit: CustomerCommit = {
    ...nothing,
    customer,
    seq: found.seq,
    wakeAt: now,
    parked: found.parked,
    undefer: drop,
  };
  const [outcome] = await store.commit({ customers: [commit] });
  if (outcome !== "stored") return unpark(store, customer, now, drop);
}
