import { Liquid, type Template as Parsed } from "liquidjs";
import { chanceText, reasonText } from "./reasons.js";
import {
  choosePlural,
  dateIn,
  type DayStyle,
  formatDay,
  formatDayOf,
  formatDayTime,
  formatMoney,
  formatTime,
  type PluralForms,
} from "./format.js";
import type { Words } from "./words.js";

/**
 * The template language: Liquid without files, prototypes or surprises. Every value is escaped for where it stands, a
 * variable that does not exist is an error, and the limits below end whatever a template tries.
 */

/** Characters of one template, after its parts are put in. */
export const TEMPLATE_LENGTH_MAX = 400_000;
/** A letter renders in about a millisecond; a template that takes this long is in a loop. */
export const RENDER_MS_MAX = 500;
/** What LiquidJS counts as memory: characters and items made while rendering. */
export const RENDER_MEMORY_MAX = 20_000_000;

export interface LiquidPair {
  /** For HTML: values are escaped. */
  html: Liquid;
  /** For plain text and subjects: values lose control characters, nothing else. */
  text: Liquid;
}

export type { Parsed };

/** What filters need to know of a rendering; passed as globals under these names. */
export interface RenderGlobals {
  locale: string;
  zone: string;
}

export function createLiquid(words: Words): LiquidPair {
  return {
    html: addFilters(new Liquid({ ...OPTIONS, outputEscape: "escape" }), words),
    text: addFilters(new Liquid({ ...OPTIONS, outputEscape: plainText }), words),
  };
}

const OPTIONS = {
  strictVariables: true,
  strictFilters: true,
  lenientIf: true,
  ownPropertyOnly: true,
  dynamicPartials: false,
  // No partials at all: parts are put in before compiling, from the template's own folders.
  templates: {},
  parseLimit: TEMPLATE_LENGTH_MAX,
  renderLimit: RENDER_MS_MAX,
  memoryLimit: RENDER_MEMORY_MAX,
} as const;

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f\u2028\u2029]/g;

function plainText(value: unknown): string {
  return value === null || value === undefined ? "" : String(value).replace(CONTROL, " ");
}

interface FilterThis {
  context: { globals: object };
}

function addFilters(liquid: Liquid, words: Words): Liquid {
  const globals = (self: unknown) => (self as FilterThis).context.globals as RenderGlobals;
  const add = (name: string, filter: (globals: RenderGlobals, value: never, ...args: never[]) => unknown) =>
    liquid.registerFilter(name, function (this: unknown, value: unknown, ...args: unknown[]) {
      return value === null || value === undefined ? "" : filter(globals(this), value as never, ...(args as never[]));
    });
  add("money", ({ locale }, minor: number, currency: string) => formatMoney(Number(minor), String(currency), locale));
  add("day", ({ locale }, date: string, style?: DayStyle) => formatDay(String(date), locale, style));
  add("day_of", ({ locale, zone }, at: number) => formatDayOf(Number(at), locale, zone));
  add("time", ({ locale, zone }, at: number) => formatTime(Number(at), locale, zone));
  add("day_time", ({ locale, zone }, at: number) => formatDayTime(Number(at), locale, zone));
  add("number", ({ locale }, value: number) => new Intl.NumberFormat(locale).format(Number(value)));
  add("plural", ({ locale }, count: number, ...forms: [string, string][]) =>
    choosePlural(Number(count), Object.fromEntries(forms) as PluralForms, locale),
  );
  add("run_out", ({ locale, zone }, date: string, now: number) => {
    const key = String(date) < dateIn(Number(now), zone) ? "ran_out" : "runs_out";
    return words.say(key, locale, { day: formatDay(String(date), locale) });
  });
  add("reason", ({ locale }, reason: never) => reasonText(reason, locale));
  add("chance", ({ locale }, chance: number) => chanceText(Number(chance), locale));
  add("t", ({ locale }, key: string, ...values: [string, unknown][]) =>
    words.say(String(key), locale, Object.fromEntries(values)),
  );
  return liquid;
}
