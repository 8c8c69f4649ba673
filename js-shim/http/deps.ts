import type {
  CartView,
  EventBy,
  EventEnvelope,
  OperatorTask,
  ProfileAnswer,
  Question,
  Quote,
  Refusal,
} from "../core/types.js";
import type { Claims, Links } from "../links/index.js";
import type { Report, ReportQuery } from "../measure/reports.js";
import type { QuoteRequest } from "../shops/shop.js";
import type { ShopInfo } from "../templates/shop-info.js";

/** What the pages and endpoints need of the engine. The runtime gives it; tests give a stand-in. */
export interface HandlerDeps {
  /** Returns when the events are durable. One result for each event, in order. */
  ingest(events: EventEnvelope[], by: EventBy): Promise<IngestResult[]>;
  /** Asks about one customer; cannot change anything. `null` when there is nothing to answer with. */
  ask(customer: string, question: Question): Promise<unknown>;
  links: Links;
  shop: ShopInfo;
  /** Milliseconds since 1970 UTC. */
  clock?: () => number;
  /** Secrets of the shop's server for `POST /events`: as a bearer, or for Standard Webhooks signatures (`whsec_…`). */
  event_secrets?: string[];
  /** Mail, SMS and call providers that report to `POST /webhooks/<name>`. */
  providers?: Record<string, Provider>;
  /** A link was fetched, by a person or a scanner. It may be written down; it is no evidence of anything. */
  log_link?(fetched: FetchedLink): Promise<void> | void;
  /**
   * Whether fetching the open pixel is told to the core as `message.opened`. It is the one GET that says anything: a
   * hint about a letter, which joins its receipts and touches neither cart, consent nor order. `true` by default.
   */
  record_opens?: boolean;
  /** Stock and price of a cart's lines now, asked each time a cart page is shown. Without it prices stay as offered. */
  quote?(request: QuoteRequest): Promise<Quote[]>;
  /** Sends a new link to the address on record; see `renewalLetter`. Without it the page says to ask the shop. */
  renew?(claims: Claims): Promise<void>;
  /** An operator's task by its effect id. */
  task?(id: string): Promise<OperatorTaskView | null>;
  /** What the preference centre offers; one topic for everything by mail when absent. */
  preferences?: PreferenceOptions;
  /** Origins of the storefront, for page events and banners. The shop's own is always among them. */
  origins?: string[];
  /** Figures for `GET /reports/<name>`, which asks for one of `event_secrets`; see `makeReport`. */
  reports?(name: string, query: ReportQuery): Promise<Report | null>;
  /** Answers `GET /healthz`; 503 when it throws. */
  health?(): Promise<Record<string, unknown>> | Record<string, unknown>;
  /** Problems that nobody can be told of in a response. No personal data is passed. */
  report?(problem: string, cause: unknown): void;
  /** Requests a minute from one address on public POSTs, by default 120. */
  requests_per_minute_max?: number;
}

export interface FetchedLink {
  customer: string;
  purpose: string;
  method: string;
  /** What the client calls itself, at most 200 characters. */
  agent: string;
}

export interface IngestResult {
  id: string;
  /** A `duplicate` had been taken before; nothing happened again. */
  status: "accepted" | "duplicate" | "refused";
  refusal?: Refusal | null;
}

export interface Provider {
  /** Signing secrets, each `whsec_…` or plain; several while one is being rotated. */
  secrets: string[];
  /** From the provider's report to receipts (`message.delivered`, `message.bounced`, …). */
  toEvents(body: unknown, now: number, url: URL): EventEnvelope[] | Promise<EventEnvelope[]>;
  /** For providers that don't sign as Standard Webhooks do: checks the request itself. */
  verify?(request: Request, body: Uint8Array, now: number): Promise<boolean>;
}

export interface OperatorTaskView {
  task: OperatorTask;
  /** What was recorded, once it was. */
  outcome: "reached" | "not_reached" | "done" | null;
  cancelled: boolean;
}

export interface PreferenceOptions {
  channels: string[];
  /** `names` by locale. */
  topics: { id: string; names: Record<string, string> }[];
}

/** Typed asking; the core's answers as `core/types.ts` describes them. */
export const askCart = (deps: HandlerDeps, customer: string, cart: string | null, quotes: Quote[] = []) =>
  deps.ask(customer, {
    ask: "cart",
    ...(cart ? { cart } : {}),
    ...(quotes.length > 0 ? { quotes } : {}),
  }) as Promise<CartView | null>;

export const askProfile = (deps: HandlerDeps, customer: string) =>
  deps.ask(customer, { ask: "profile" }) as Promise<ProfileAnswer | null>;
