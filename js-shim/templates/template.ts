import { parse } from "yaml";
import { RenderError } from "./render-error.js";

/**
 * A message as its author wrote it: a folder with `template.yaml`, and for each locale a body in MJML with Liquid
 * (`en.mjml`) and the same in plain text (`en.txt`).
 *
 * ```yaml
 * id: predicted-cart
 * channel: email
 * class: marketing
 * subjects:            # the second one is used for a resend
 *   en: ["Your order for this week is ready", "Shall we pack this for you?"]
 * preheader:
 *   en: "Put together from what you usually buy."
 * ```
 */
export interface Template {
  id: string;
  channel: string;
  class: "marketing" | "transactional";
  /** By locale; a resend with variant `n` takes the `n`-th, or the last there is. */
  subjects: Record<string, string[]>;
  /** The grey line that mailboxes show after the subject. */
  preheader: Record<string, string>;
  /** MJML with Liquid, by locale. Absent for text-only channels. */
  bodies: Record<string, string>;
  /** Plain text with Liquid, by locale. */
  texts: Record<string, string>;
}

/** The files of one template by their name inside its folder. */
export type TemplateFiles = Record<string, string>;

const HEADER = "template.yaml";
const HEADER_FIELDS = new Set(["id", "channel", "class", "subjects", "preheader"]);
const BODY_NAME = /^([a-z]{2,3}(?:-[A-Z]{2})?)\.(mjml|txt)$/;

export function parseTemplate(id: string, files: TemplateFiles): Template {
  const header = parseHeader(id, files[HEADER]);
  const template: Template = {
    id,
    channel: header.channel ?? "email",
    class: header.class ?? "marketing",
    subjects: mapValues(header.subjects ?? {}, (value) => (Array.isArray(value) ? value : [value]).map(String)),
    preheader: mapValues(header.preheader ?? {}, String),
    bodies: {},
    texts: {},
  };
  for (const [name, text] of Object.entries(files)) {
    const match = BODY_NAME.exec(name);
    if (match) (match[2] === "mjml" ? template.bodies : template.texts)[match[1]!] = text;
  }
  return template;
}

/** The locale to use: as asked, its language alone, English, or whatever there is. */
export function chooseLocale(template: Template, wanted: string): string {
  const there = localesOf(template);
  const language = wanted.split(/[-_]/)[0]!.toLowerCase();
  const found = [wanted, language, "en"].find((locale) => there.includes(locale));
  if (found ?? there[0]) return (found ?? there[0])!;
  throw new RenderError({ template: template.id, file: `${language}.txt` }, "the template has no body in any locale", {
    remedy: `add \`${language}.mjml\` and \`${language}.txt\` to its folder`,
  });
}

export function localesOf(template: Template): string[] {
  return [...new Set([...Object.keys(template.texts), ...Object.keys(template.bodies)])].sort();
}

interface Header {
  channel?: string;
  class?: "marketing" | "transactional";
  subjects?: Record<string, string | string[]>;
  preheader?: Record<string, string>;
}

function parseHeader(id: string, text: string | undefined): Header {
  const place = { template: id, file: HEADER };
  if (text === undefined)
    throw new RenderError(place, "the file is missing", { remedy: "write at least `channel` and `subjects` in it" });
  const header = readYaml(place, text);
  for (const field of Object.keys(header)) {
    if (!HEADER_FIELDS.has(field)) {
      throw new RenderError(place, `unknown field \`${field}\``, {
        remedy: `known are ${[...HEADER_FIELDS].join(", ")}`,
      });
    }
  }
  if (header["class"] !== undefined && header["class"] !== "marketing" && header["class"] !== "transactional") {
    throw new RenderError(place, `class must be marketing or transactional, found \`${String(header["class"])}\``);
  }
  return header as Header;
}

function readYaml(place: { template: string; file: string }, text: string): Record<string, unknown> {
  try {
    const value: unknown = parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    const line = (cause as { linePos?: { line: number }[] }).linePos?.[0]?.line ?? null;
    throw new RenderError({ ...place, line }, (cause as Error).message.split("\n")[0]!, { cause });
  }
  throw new RenderError(place, "expected fields such as `channel:` and `subjects:`");
}

function mapValues<A, B>(record: Record<string, A>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
