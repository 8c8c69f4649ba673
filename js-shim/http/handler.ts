import { addressOf } from "./client-address.js";
import { corsHeaders } from "./cors.js";
import type { HandlerDeps } from "./deps.js";
import { HttpError } from "./http-error.js";
import { json } from "./json.js";
import { chooseLocale } from "./pages/document.js";
import { noticePage } from "./pages/notice.js";
import { pageWords } from "./pages/words.js";
import { createRateLimit } from "./rate-limit.js";
import { type Exchange, findRoute, type Route } from "./router.js";
import { bannerRoutes } from "./routes/banners.js";
import { cartRoutes } from "./routes/cart.js";
import { eventRoutes } from "./routes/events.js";
import { healthRoutes } from "./routes/health.js";
import { openRoutes } from "./routes/open.js";
import { operatorRoutes } from "./routes/operator.js";
import { pageEventRoutes } from "./routes/page-events.js";
import { preferenceRoutes } from "./routes/preferences.js";
import { reportRoutes } from "./routes/reports.js";
import { renewRoutes } from "./routes/renew.js";
import { unsubscribeRoutes } from "./routes/unsubscribe.js";
import { webhookRoutes } from "./routes/webhooks.js";
import { createReplayCache } from "./signature.js";

/** Every address there is. Tests walk this list: a GET that changes something fails them. */
export const ROUTES: Route[] = [
  ...cartRoutes,
  ...unsubscribeRoutes,
  ...preferenceRoutes,
  ...renewRoutes,
  ...openRoutes,
  ...operatorRoutes,
  ...eventRoutes,
  ...pageEventRoutes,
  ...bannerRoutes,
  ...webhookRoutes,
  ...reportRoutes,
  ...healthRoutes,
];

export type Handler = (request: Request) => Promise<Response>;

const REQUESTS_PER_MINUTE = 120;
/** New links by mail, for each customer. */
const RENEWALS_PER_MINUTE = 1;

/**
 * The pages and endpoints as one function from `Request` to `Response`, for any runtime. It answers below the path of
 * `deps.links.base_url`.
 *
 * ```ts
 * const handler = createHandler({ ingest, ask, links, shop });
 * http.createServer(toNodeListener(handler)).listen(3000);
 * ```
 */
export function createHandler(deps: HandlerDeps): Handler {
  const base_path = new URL(deps.links.base_url).pathname.replace(/\/+$/, "");
  const limits = {
    public: createRateLimit(deps.requests_per_minute_max ?? REQUESTS_PER_MINUTE),
    renewal: createRateLimit(RENEWALS_PER_MINUTE),
  };
  const replays = createReplayCache();

  return async (request) => {
    const url = new URL(request.url);
    const exchange: Exchange = {
      request,
      url,
      params: {},
      deps,
      now: (deps.clock ?? Date.now)(),
      base_path,
      limits,
      replays,
    };
    const response = await answer(exchange);
    return request.method === "HEAD" ? new Response(null, response) : response;
  };
}

async function answer(exchange: Exchange): Promise<Response> {
  const { request, url, base_path } = exchange;
  const path = url.pathname.startsWith(`${base_path}/`) ? url.pathname.slice(base_path.length) : null;
  const found = path === null ? [] : findRoute(ROUTES, request.method, path);
  if (Array.isArray(found)) return refuseMethod(exchange, found);
  exchange.params = found.params;
  try {
    if (found.route.limited) limit(exchange);
    return await found.route.handle(exchange);
  } catch (error) {
    return tellError(exchange, found.route, error);
  }
}

/** By the client's address; where nobody told it, by what is asked for, so that one visitor can't lock all others out. */
function limit({ limits, request, url, now }: Exchange): void {
  const wait = limits.public.take(addressOf(request) ?? url.pathname, now);
  if (wait > 0) throw new HttpError(429, "too many requests", { "retry-after": String(wait) });
}

function refuseMethod(exchange: Exchange, methods: string[]): Response {
  if (methods.length === 0) return errorPage(exchange, 404, {});
  const allow = [...new Set([...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"])].join(", ");
  if (exchange.request.method === "OPTIONS")
    return new Response(null, { status: 204, headers: { allow, ...corsHeaders(exchange) } });
  return errorPage(exchange, 405, { allow });
}

/** What went wrong in words; the cause goes to the shop's log and not to the visitor. */
function tellError(exchange: Exchange, route: Route, error: unknown): Response {
  const known = toHttpError(error);
  if (!(error instanceof HttpError)) exchange.deps.report?.(`${route.method} ${route.path} failed`, error);
  if (route.answers === "page") return errorPage(exchange, known.status, known.headers);
  const cors = route.path === "/page-events" || route.path === "/banners" ? corsHeaders(exchange) : {};
  return json({ error: known.message }, known.status, { ...cors, ...known.headers });
}

/** The engine marks what passes by itself with `retryable`, and may say when. */
function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const { retryable, retryAfterSeconds } = (error ?? {}) as { retryable?: unknown; retryAfterSeconds?: unknown };
  if (retryable !== true) return new HttpError(500, "something went wrong on our side; nothing was changed");
  return new HttpError(503, "busy right now; try again in a moment", {
    "retry-after": String(Math.ceil(Number(retryAfterSeconds)) || 5),
  });
}

function errorPage(exchange: Exchange, status: number, headers: Record<string, string>): Response {
  const locale = chooseLocale(exchange, null);
  const words = pageWords(locale);
  const response = noticePage(exchange, locale, words.error_title, words.errors[status] ?? words.errors[500]!, {
    status,
  });
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
