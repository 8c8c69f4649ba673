import type { Visit } from "../web/visit.js";

/** What a visitor looks at. One-page visits leave nothing: they are mostly robots. */
export function observe(visit: Visit, type: string, data: Record<string, unknown>): void {
  if (visit.request.method !== "GET" || (!visit.customer && !visit.returning)) return;
  tell(visit, type, data);
}

/** Which page, and where from. Somebody who comes by an advertisement counts from the first page on. */
export function observePage(visit: Visit): void {
  if (visit.request.method !== "GET") return;
  const referrer = foreignReferrer(visit);
  const utm = Object.fromEntries(
    [...visit.url.searchParams]
      .filter(([name]) => name.startsWith("utm_"))
      .map(([name, value]) => [name.slice(4), value.slice(0, 100)]),
  );
  const led = referrer !== null || Object.keys(utm).length > 0;
  if (!led && !visit.customer && !visit.returning) return;
  tell(visit, "page.visited", { url: visit.url.pathname, utm, ...(referrer ? { referrer } : {}) });
}

export function tell(visit: Visit, type: string, data: Record<string, unknown>): void {
  const { db, outbox } = visit.demo.grocer;
  db.transaction(() => outbox.record({ type, at: visit.now, customer: visit.visitor, data }))();
}

function foreignReferrer(visit: Visit): string | null {
  const referrer = visit.request.headers.get("referer");
  if (!referrer || !URL.canParse(referrer)) return null;
  return new URL(referrer).host === visit.url.host ? null : referrer.slice(0, 500);
}
