import { HttpError } from "./http-error.js";

/** The longest body of any request. */
export const BODY_BYTES_MAX = 256 * 1024;
/** How deep JSON may nest. */
export const JSON_DEPTH_MAX = 32;

/** The whole body, or 413 as soon as it is longer than `max` bytes, whatever its headers claimed. */
export async function readBody(request: Request, max = BODY_BYTES_MAX): Promise<Uint8Array<ArrayBuffer>> {
  const tooLong = () => new HttpError(413, `the body must be at most ${Math.floor(max / 1024)} KB`);
  if (Number(request.headers.get("content-length") ?? 0) > max) throw tooLong();
  if (request.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > max) throw tooLong();
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Form fields; the first value of each name. One-click unsubscribing may also arrive as `multipart/form-data`. */
export async function readForm(request: Request, max = 16 * 1024): Promise<Map<string, string>> {
  const type = request.headers.get("content-type") ?? "application/x-www-form-urlencoded";
  const bytes = await readBody(request, max);
  const fields = new Map<string, string>();
  try {
    const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
    for (const [name, value] of form) if (typeof value === "string" && !fields.has(name)) fields.set(name, value);
  } catch {
    throw new HttpError(400, "the form could not be read");
  }
  return fields;
}

/** JSON that is neither too deep nor carries keys with a meaning to JavaScript. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  if (depthOf(text) > JSON_DEPTH_MAX) throw new HttpError(400, `JSON may nest ${JSON_DEPTH_MAX} deep, found deeper`);
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (key === "__proto__") throw new HttpError(400, "`__proto__` is not a field name");
      return value;
    });
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    throw new HttpError(400, `the body is not JSON: ${(cause as Error).message.slice(0, 120)}`);
  }
}

/** Counted before parsing, outside of strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 92) i++;
      else if (code === 34) quoted = false;
    } else if (code === 34) {
      quoted = true;
    } else if (code === 91 || code === 123) {
      deepest = Math.max(deepest, ++depth);
    } else if (code === 93 || code === 125) {
      depth--;
    }
  }
  return deepest;
}
