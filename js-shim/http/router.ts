import type { HandlerDeps } from "./deps.js";
import type { RateLimit } from "./rate-limit.js";
import type { ReplayCache } from "./signature.js";

/** One request on its way through. */
export interface Exchange {
  request: Request;
  url: URL;
  /** `:name` segments of the route's path. */
  params: Record<string, string>;
  deps: HandlerDeps;
  /** Read once for each request. */
  now: number;
  /** Path under which the handler is mounted, without a trailing slash. */
  base_path: string;
  limits: { public: RateLimit; renewal: RateLimit };
  replays: ReplayCache;
}

export interface Route {
  method: "GET" | "POST";
  /** Segments; `:name` takes one. */
  path: string;
  /** How errors are told: as a page to people, as JSON to programs. */
  answers: "page" | "json";
  /** Who may knock: counted by address unless the route has a secret of its own. */
  limited: boolean;
  handle(exchange: Exchange): Promise<Response>;
}

export interface Found {
  route: Route;
  params: Record<string, string>;
}

/** `HEAD` is `GET` whose body is left out. An array of methods means that the path exists for those only. */
export function findRoute(routes: Route[], method: string, path: string): Found | string[] {
  const wanted = method === "HEAD" ? "GET" : method;
  const methods: string[] = [];
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params === null) continue;
    if (route.method === wanted) return { route, params };
    methods.push(route.method);
  }
  return methods;
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const found = path.split("/");
  if (wanted.length !== found.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const text = found[i]!;
    if (part.startsWith(":")) {
      const value = decode(text);
      if (!value) return null;
      params[part.slice(1)] = value;
    } else if (part !== text) {
      return null;
    }
  }
  return params;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
