import type { EventEnvelope } from "../../core/types.js";
import { parseJson, readBody } from "../body.js";
import { HttpError } from "../http-error.js";
import { json } from "../json.js";
import type { Exchange, Route } from "../router.js";
import { corsHeaders } from "../cors.js";
import { eventId } from "./link-event.js";
import { summary } from "./events.js";

/**
 * What a storefront page observed: `POST /page-events` with
 * `{"visitor": "v_…", "identity": "…", "events": [{"id", "type", "data"}]}`.
 *
 * A page is anybody's program. It can't say who it is: it is the visitor it made up, or the customer in a token that
 * the shop's server had us sign (`links.token("identity", …)`). It can't say that something was ordered: the types are
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
/** Made by the page's script; too long to guess another's and unlike any customer's id. */
const VISITOR = /^v_[A-Za-z0-9]{16,64}$/;

async function takePageEvents(exchange: Exchange): Promise<Response> {
  const cors = corsHeaders(exchange);
  if (cors === null) throw new HttpError(403, "this origin is not one of the shop's");
  const body = parseJson(await readBody(exchange.request, BODY_BYTES_MAX)) as PageBody | null;
  const customer = await whose(exchange, body);
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

async function whose({ deps, now }: Exchange, body: PageBody | null): Promise<string> {
  if (typeof body?.identity === "string" && body.identity !== "") {
    const opened = await deps.links.open("identity", body.identity, now);
    if (!opened.ok) throw new HttpError(403, "the identity was not signed by us or has expired");
    return opened.claims.customer;
  }
  if (typeof body?.visitor === "string" && VISITOR.test(body.visitor)) return body.visitor;
  throw new HttpError(400, "`visitor` must look like `v_` and 16 to 64 letters or digits");
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
