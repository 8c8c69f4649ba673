/**
 * The provider's request as the shop writes it: JSON whose texts may hold `{{to}}`, `{{text}}` and the other values.
 *
 * ```ts
 * { from: "BeanLeaf", to: "{{to}}", body: "{{text}}", client_ref: "{{key}}" }
 * ```
 *
 * Values are put into the finished structure and encoded with it, so nothing in a text can change the request's shape.
 */
export type RequestTemplate =
  string | number | boolean | null | RequestTemplate[] | { [field: string]: RequestTemplate };

export interface RequestValues {
  /** The contact. */
  to: string;
  text: string;
  subject: string;
  /** HTML, for providers of mail; empty for others. */
  html: string;
  /** The effect id: the provider's idempotency key or client reference. */
  key: string;
  /** Comes back with the provider's report and tells us, signed, which message it is about. */
  reference: string;
  /** Where the provider reports to, with the reference in it. */
  callback_url: string;
  locale: string;
}

const NAMES = ["to", "text", "subject", "html", "key", "reference", "callback_url", "locale"] as const;

/** At start rather than at the first message: every `{{…}}` must be a value there is. */
export function checkTemplate(template: RequestTemplate): void {
  walk(template, (text) => {
    for (const [, name] of text.matchAll(/\{\{\s*(\w*)\s*\}\}/g)) {
      if (!(NAMES as readonly string[]).includes(name!)) {
        throw new TypeError(`the request has no value \`${name}\`; there are ${NAMES.join(", ")}`);
      }
    }
    return text;
  });
}

export function fillTemplate(template: RequestTemplate, values: RequestValues): RequestTemplate {
  return walk(template, (text) =>
    text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_whole, name: keyof RequestValues) => values[name]),
  );
}

function walk(template: RequestTemplate, onText: (text: string) => string): RequestTemplate {
  if (typeof template === "string") return onText(template);
  if (Array.isArray(template)) return template.map((item) => walk(item, onText));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([field, value]) => [field, walk(value, onText)]));
}
