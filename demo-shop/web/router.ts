import type { Visit } from "./visit.js";

export type Handler = (visit: Visit) => Response | Promise<Response>;

interface Route {
  method: "GET" | "POST";
  pattern: string[];
  handler: Handler;
}

/** Paths to handlers. `:name` matches one segment and arrives in `visit.params`. */
export class Router {
  readonly #routes: Route[] = [];

  get(path: string, handler: Handler): this {
    this.#routes.push({ method: "GET", pattern: segments(path), handler });
    return this;
  }

  post(path: string, handler: Handler): this {
    this.#routes.push({ method: "POST", pattern: segments(path), handler });
    return this;
  }

  find(method: string, path: string): { handler: Handler; params: Record<string, string> } | null {
    const asked = method === "HEAD" ? "GET" : method;
    const given = segments(path);
    for (const route of this.#routes) {
      if (route.method !== asked) continue;
      const params = match(route.pattern, given);
      if (params) return { handler: route.handler, params };
    }
    return null;
  }
}

function segments(path: string): string[] {
  return path.split("/").filter(Boolean);
}

function match(pattern: string[], given: string[]): Record<string, string> | null {
  if (pattern.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) {
      const text = decode(value);
      if (text === null) return null;
      params[part.slice(1)] = text;
    } else if (part !== value) return null;
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
