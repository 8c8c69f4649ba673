import type { MessageSend } from "../core/types.js";
import type { OutboxState, Span, Store } from "../stores/store.js";

/** A message that was decided, without its text and its recipient's contact. */
export interface Sent {
  effect: string;
  customer: string;
  journey: string;
  step: string;
  template: string;
  variant: number;
  marketing: boolean;
  /** The order it is about. */
  order: string | null;
  state: OutboxState;
  reason: string | null;
  /** When it left, or was decided. */
  at: number;
  /** It left, or may have. */
  left: boolean;
}

/** The messages decided in a span, oldest first. */
export async function* sends(store: Store, { from, until }: Span): AsyncGenerator<Sent> {
  for await (const row of store.ledger({ from, until })) {
    if (row.kind !== "message.send") continue;
    const { journey, step, template, variant, class: kind, context } = JSON.parse(row.body) as MessageSend;
    yield {
      effect: row.effect,
      customer: row.customer,
      ...{ journey, step, template, variant },
      marketing: kind === "marketing",
      order: context?.order?.id ?? null,
      state: row.state,
      reason: row.reason,
      at: row.settledAt ?? row.createdAt,
      left: row.state === "sent" || row.state === "uncertain",
    };
  }
}
