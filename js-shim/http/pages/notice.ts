import type { Exchange } from "../router.js";
import { chooseLocale, page } from "./document.js";
import { type Html, markup } from "./html.js";
import { type PageLocale, pageWords } from "./words.js";

/** A page that says one thing. */
export function noticePage(
  exchange: Exchange,
  locale: PageLocale,
  title: string,
  lead: string,
  options: { status?: number; more?: Html } = {},
): Response {
  const body = markup`<h1>${title}</h1><p class="lead">${lead}</p>${options.more}`;
  return page(exchange, { title, locale, body, ...(options.status ? { status: options.status } : {}) });
}

export function invalidLinkPage(exchange: Exchange): Response {
  const locale = chooseLocale(exchange, null);
  const { invalid } = pageWords(locale);
  return noticePage(exchange, locale, invalid.title, invalid.lead, { status: 404 });
}

/** 410 and a button that sends a new link to the address on record. */
export function expiredLinkPage(exchange: Exchange, token: string, locale: PageLocale): Response {
  const { expired } = pageWords(locale);
  const lang = exchange.url.searchParams.has("lang") ? `?lang=${locale}` : "";
  const more = exchange.deps.renew
    ? markup`<form method="post" action="${exchange.base_path}/r${lang}"><input type="hidden" name="token" value="${token}"><button class="main">${expired.button}</button></form>`
    : markup`<p>${expired.ask_shop}</p>`;
  return noticePage(exchange, locale, expired.title, expired.lead, { status: 410, more });
}
