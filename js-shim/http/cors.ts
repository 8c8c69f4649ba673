import type { Exchange } from "./router.js";

/**
 * For requests that the storefront's pages make to us from their own origin. `null` for a foreign origin; a request
 * without one comes from no page and gets no headers.
 */
export function corsHeaders({ deps, request }: Exchange): Record<string, string> | null {
  const origin = request.headers.get("origin");
  if (origin === null) return {};
  const allowed = [deps.shop.url, deps.links.base_url, ...(deps.origins ?? [])].flatMap((url) =>
    URL.canParse(url) ? [new URL(url).origin] : [],
  );
  if (!allowed.includes(origin)) return null;
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "86400",
    vary: "origin",
  };
}
