import type { ProfileAnswer } from "../core/types.js";
import { everyone } from "../stores/everyone.js";
import type { Asked } from "./reasons.js";

/** What a customer of the control group was not sent. */
export interface HeldOutMessage {
  journey: string;
  step: string;
  at: number;
}

const HELD_OUT = new Set(["holdout", "journey_holdout"]);

/**
 * Customers who were sent nothing so that the others can be compared with them, and what they would
 * have been sent. Of one customer the core remembers the last 128 messages.
 */
export async function heldOut(
  { store, ask }: Asked,
  journeys: readonly string[] | null = null,
  customers: Iterable<string> | null = null,
): Promise<Map<string, HeldOutMessage[]>> {
  const found = new Map<string, HeldOutMessage[]>();
  for await (const customer of customers ?? everyone(store)) {
    const profile = await ask<ProfileAnswer | null>(customer, { ask: "profile" });
    const messages = (profile?.messages ?? []).filter(
      ({ reason, journey }) => HELD_OUT.has(reason ?? "") && (journeys?.includes(journey) ?? true),
    );
    if (messages.length > 0) found.set(customer, messages);
  }
  return found;
}
