import { readForm } from "../body.js";
import { HttpError } from "../http-error.js";
import { chooseLocale } from "../pages/document.js";
import { noticePage } from "../pages/notice.js";
import { pageWords } from "../pages/words.js";
import type { Exchange, Route } from "../router.js";

/** A new link for an expired one, by mail to the address on record and never on the page itself. */
export const renewRoutes: Route[] = [{ method: "POST", path: "/r", answers: "page", limited: true, handle: renew }];

/** The answer is the same whether we know an address or not, so it can't be used to find out. */
async function renew(exchange: Exchange): Promise<Response> {
  const { deps, limits, now } = exchange;
  const token = (await readForm(exchange.request)).get("token") ?? "";
  const opened = await deps.links.openAny(token, now);
  if (opened.ok || opened.problem === "expired") {
    if (limits.renewal.take(opened.claims.customer, now) > 0)
      throw new HttpError(429, "a new link was sent a moment ago");
    await deps.renew?.(opened.claims);
  }
  const locale = chooseLocale(exchange, null);
  const { expired } = pageWords(locale);
  return noticePage(exchange, locale, expired.sent, expired.sent_lead);
}
