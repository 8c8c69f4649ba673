import type { Claims } from "../../links/index.js";
import type { Exchange } from "../router.js";
import { eventId, linkEvent } from "./link-event.js";
import { HttpError } from "../http-error.js";

export interface ConsentChange {
  channel: string;
  /** `*` means every topic. */
  topic: string;
  state: "granted" | "denied";
}

/**
 * Records what a person decided, with the proof that the law asks for: where, when (the event's `at`) and which words
 * they saw, by the hash of the text. Returns when it is durable, so that the next send already knows.
 */
export async function ingestConsent(
  exchange: Exchange,
  claims: Claims,
  changes: ConsentChange[],
  source: string,
  text: string,
): Promise<void> {
  if (changes.length === 0) return;
  const text_version = text === "" ? null : (await eventId(text)).slice(0, 16);
  const proof = { source, text_version, effect: claims.effect };
  const events = await Promise.all(
    changes.map(async (change) => {
      // Not idempotent by content on purpose: no, yes and no again are three decisions.
      const id = await eventId(
        `consent ${claims.customer} ${change.channel} ${change.topic} ${change.state} ${exchange.now}`,
      );
      return linkEvent(exchange, claims, id, "consent.changed", { ...change, proof });
    }),
  );
  const results = await exchange.deps.ingest(events, "link");
  const refused = results.find((result) => result.status === "refused");
  if (refused) {
    exchange.deps.report?.(`consent.changed was refused: ${refused.refusal?.code ?? "no reason"}`, null);
    throw new HttpError(503, "the change could not be recorded");
  }
}
