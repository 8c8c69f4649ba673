import type { DeferredInput, EventKey, Parked } from "../store.js";

export interface Person {
  customer: string;
  seq: number;
  hot: Uint8Array;
  purchases: Uint8Array;
  wakeAt: number | null;
  parked: Parked | null;
  deferred: DeferredInput[];
}

export function nobody(customer: string): Person {
  const nothing = new Uint8Array(0);
  return { customer, seq: 0, hot: nothing, purchases: nothing, wakeAt: null, parked: null, deferred: [] };
}

export function byWake(a: Person, b: Person): number {
  return a.wakeAt! - b.wakeAt!;
}

export function nameOf({ source, id }: EventKey): string {
  return JSON.stringify([source, id]);
}
