/**
 * HTML that escapes by default: what is interpolated is text, unless it is `Html` already.
 *
 *     html`<p>${name}</p>`   // a name with `<` in it stays text
 */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** Falsy values print nothing, so that `condition && html…` reads well; 0 prints. */
export type Printable = Html | string | number | boolean | null | undefined | readonly Printable[];

export function html(parts: TemplateStringsArray, ...values: Printable[]): Html {
  let text = parts[0] ?? "";
  values.forEach((value, index) => {
    text += print(value) + (parts[index + 1] ?? "");
  });
  return new Html(text);
}

/** Marks text as HTML. Only for what this program made itself. */
export function trusted(text: string): Html {
  return new Html(text);
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function print(value: Printable): string {
  if (value === null || value === undefined || typeof value === "boolean") return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return escape(value);
  return value.map(print).join("");
}
