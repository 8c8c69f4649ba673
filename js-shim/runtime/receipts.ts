import type { EventEnvelope } from "../core/types.js";
import { eventInput, type Input } from "./work.js";

/** The source of every event that the host itself reports. */
export const hostSource = "comeback";

interface Receipt {
  effect: string;
  customer: string;
  store: string;
  now: number;
}

/** What came of a message: `sent`, `failed`, `uncertain` or `dropped`. */
export function messageReceipt(
  about: Receipt,
  outcome: "sent" | "failed" | "uncertain" | "dropped",
  detail: { reason?: string; suppress?: boolean } = {},
): Input {
  return receipt(about, `message.${outcome}`, detail);
}

/** What came of any other effect. */
export function effectReceipt(
  about: Receipt,
  outcome: { kind: string; result: unknown } | { kind: string; error: string; permanent: boolean },
): Input {
  return receipt(about, "result" in outcome ? "effect.completed" : "effect.failed", outcome);
}

/** The id is made of the effect and the outcome, so that the same receipt twice is one event. */
function receipt({ effect, customer, store, now }: Receipt, type: string, detail: object): Input {
  const event: EventEnvelope = {
    id: `${effect}:${type}`,
    source: hostSource,
    type,
    at: new Date(now).toISOString(),
    customer,
    store,
    data: { effect, ...detail },
  };
  return eventInput(event, "host");
}
