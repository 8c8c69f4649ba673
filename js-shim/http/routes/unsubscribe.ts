import { tidyToken } from "../../links/links.js";
import type { Claims } from "../../links/index.js";
import { readForm } from "../body.js";
import { askProfile } from "../deps.js";
import { chooseLocale, page, privateHeaders } from "../pages/document.js";
import { markup } from "../pages/html.js";
import { invalidLinkPage } from "../pages/notice.js";
import { pageWords } from "../pages/words.js";
import type { Exchange, Route } from "../router.js";
import { ingestConsent } from "./consent.js";
import { logFetch } from "./link-event.js";

/** Leaving: a page with a button for people, and the same POST for mail programs (RFC 8058). GET only shows the page. */
export const unsubscribeRoutes: Route[] = [
  { method: "GET", path: "/u/:token", answers: "page", limited: false, handle: showUnsubscribe },
  { method: "POST", path: "/u/:token", answers: "page", limited: true, handle: unsubscribe },
];

async function showUnsubscribe(exchange: Exchange): Promise<Response> {
  const claims = await openUnsubscribe(exchange);
  if (claims === null) return invalidLinkPage(exchange);
  await logFetch(exchange, claims);
  const locale = await localeOf(exchange, claims);
  const { unsubscribe: words } = pageWords(locale);
  const body = markup`<h1>${words.title}</h1><p class="lead">${words.lead}</p>
<form method="post"><button class="main">${words.button}</button></form>${await preferencesLink(exchange, claims, words.choose)}`;
  return page(exchange, { title: words.title, locale, body });
}

/**
 * The mail program's button and the page's one do the same: no more marketing on this channel. People who press it are
 * annoyed; asking them which topic they meant would be a trick.
 */
async function unsubscribe(exchange: Exchange): Promise<Response> {
  const claims = await openUnsubscribe(exchange);
  if (claims === null) return invalidLinkPage(exchange);
  const form = await readForm(exchange.request);
  const oneClick = form.get("List-Unsubscribe") === "One-Click";
  const locale = await localeOf(exchange, claims);
  const { unsubscribe: words } = pageWords(locale);
  const channel = claims.topic?.split(":")[0] || "email";
  await ingestConsent(
    exchange,
    claims,
    [{ channel, topic: "*", state: "denied" }],
    oneClick ? "one_click" : "unsubscribe_page",
    oneClick ? "" : words.lead,
  );
  if (oneClick)
    return new Response("unsubscribed\n", {
      headers: { "content-type": "text/plain; charset=utf-8", ...privateHeaders() },
    });
  const body = markup`<h1>${words.done}</h1><p class="note" role="status">${words.done_lead}</p>${await preferencesLink(exchange, claims, words.choose)}`;
  return page(exchange, { title: words.done, locale, body });
}

/** An old link still unsubscribes: saying no needs no fresh proof. */
async function openUnsubscribe(exchange: Exchange): Promise<Claims | null> {
  const opened = await exchange.deps.links.open("unsubscribe", tidyToken(exchange.params["token"]!), exchange.now);
  return opened.ok || opened.problem === "expired" ? opened.claims : null;
}

async function preferencesLink(exchange: Exchange, claims: Claims, text: string) {
  const token = await exchange.deps.links.token("preferences", {
    customer: claims.customer,
    store: claims.store,
    effect: claims.effect,
    now: exchange.now,
  });
  return markup`<p><a class="more" href="${exchange.base_path}/p/${token}">${text}</a></p>`;
}

async function localeOf(exchange: Exchange, claims: Claims) {
  return chooseLocale(exchange, (await askProfile(exchange.deps, claims.customer))?.locale);
}
