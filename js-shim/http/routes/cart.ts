import type { CartView, Quote } from "../../core/types.js";
import { within } from "../../runtime/within.js";
import { checkOnce, makeOnce } from "../../links/once.js";
import type { Claims } from "../../links/index.js";
import { tidyToken } from "../../links/links.js";
import { readForm } from "../body.js";
import { askCart, askProfile } from "../deps.js";
import { HttpError } from "../http-error.js";
import { type CartAction, parseAction } from "./cart-action.js";
import { cartBody, type CartNotice, cartTitle } from "../pages/cart.js";
import { chooseLocale, page, privateHeaders, seeOther } from "../pages/document.js";
import { expiredLinkPage, invalidLinkPage } from "../pages/notice.js";
import { VISIT_SCRIPT } from "../pages/visit-script.js";
import type { Exchange, Route } from "../router.js";
import { eventId, linkEvent, logFetch } from "./link-event.js";

/** The cart page: looking changes nothing, everything else is a POST with the one-time value of the view. */
export const cartRoutes: Route[] = [
  { method: "GET", path: "/c/:token", answers: "page", limited: false, handle: showCart },
  { method: "POST", path: "/c/:token", answers: "page", limited: true, handle: changeCart },
  { method: "POST", path: "/c/:token/seen", answers: "json", limited: true, handle: recordVisit },
];

const NOTICES: CartNotice[] = ["stale", "stopped", "kept", "edited"];
/** How long a page waits for the shop's prices. */
const QUOTE_WAIT_MS = 2_000;
/** How long a press of Confirm waits for the shop's order, so that the next page can show its number. */
const CONFIRM_WAIT_MS = 2_000;
const CONFIRM_POLL_MS = 100;

async function showCart(exchange: Exchange): Promise<Response> {
  const { deps, now, url } = exchange;
  const opened = await openCart(exchange);
  if (opened instanceof Response) return opened;
  await logFetch(exchange, opened.claims);
  const { claims, cart, token } = opened;
  const profile = await askProfile(deps, claims.customer);
  const locale = chooseLocale(exchange, profile?.locale);
  const once = await makeOnce(deps.links, token, shownText(cart), now);
  const notice = NOTICES.find((code) => code === url.searchParams.get("n")) ?? null;
  const body = cartBody({
    cart,
    locale,
    once,
    now,
    zone: profile?.zone || deps.shop.zone || "UTC",
    shop_url: deps.shop.url,
    shop_phone: deps.shop.phone ?? null,
    notice,
  });
  return page(exchange, { title: cartTitle(cart, locale), locale, body, script: VISIT_SCRIPT });
}

async function changeCart(exchange: Exchange): Promise<Response> {
  const opened = await openCart(exchange);
  if (opened instanceof Response) return opened;
  const { claims, cart, token, quotes } = opened;
  const form = await readForm(exchange.request);
  const action = parseAction(form, cart, exchange.now);
  if (action === null) throw new HttpError(400, "there is no such action on a cart");
  const once = form.get("once") ?? "";
  const check = await checkOnce(exchange.deps.links, once, token, shownText(cart), exchange.now);
  if (!check.ok) return back(exchange, token, "stale");
  // Nobody orders what they have not seen. A second press finds the cart confirmed and is let through to be dropped.
  if (action.do === "confirm" && cart.status === "ready" && check.stale) return back(exchange, token, "stale");
  // The order is made at the prices of this view.
  const data = action.do === "confirm" && quotes.length > 0 ? { ...action.data, quotes } : action.data;
  await ingestAction(exchange, claims, cart, { ...action, data }, `${token} ${once}`);
  if (action.do === "confirm") await waitForOrder(exchange, claims, cart.cart);
  return back(exchange, token, action.do === "stop" ? "stopped" : action.do === "keep" ? "kept" : null);
}

/** The same press of the same view is the same event, however often it arrives. */
async function ingestAction(
  exchange: Exchange,
  claims: Claims,
  cart: CartView,
  action: CartAction,
  press: string,
): Promise<void> {
  const { deps } = exchange;
  const id = await eventId(`${press} ${action.key}`);
  const event = linkEvent(exchange, claims, id, action.type, { cart: cart.cart, ...action.data });
  const [result] = await deps.ingest([event], "link");
  if (result?.status === "refused")
    deps.report?.(`${action.type} was refused: ${result.refusal?.code ?? "no reason"}`, null);
  await recordClick(exchange, claims);
}

