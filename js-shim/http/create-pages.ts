import type { EventBy, EventEnvelope, MessageSend, Question, Quote } from "../core/types.js";
import { renewalLetter } from "../channels/renewal-letter.js";
import type { Claims } from "../links/index.js";
import type { QuoteRequest } from "../shops/shop.js";
import {
  askCart,
  askProfile,
  type FetchedLink,
  type HandlerDeps,
  type IngestResult,
  type OperatorTaskView,
} from "./deps.js";
import { createHandler, type Handler } from "./handler.js";

/** The engine as the pages use it; what `createComeback` returns is one. */
export interface PagesHost {
  now(): number;
  ingest(events: readonly unknown[], by: EventBy): Promise<IngestResult[]>;
  ask<T>(customer: string, question: Question): Promise<T>;
  quote(request: QuoteRequest): Promise<Quote[]>;
  logLink(fetched: FetchedLink): Promise<void>;
  sendLetter(key: string, message: MessageSend): Promise<void>;
  task(id: string): Promise<OperatorTaskView | null>;
  status(): Promise<{ core: string; waiting: number; parked: number }>;
}

/** Everything of `HandlerDeps` that the engine can't know. */
export type PagesOptions = Pick<HandlerDeps, "links" | "shop"> &
  Partial<
    Pick<
      HandlerDeps,
      | "event_secrets"
      | "providers"
      | "preferences"
      | "origins"
      | "record_opens"
      | "report"
      | "reports"
      | "requests_per_minute_max"
    >
  > & { host: PagesHost };

/**
 * The pages of one engine.
 *
 * ```ts
 * const comeback = await createComeback({ …, pages: (host) => createPages({ host, links, shop }) });
 * http.createServer(toNodeListener(comeback.fetch)).listen(3000);
 * ```
 */
export function createPages({ host, ...options }: PagesOptions): Handler {
  const deps: HandlerDeps = {
    ...options,
    clock: () => host.now(),
    ingest: (events: EventEnvelope[], by) => host.ingest(events, by),
    ask: (customer, question) => host.ask(customer, question),
    quote: (request) => host.quote(request),
    log_link: (fetched) => host.logLink(fetched),
    task: (id) => host.task(id),
    health: async () => {
      const { core, waiting, parked } = await host.status();
      return { core, waiting, parked };
    },
    renew: (claims) => renew(host, deps, claims),
  };
  return createHandler(deps);
}

/** No address: no letter, and the page says the same as always. */
async function renew(host: PagesHost, deps: HandlerDeps, claims: Claims): Promise<void> {
  const [profile, cart] = await Promise.all([
    askProfile(deps, claims.customer),
    askCart(deps, claims.customer, claims.cart),
  ]);
  if (profile === null) return;
  const now = host.now();
  const key = await letterKey(`link-renewed ${claims.customer} ${cart?.cart ?? ""} ${Math.floor(now / 60_000)}`);
  const letter = renewalLetter(key, profile, cart, now);
  if (letter !== null) await host.sendLetter(key, letter);
}

/** 32 hexadecimal digits, like the ids of effects. */
async function letterKey(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
