import { parseJson, readBody } from "../body.js";
import { HttpError } from "../http-error.js";
import { json } from "../json.js";
import type { Exchange, Route } from "../router.js";
import { checkSignature } from "../signature.js";
import { summary } from "./events.js";

/** What providers report: deliveries, bounces, complaints, calls. Signed, fresh and new, or refused. */
export const webhookRoutes: Route[] = [
  { method: "POST", path: "/webhooks/:provider", answers: "json", limited: false, handle: takeWebhook },
];

async function takeWebhook(exchange: Exchange): Promise<Response> {
  const { deps, params, request, now, replays } = exchange;
  const name = params["provider"]!;
  const provider = deps.providers && Object.hasOwn(deps.providers, name) ? deps.providers[name] : undefined;
  if (provider === undefined) throw new HttpError(404, "there is no such provider");
  const body = await readBody(request);
  if (provider.verify) {
    if (!(await provider.verify(request, body, now))) throw new HttpError(401, "the signature does not match");
  } else {
    const check = await checkSignature(request.headers, body, provider.secrets, now);
    if (!check.ok) throw new HttpError(401, check.problem!);
  }
  const id = request.headers.get("webhook-id");
  const report = id === null ? null : `${name} ${id}`;
  if (report !== null && replays.has(report)) return json({ repeated: true });
  const results = await deps.ingest(await provider.toEvents(parseJson(body), now, exchange.url), "provider");
  // Remembered only now: a report that failed to be stored may be sent again under its id.
  if (report !== null) replays.add(report, now);
  return json(summary(results));
}
