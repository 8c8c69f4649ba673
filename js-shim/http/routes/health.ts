import { json } from "../json.js";
import type { Exchange, Route } from "../router.js";

export const healthRoutes: Route[] = [
  { method: "GET", path: "/healthz", answers: "json", limited: false, handle: health },
];

async function health({ deps }: Exchange): Promise<Response> {
  try {
    return json({ status: "ok", ...(await deps.health?.()) });
  } catch (cause) {
    deps.report?.("the health check failed", cause);
    return json({ status: "failing" }, 503);
  }
}
