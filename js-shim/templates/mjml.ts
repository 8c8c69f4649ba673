import { RenderError } from "./render-error.js";

/**
 * MJML to HTML, with Liquid left in place. It happens when a template is loaded or saved; sending only renders Liquid.
 */
export interface MjmlCompiler {
  /** `parts` are the files that `<mj-include path="…" />` may name. */
  compile(place: { template: string; file: string }, source: string, parts: Record<string, string>): Promise<string>;
}

/** Compiled HTML by the hash of everything it was made from. */
export interface CompiledCache {
  get(hash: string): Promise<string | undefined> | string | undefined;
  set(hash: string, html: string): Promise<void> | void;
}

/** Change it when the same source should compile to something else. */
const COMPILER_VERSION = "1";
const INCLUDE = /<mj-include\s+path="([^"]+)"\s*\/>/g;
/** How deep parts may include parts. */
export const PARTS_DEPTH_MAX = 4;

export function createMjmlCompiler(cache: CompiledCache = memoryCache()): MjmlCompiler {
  return {
    async compile(place, source, parts) {
      const whole = expandIncludes(place, source, parts, 0);
      const hash = await hashOf(`${COMPILER_VERSION}\n${whole}`);
      const cached = await cache.get(hash);
      if (cached !== undefined) return cached;
      const html = await toHtml(place, whole);
      await cache.set(hash, html);
      return html;
    },
  };
}

/** A line of the author's file, for a place in what the includes made of it, is not kept: parts are short. */
function expandIncludes(place: Place, source: string, parts: Record<string, string>, depth: number): string {
  if (depth > PARTS_DEPTH_MAX) throw new RenderError(place, "parts include each other in a circle");
  return source.replace(INCLUDE, (_whole, path: string, offset: number) => {
    const part = Object.hasOwn(parts, path) ? parts[path] : undefined;
    if (part === undefined) {
      throw new RenderError({ ...place, line: lineAt(source, offset) }, `there is no part \`${path}\``, {
        remedy: `parts are ${Object.keys(parts).join(", ") || "none"}`,
      });
    }
    return expandIncludes({ ...place, file: path }, part, parts, depth + 1);
  });
}

type Place = { template: string; file: string; line?: number | null };

async function toHtml(place: Place, source: string): Promise<string> {
  // Loaded on the first miss: the compiler is large, and a warm cache never needs it.
  const { default: mjml2html } = (await import("mjml")) as unknown as { default: Mjml2Html };
  const result = await mjml2html(source, { validationLevel: "soft", keepComments: false, ignoreIncludes: true }).catch(
    (cause: Error) => {
      throw new RenderError(place, `MJML cannot be read: ${cause.message.split("\n")[0]}`, {
        cause,
        remedy: "check that every tag is closed",
      });
    },
  );
  // An attribute that Liquid fills in can't be checked here, for example a colour.
  const error = result.errors.find(({ message }) => !message.includes("{{"));
  if (error !== undefined)
    throw new RenderError({ ...place, line: error.line }, error.message, {
      remedy: "see https://documentation.mjml.io",
    });
  return result.html.replace(/\n\s*\n+/g, "\n");
}

type Mjml2Html = (
  source: string,
  options: { validationLevel: "soft"; keepComments: boolean; ignoreIncludes: boolean },
) => Promise<{ html: string; errors: { line: number; message: string }[] }>;

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

export function memoryCache(): CompiledCache {
  const entries = new Map<string, string>();
  return { get: (hash) => entries.get(hash), set: (hash, html) => void entries.set(hash, html) };
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
