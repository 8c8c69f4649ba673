import type { Claims } from "../../links/index.js";
import { privateHeaders } from "../pages/document.js";
import type { Exchange, Route } from "../router.js";
import { linkEvent, logFetch } from "./link-event.js";

/** The open pixel. Mailboxes fetch it without anybody reading and don't fetch it when somebody does: it is a hint. */
export const openRoutes: Route[] = [
  { method: "GET", path: "/o/:token", answers: "json", limited: false, handle: open },
];

const PIXEL = Uint8Array.from(atob("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"), (letter) =>
  letter.charCodeAt(0),
);

/** The same picture for every token: a wrong one learns nothing. */
async function open(exchange: Exchange): Promise<Response> {
  const token = exchange.params["token"]!.replace(/\.gif$/i, "");
  const opened = await exchange.deps.links.open("open", token, exchange.now);
  if (opened.ok) await logFetch(exchange, opened.claims);
  if (opened.ok && exchange.request.method === "GET") await recordOpen(exchange, opened.claims);
  return new Response(PIXEL, { headers: { "content-type": "image/gif", ...privateHeaders() } });
}

/** Once for each letter. The picture comes in any case. */
async function recordOpen(exchange: Exchange, claims: Claims): Promise<void> {
  const { deps } = exchange;
  if (deps.record_opens === false || claims.effect === null) return;
  const event = linkEvent(exchange, claims, `opened-${claims.effect}`, "message.opened", {
    effect: claims.effect,
    purpose: claims.purpose,
  });
  await deps
    .ingest([event], "host")
    .catch((cause: unknown) => deps.report?.("an opened letter could not be recorded", cause));
}
