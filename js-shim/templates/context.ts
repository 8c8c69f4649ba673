/**
 * What a template may read: plain data without prototypes, whose addresses of pictures and pages are `http` or `https`
 * and nothing else. A `javascript:` address in a shop's catalogue becomes `null` here, before any template sees it.
 */
export function prepareContext(context: Record<string, unknown>): Record<string, unknown> {
  return copy(context, 0) as Record<string, unknown>;
}

const DEPTH_MAX = 24;
const ADDRESS_FIELDS = new Set(["url", "image", "logo"]);
const UNSAFE_KEYS = new Set(["__proto__", "constructor", "prototype"]);

function copy(value: unknown, depth: number): unknown {
  if (depth > DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1));
  if (typeof value === "object" && value !== null) {
    const plain: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(value)) {
      if (UNSAFE_KEYS.has(key)) continue;
      plain[key] = ADDRESS_FIELDS.has(key) ? safeAddress(field) : copy(field, depth + 1);
    }
    return plain;
  }
  return typeof value === "function" || typeof value === "symbol" ? null : value;
}

export function safeAddress(value: unknown): string | null {
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  const { protocol, href } = new URL(value);
  return protocol === "https:" || protocol === "http:" ? href : null;
}
