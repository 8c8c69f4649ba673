import type { ProfileAnswer } from "../core/types.js";
import type { Store } from "../stores/store.js";
import type { Contacts } from "./contacts.js";

/** Everything kept about one customer, as plain data. */
export interface Exported {
  customer: string;
  profile: ProfileAnswer | null;
  /** What was heard, in order, as it was received. */
  events: unknown[];
  /** What was decided, in order, with what came of it. */
  effects: { at: number; state: string; reason: string | null; effect: unknown }[];
}

const always = { from: 0, until: Number.MAX_SAFE_INTEGER };
const utf8 = new TextDecoder();

export async function exportCustomer(
  store: Store,
  customer: string,
  profile: () => Promise<ProfileAnswer | null>,
): Promise<Exported> {
  const events: unknown[] = [];
  for await (const { now, input, event } of store.journal({ ...always, customer })) {
    if (event) events.push({ now, ...(JSON.parse(utf8.decode(input)) as object) });
  }
  const effects: Exported["effects"] = [];
  for await (const row of store.ledger({ ...always, customer })) {
    effects.push({ at: row.createdAt, state: row.state, reason: row.reason, effect: JSON.parse(row.body) as unknown });
  }
  return { customer, profile: await profile(), events, effects };
}

export async function erase(
  store: Store,
  contacts: Contacts,
  customer: string,
  profile: ProfileAnswer | null,
  at: number,
): Promise<number> {
  const known = [
    ["email", profile?.email],
    ["sms", profile?.phone],
  ] as const;
  const keep = [];
  for (const [channel, contact] of known) {
    if (contact) keep.push({ hash: await contacts.hash(channel, contact), at, reason: "erased" });
  }
  return store.erase(customer, keep);
}