async function recordVisit(exchange: Exchange): Promise<Response> {
  const opened = await openCart(exchange);
  if (opened instanceof Response) return new Response(null, { status: opened.status, headers: privateHeaders() });
  const { claims, cart, token } = opened;
  const once = (await readForm(exchange.request)).get("once") ?? "";
  const check = await checkOnce(exchange.deps.links, once, token, shownText(cart), exchange.now);
  if (!check.ok) throw new HttpError(400, "the visit does not belong to this page");
  const id = await eventId(`${token} ${once} seen`);
  await exchange.deps.ingest([linkEvent(exchange, claims, id, "predicted_cart.viewed", { cart: cart.cart })], "link");
  await recordClick(exchange, claims);
  return new Response(null, { status: 204, headers: privateHeaders() });
}

/** A person followed the letter's link: the only click that is believed. Once for each letter. */
async function recordClick(exchange: Exchange, claims: Claims): Promise<void> {
  if (claims.effect === null) return;
  const data = { effect: claims.effect, purpose: claims.purpose };
  await exchange.deps.ingest(
    [linkEvent(exchange, claims, `clicked-${claims.effect}`, "message.clicked", data)],
    "host",
  );
}

interface Opened {
  claims: Claims;
  cart: CartView;
  token: string;
  /** What the shop said of it just now. */
  quotes: Quote[];
}

async function openCart(exchange: Exchange): Promise<Opened | Response> {
  const { deps, now, params } = exchange;
  const token = tidyToken(params["token"]!);
  const opened = await deps.links.open("cart", token, now);
  if (!opened.ok && opened.problem === "invalid") return invalidLinkPage(exchange);
  if (!opened.ok) {
    const profile = await askProfile(deps, opened.claims.customer);
    return expiredLinkPage(exchange, token, chooseLocale(exchange, profile?.locale));
  }
  const { claims } = opened;
  const stored = await askCart(deps, claims.customer, claims.cart);
  if (stored === null) return invalidLinkPage(exchange);
  const quotes = await quotesOf(exchange, claims, stored);
  const cart = quotes.length > 0 ? await askCart(deps, claims.customer, stored.cart, quotes) : stored;
  return { claims, cart: cart ?? stored, token, quotes };
}

/** Prices and stock now. A shop that can't say in time leaves them as they were offered; the operator calls anyway. */
async function quotesOf({ deps }: Exchange, { customer }: Claims, cart: CartView): Promise<Quote[]> {
  const lines = cart.lines.filter((line) => !line.removed).map(({ product, quantity }) => ({ product, quantity }));
  if (!deps.quote || cart.status !== "ready" || lines.length === 0) return [];
  try {
    return await within(QUOTE_WAIT_MS, deps.quote({ customer, store: cart.store, lines }));
  } catch (error) {
    deps.report?.("the shop gave no prices for a cart page", error);
    return [];
  }
}

async function waitForOrder(exchange: Exchange, claims: Claims, cart: string): Promise<void> {
  for (let waited = 0; waited < CONFIRM_WAIT_MS; waited += CONFIRM_POLL_MS) {
    const now = await askCart(exchange.deps, claims.customer, cart);
    if (now?.status !== "confirming") return;
    await new Promise((resolve) => setTimeout(resolve, CONFIRM_POLL_MS));
  }
}

function back(exchange: Exchange, token: string, notice: CartNotice | null): Response {
  const response = seeOther(exchange, `/c/${token}`);
  if (notice === null) return response;
  const location = response.headers.get("location")!;
  response.headers.set("location", `${location}${location.includes("?") ? "&" : "?"}n=${notice}`);
  return response;
}

/** Everything on the page that a confirmation is about. */
function shownText(cart: CartView): string {
  const lines = cart.lines.map(({ product, quantity, price, removed }) => [product, quantity, price, removed]);
  return JSON.stringify([cart.cart, cart.status, cart.currency, cart.total, lines]);
}
