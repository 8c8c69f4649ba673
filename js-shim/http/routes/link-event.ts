import type { EventEnvelope } from "../../core/types.js";
import { encodeBase32 } from "../../links/base32.js";
import type { Claims } from "../../links/index.js";
import type { Exchange } from "../router.js";

/** An event said by whoever holds a link. */
export function linkEvent(
  exchange: Exchange,
  claims: Claims,
  id: string,
  type: string,
  data: Record<string, unknown>,
): EventEnvelope {
  return {
    id,
    source: "link",
    type,
    at: new Date(exchange.now).toISOString(),
    customer: claims.customer,
    store: claims.store,
    data,
  };
}

/** 160 bits of SHA-256: the same text is the same event. */
export async function eventId(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return encodeBase32(new Uint8Array(digest, 0, 20));
}

/** Writes down that a link was fetched, if the shop wants that; a failure to do so is not the visitor's problem. */
export async function logFetch({ deps, request }: Exchange, claims: Claims): Promise<void> {
  const agent = (request.headers.get("user-agent") ?? "").slice(0, 200);
  try {
    await deps.log_link?.({ customer: claims.customer, purpose: claims.purpose, method: request.method, agent });
  } catch (cause) {
    deps.report?.("a fetched link could not be logged", cause);
  }
}
