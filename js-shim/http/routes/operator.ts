import type { EventEnvelope } from "../../core/types.js";
import { checkOnce, makeOnce } from "../../links/once.js";
import type { Claims } from "../../links/index.js";
import { tidyToken } from "../../links/links.js";
import { readForm } from "../body.js";
import type { OperatorTaskView } from "../deps.js";
import { HttpError } from "../http-error.js";
import { chooseLocale, page, seeOther } from "../pages/document.js";
import { invalidLinkPage, noticePage } from "../pages/notice.js";
import { operatorBody } from "../pages/operator.js";
import { pageWords } from "../pages/words.js";
import type { Exchange, Route } from "../router.js";
import { eventId } from "./link-event.js";

/** The operator's page for one task. It shows a phone number, so its links are few, signed and short-lived. */
export const operatorRoutes: Route[] = [
  { method: "GET", path: "/operator/:token", answers: "page", limited: false, handle: showTask },
  { method: "POST", path: "/operator/:token", answers: "page", limited: true, handle: recordCall },
];

const NOTE_LENGTH_MAX = 1_000;
const ADDED_MAX = 99;

async function showTask(exchange: Exchange): Promise<Response> {
  const opened = await openTask(exchange);
  if (opened instanceof Response) return opened;
  const { view, token } = opened;
  const locale = chooseLocale(exchange, null);
  const once = await makeOnce(exchange.deps.links, token, view.task.id, exchange.now);
  const title = pageWords(locale).operator.title(view.task.name ?? view.task.customer);
  const zone = exchange.deps.shop.zone ?? "UTC";
  return page(exchange, { title, locale, body: operatorBody({ view, locale, once, zone }) });
}

async function recordCall(exchange: Exchange): Promise<Response> {
  const opened = await openTask(exchange);
  if (opened instanceof Response) return opened;
  const { view, token, claims } = opened;
  const form = await readForm(exchange.request);
  const once = form.get("once") ?? "";
  if (!(await checkOnce(exchange.deps.links, once, token, view.task.id, exchange.now)).ok)
    throw new HttpError(400, "the form does not belong to this page");
  const outcome = form.get("outcome");
  if (outcome !== "reached" && outcome !== "not_reached")
    throw new HttpError(400, "the outcome must be reached or not_reached");
  const event: EventEnvelope = {
    id: await eventId(`${token} ${once} call`),
    source: "operator",
    type: "operator.call_done",
    at: new Date(exchange.now).toISOString(),
    customer: claims.customer,
    store: claims.store,
    data: {
      task: view.task.id,
      outcome,
      items_added: readAdded(form, view),
      note: (form.get("note") ?? "").slice(0, NOTE_LENGTH_MAX) || null,
    },
  };
  const [result] = await exchange.deps.ingest([event], "operator");
  if (result?.status === "refused") {
    exchange.deps.report?.(`operator.call_done was refused: ${result.refusal?.code ?? "no reason"}`, null);
    throw new HttpError(503, "the call could not be recorded");
  }
  return seeOther(exchange, `/operator/${token}`);
}

/** Only what the task suggested can be added here. */
function readAdded(form: Map<string, string>, view: OperatorTaskView): { product: string; quantity: number }[] {
  return view.task.additions.flatMap(({ product }) => {
    const quantity = Math.min(ADDED_MAX, Math.floor(Number(form.get(`add:${product}`) ?? 0)));
    return quantity >= 1 ? [{ product, quantity }] : [];
  });
}

async function openTask(
  exchange: Exchange,
): Promise<{ view: OperatorTaskView; token: string; claims: Claims } | Response> {
  const { deps, now, params } = exchange;
  const token = tidyToken(params["token"]!);
  const opened = await deps.links.open("operator", token, now);
  if (!opened.ok || opened.claims.effect === null) return invalidLinkPage(exchange);
  const view = (await deps.task?.(opened.claims.effect)) ?? null;
  if (view === null || view.task.customer !== opened.claims.customer) {
    const locale = chooseLocale(exchange, null);
    const { operator } = pageWords(locale);
    return noticePage(exchange, locale, operator.gone, "", { status: 404 });
  }
  return { view, token, claims: opened.claims };
}
