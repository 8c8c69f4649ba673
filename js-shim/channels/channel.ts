import type { MessageSend } from "../core/types.js";

/** A rendered message. Frozen at release: every retry sends these same bytes under the same key. */
export interface Frozen {
  channel: string;
  /** Serialised by the channel that made it; opaque to the runtime and the store. */
  payload: Uint8Array;
}

/** What came of one attempt. */
export type Delivery =
  | { outcome: "sent"; provider_id?: string }
  /** Try again later. */
  | { outcome: "retry"; reason: string; after_ms?: number }
  /** Never try again; `suppress` when the contact itself is bad. */
  | { outcome: "failed"; reason: string; suppress: boolean }
  /** It may have arrived. Counts as sent and is never sent again silently. */
  | { outcome: "uncertain"; reason: string };

/** A way to reach a person: one small interface and one conformance suite for all. */
export interface Channel {
  readonly name: string;
  /** Renders once. Throws `RenderError` with template, place and remedy. */
  render(message: MessageSend): Promise<Frozen>;
  /** `key` is the effect id; pass it on as the provider's idempotency key where there is one. */
  deliver(frozen: Frozen, key: string): Promise<Delivery>;
  close?(): Promise<void>;
}
