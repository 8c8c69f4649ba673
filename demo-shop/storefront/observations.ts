import type { Visit } from "../web/visit.js";

/** What a visitor looks at. One-page visits leave nothing: they are mostly robots. */
export function observe(visit: Visit, type: string, data: Record<string, unknown>): void {
  if (visit.request.method !== "GET" || (!visit.customer && !visit.returning)) return;
  const { db, outbox } = visit.demo.grocer;
  db.transaction(() => outbox.record({ type, at: visit.now, customer: visit.visitor, data }))();
}
