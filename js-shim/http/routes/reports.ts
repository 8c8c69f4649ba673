import { REPORTS, toCsv } from "../../measure/reports.js";
import { authorizeShop } from "./events.js";
import { HttpError } from "../http-error.js";
import { json } from "../json.js";
import type { Exchange, Route } from "../router.js";

/**
 * Figures for the shop's own server: `GET /reports/<name>?from=…&until=…&window_days=…`, with the bearer of `POST /events`; CSV with
 * `format=csv` or `accept: text/csv`. A report may read the whole journal of its span.
 */
export const reportRoutes: Route[] = [
  { method: "GET", path: "/reports/:name", answers: "json", limited: false, handle: showReport },
];

const DAY_MS = 86_400_000;

async function showReport(exchange: Exchange): Promise<Response> {
  const { deps, request, url, params } = exchange;
  if (!deps.reports || !deps.event_secrets?.length)
    throw new HttpError(404, "there are no reports here; set `reports` and `event_secrets` to give them");
  await authorizeShop(exchange, new Uint8Array());
  const query = { ...instant(url, "from"), ...instant(url, "until"), ...window(url) };
  const report = await deps.reports(params["name"]!, query);
  if (report === null) throw new HttpError(404, `no report of this name; there are ${Object.keys(REPORTS).join(", ")}`);
  if (!wantsCsv(request, url)) return json(report);
  return new Response(toCsv(report), {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${report.report}.csv"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

function window(url: URL): { windowMs?: number } {
  const text = url.searchParams.get("window_days");
  if (text === null) return {};
  const days = Number(text);
  if (!(days >= 1 && days <= 366)) throw new HttpError(400, "`window_days` must be a number from 1 to 366");
  return { windowMs: days * DAY_MS };
}

function wantsCsv(request: Request, url: URL): boolean {
  const format = url.searchParams.get("format");
  if (format !== null && format !== "csv" && format !== "json")
    throw new HttpError(400, "`format` must be `json` or `csv`");
  return format === "csv" || (format === null && (request.headers.get("accept") ?? "").startsWith("text/csv"));
}

function instant(url: URL, name: "from" | "until"): { from?: number; until?: number } {
  const text = url.searchParams.get(name);
  if (text === null) return {};
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isFinite(at)) throw new HttpError(400, `\`${name}\` must be an instant such as \`2026-03-02T09:15:00Z\``);
  return { [name]: at };
}
