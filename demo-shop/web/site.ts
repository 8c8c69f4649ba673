import { readFile } from "node:fs/promises";
import { COMEBACK_PATH } from "../bridge/comeback.js";
import { learnOfCalls } from "../bridge/calls.js";
import { clockRoutes } from "../clock/pages.js";
import type { Demo } from "../demo.js";
import { mailboxRoutes } from "../mailbox/pages.js";
import { officeRoutes } from "../office/routes.js";
import { accountRoutes } from "../storefront/account.js";
import { cartRoutes } from "../storefront/cart.js";
import { checkoutRoutes } from "../storefront/checkout.js";
import { scenarioRoutes } from "../scenarios/pages.js";
import { homeRoutes } from "../storefront/home.js";
import { orderRoutes } from "../storefront/order.js";
import { observePage } from "../storefront/observations.js";
import { bannerRoutes } from "../storefront/personal.js";
import { shelfRoutes } from "../storefront/shelves.js";
import { tourRoutes } from "../tour/pages.js";
import { SignedCookies } from "./cookies.js";
import { html } from "./html.js";
import { Router } from "./router.js";
import { Visit } from "./visit.js";

/** Beside `dist/`, where the compiler leaves it alone. */
const ASSETS = new URL("../../assets/", import.meta.url);
const ASSET_TYPES: Record<string, string> = {
  "shop.css": "text/css; charset=utf-8",
  "shop.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml; charset=utf-8",
};

/** Behind the shop, or not a page: nobody's visit. */
const BEHIND = /^\/(office|mailbox|clock|tour|scenarios|pictures|banners)(\/|$)/;

const POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'self'; object-src 'none'";

/** The shop's pages, with Comeback's mounted among them. */
export function site(demo: Demo): (request: Request) => Promise<Response> {
  const router = new Router();
  for (const add of [
    homeRoutes,
    shelfRoutes,
    cartRoutes,
    checkoutRoutes,
    accountRoutes,
    orderRoutes,
    bannerRoutes,
    officeRoutes,
    mailboxRoutes,
    clockRoutes,
    tourRoutes,
    scenarioRoutes,
  ]) {
    add(router);
  }
  const cookies = new SignedCookies(demo.grocer.settings);

  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/healthz") return Response.json({ ok: true });
    if (pathname.startsWith("/assets/")) return asset(pathname.slice("/assets/".length));
    const found = router.find(request.method, pathname);
    if (!found) return elsewhere(demo, cookies, request);
    if (request.method === "POST" && !fromHere(request))
      return new Response("this form was sent from another site", { status: 403 });
    // The back office shows what Comeback has made of what was just done.
    if (pathname.startsWith("/office") && !demo.timeMachine.moving) await demo.settle();
    const visit = new Visit(demo, cookies, request, found.params);
    if (!BEHIND.test(pathname)) observePage(visit);
    const response = await answered(visit, found.handler);
    if (!response.headers.has("content-security-policy")) response.headers.set("content-security-policy", POLICY);
    response.headers.set("x-content-type-options", "nosniff");
    response.headers.set("referrer-policy", "same-origin");
    if (request.method === "POST") demo.settleSoon();
    return response;
  };
}

async function answered(visit: Visit, handler: (visit: Visit) => Response | Promise<Response>): Promise<Response> {
  try {
    return await handler(visit);
  } catch (error) {
    visit.demo.log(
      `${visit.request.method} ${visit.url.pathname} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return visit.page(
      "Something went wrong",
      html`<section class="narrow">
        <h1>Something went wrong</h1>
        <p>It has been noted. <a href="/">Back to the shop</a></p>
      </section>`,
      { status: 500 },
    );
  }
}

/** Comeback's own pages: carts, preferences, links. What they set in motion is done before the answer. */
async function elsewhere(demo: Demo, cookies: SignedCookies, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith(`${COMEBACK_PATH}/`)) return new Visit(demo, cookies, request, {}).notFound("Page");
  const response = await meanwhile(demo, demo.comeback.fetch(request));
  if (request.method === "POST") {
    if (pathname.startsWith(`${COMEBACK_PATH}/operator/`)) await learnOfCalls(demo.grocer, demo.comeback);
    await demo.settle();
  }
  return response;
}

/** The page after confirming waits for the order, which is made by what is due: so that is done while it waits. */
async function meanwhile(demo: Demo, response: Promise<Response>): Promise<Response> {
  const late = Symbol("late");
  for (;;) {
    const pause = new Promise<typeof late>((resolve) => setTimeout(() => resolve(late), 40));
    const first = await Promise.race([response, pause]);
    if (first !== late) return first;
    await demo.settle();
  }
}

/** Browsers say where a form came from; scripts without a browser may do as they like on this machine. */
function fromHere(request: Request): boolean {
  const origin = request.headers.get("origin");
  if (!origin || origin === "null") return origin === null;
  return URL.canParse(origin) && new URL(origin).host === new URL(request.url).host;
}

async function asset(name: string): Promise<Response> {
  const type = ASSET_TYPES[name];
  if (!type) return new Response("no such file", { status: 404 });
  const bytes = await readFile(new URL(name, ASSETS));
  return new Response(bytes, { headers: { "content-type": type, "cache-control": "no-cache" } });
}
