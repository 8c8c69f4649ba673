import type { EventEnvelope } from "../../core/types.js";
import { sameText } from "../../links/links.js";
import { parseJson, readBody } from "../body.js";
import { HttpError } from "../http-error.js";
import { json } from "../json.js";
import type { Exchange, Route } from "../router.js";
import { checkSignature } from "../signature.js";

/**
 * What the shop's server says: `POST /events` with one envelope, an array, or `{"events": […]}`. Answered after it is
 * durable; an event that is refused doesn't keep the others back.
 *
 * ```
 * {"accepted": 2, "duplicates": 0, "refused": [{"index": 1, "id": "e7", "code": "…", "path": "…", "message": "…"}]}
 * ```
 */
export const eventRoutes: Route[] = [
  { method: "POST", path: "/events", answers: "json", limited: false, handle: takeEvents },
];

export const EVENTS_MAX = 1_000;

async function takeEvents(exchange: Exchange): Promise<Response> {
  const { deps, request } = exchange;
  if (!deps.event_secrets?.length)
    throw new HttpError(404, "there is no secret for events; set `event_secrets` to take them here");
  const body = await readBody(request);
  await authorizeShop(exchange, body);
  const events = readEnvelopes(parseJson(body));
  const results = await deps.ingest(events, "shop");
  return json(summary(results));
}

export function summary(results: { id: string; status: string; refusal?: unknown }[]): Record<string, unknown> {
  const refused = results.flatMap(({ id, status, refusal }, index) =>
    status === "refused" ? [{ index, id, ...(refusal as object | null) }] : [],
  );
  const count = (status: string) => results.filter((result) => result.status === status).length;
  return { accepted: count("accepted"), duplicates: count("duplicate"), refused };
}

/** Only the shop's own server knows one of the event secrets. */
export async function authorizeShop(exchange: Exchange, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const { deps, now } = exchange;
  const secrets = deps.event_secrets ?? [];
  const { headers } = exchange.request;
  const bearer = /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  if (bearer !== undefined) {
    if (secrets.map((secret) => sameText(secret, bearer)).includes(true)) return;
    throw new HttpError(401, "the bearer is not one of the event secrets");
  }
  const check = await checkSignature(headers, body, secrets, now);
  if (!check.ok)
    throw new HttpError(401, `send \`authorization: Bearer …\` or a Standard Webhooks signature; ${check.problem}`);
}

/** The shape only; what is in them is the core's to judge. */
export function readEnvelopes(body: unknown): EventEnvelope[] {
  const inside = (body as { events?: unknown } | null)?.events;
  const list = Array.isArray(body) ? body : Array.isArray(inside) ? inside : [body];
  if (list.length > EVENTS_MAX)
    throw new HttpError(413, `at most ${EVENTS_MAX} events at a time, found ${list.length}`);
  return list.map(readEnvelope);
}

function readEnvelope(value: unknown, index: number): EventEnvelope {
  const event = value as Partial<EventEnvelope> | null;
  if (typeof event !== "object" || event === null) throw new HttpError(400, `event ${index} must be an object`);
  for (const field of ["id", "source", "type", "at", "customer"] as const) {
    const text = event[field];
    if (typeof text !== "string" || text === "" || text.length > 200) {
      throw new HttpError(400, `event ${index}: \`${field}\` must be a text of 1 to 200 characters`);
    }
  }
  const data = event.data ?? {};
  if (typeof data !== "object" || Array.isArray(data))
    throw new HttpError(400, `event ${index}: \`data\` must be an object`);
  return { ...(event as EventEnvelope), data };
}
