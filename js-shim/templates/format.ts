/**
 * Numbers, money, dates and plurals as people of a locale write them. Used by mail templates and by pages, so that a
 * letter and the page it leads to say the same.
 */

const DAY = 86_400_000;

/** Minor units of a currency; whole amounts lose their zeros only where the currency has none. */
export function formatMoney(minor: number, currency: string, locale: string): string {
  const format = moneyFormat(currency, locale);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}

const moneyFormats = new Map<string, Intl.NumberFormat>();

function moneyFormat(currency: string, locale: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  let format = moneyFormats.get(key);
  if (format === undefined) {
    const known = /^[A-Za-z]{3}$/.test(currency);
    format = new Intl.NumberFormat(
      tag(locale),
      known
        ? { style: "currency", currency, currencyDisplay: "narrowSymbol" }
        : { minimumFractionDigits: 2, maximumFractionDigits: 2 },
    );
    if (moneyFormats.size < 500) moneyFormats.set(key, format);
  }
  return format;
}

export type DayStyle = "short" | "long" | "weekday";

const DAY_STYLES: Record<DayStyle, Intl.DateTimeFormatOptions> = {
  short: { day: "numeric", month: "long" },
  long: { weekday: "long", day: "numeric", month: "long" },
  weekday: { weekday: "long" },
};

/** A calendar date `YYYY-MM-DD`, which has no zone; the text as it came when it is no date. */
export function formatDay(date: string, locale: string, style: DayStyle = "short"): string {
  const at = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(at)
    ? date
    : new Intl.DateTimeFormat(tag(locale), { ...DAY_STYLES[style], timeZone: "UTC" }).format(at);
}

/** The calendar date of an instant, `YYYY-MM-DD`. */
export function dateIn(instant: number, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    instant,
  );
}

/** The day on which an instant falls: `2 March`. */
export function formatDayOf(instant: number, locale: string, zone: string): string {
  return new Intl.DateTimeFormat(tag(locale), { ...DAY_STYLES.short, timeZone: zone }).format(instant);
}

/** An instant as a wall clock shows it. */
export function formatTime(instant: number, locale: string, zone: string): string {
  return new Intl.DateTimeFormat(tag(locale), { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(instant);
}

/** An instant with its day: `Monday, 2 March at 09:00`. */
export function formatDayTime(instant: number, locale: string, zone: string): string {
  return new Intl.DateTimeFormat(tag(locale), {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  }).format(instant);
}

/** Forms by CLDR category: `{one: "pack", other: "packs"}`; `other` is the fallback. */
export type PluralForms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

export function choosePlural(count: number, forms: PluralForms, locale: string): string {
  return forms[new Intl.PluralRules(tag(locale)).select(count)] ?? forms.other;
}

/** Whole days between two calendar dates. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY);
}

/** British dates for bare `en`: day before month, 24 hours, as most shops of the world write them. */
function tag(locale: string): string {
  const clean = locale.replace("_", "-");
  if (clean === "en") return "en-GB";
  try {
    return Intl.getCanonicalLocales(clean)[0] ?? "en-GB";
  } catch {
    return "en-GB";
  }
}
