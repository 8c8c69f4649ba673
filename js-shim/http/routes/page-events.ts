import type { EventEnvelope } from "../../core/types.js";
import { parseJson, readBody } from "../body.js";
import { HttpError } from "../http-error.js";
import { json } from "../json.js";
import type { Exchange, Route } from "../router.js";
import { corsHeaders } from "../cors.js";
import { eventId } from "./link-event.js";
import { summary } from "./events.js";
import { pageVisitor } from "./page-visitor.js";

/**
 * What a storefront page observed: `POST /page-events` with
 * `{"visitor": "v_…", "identity": "…", "events": [{"id", "type", "data"}]}`.
 *
 * A page is anybody's program. It can't say who it is (see `pageVisitor`), nor that something was ordered: the types are
 * listed here and the core refuses any other from a page once more.
 */
export const pageEventRoutes: Route[] = [
  { method: "POST", path: "/page-events", answers: "json", limited: true, handle: takePageEvents },
];

const TYPES = new Set([
  "product.viewed",
  "category.viewed",
  "manufacturer.viewed",
  "page.visited",
  "search.performed",
  "checkout.step_reached",
  "banner.shown",
  "banner.clicked",
  "banner.dismissed",
]);

const BODY_BYTES_MAX = 16 * 1024;
const EVENTS_MAX = 20;

async function takePageEvents(exchange: Exchange): Promise<Response> {
  const cors = corsHeaders(exchange);
  if (cors === null) throw new HttpError(403, "this origin is not one of the shop's");
  const body = parseJson(await readBody(exchange.request, BODY_BYTES_MAX)) as PageBody | null;
  const customer = await pageVisitor(exchange, body);
  if (!Array.isArray(body?.events) || body.events.length > EVENTS_MAX)
    throw new HttpError(400, `\`events\` must be a list of at most ${EVENTS_MAX}`);
  const events = await Promise.all(body.events.map((event, index) => envelope(exchange, customer, event, index)));
  return json(summary(await exchange.deps.ingest(events, "page")), 202, cors);
}

interface PageBody {
  visitor?: unknown;
  identity?: unknown;
  events?: { id?: unknown; type?: unknown; data?: unknown }[];
}

/** The time is ours: a page's clock may say anything. */
async function envelope(
  exchange: Exchange,
  customer: string,
  event: { id?: unknown; type?: unknown; data?: unknown } | null,
  index: number,
): Promise<EventEnvelope> {
  const type = event?.type;
  if (typeof type !== "string" || !TYPES.has(type)) {
    throw new HttpError(403, `event ${index}: a page may report ${[...TYPES].join(", ")}, and nothing else`);
  }
  const data = event?.data ?? {};
  if (typeof data !== "object" || Array.isArray(data))
    throw new HttpError(400, `event ${index}: \`data\` must be an object`);
  const said = typeof event?.id === "string" ? event.id.slice(0, 100) : `${exchange.now} ${index} ${Math.random()}`;
  // Bound to the visitor, so that one page can't use up another's ids.
  const id = await eventId(`page ${customer} ${said}`);
  return {
    id,
    source: "page",
    type,
    at: new Date(exchange.now).toISOString(),
    customer,
    data: data as Record<string, unknown>,
  };
}
