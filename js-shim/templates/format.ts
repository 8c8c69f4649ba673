/**
 * Numbers, money, dates and plurals as people of a locale write them. Used by mail templates and by pages, so that a
 * letter and the page it leads to say the same.
 */

const DAY = 86_400_000;

/** Minor units of a currency; whole amounts lose their zeros only where the currency has none. */
export function formatMoney(minor: number, currency: string, locale: string): string {
  const { format, minor_units } = moneyFormat(currency, locale);
  return format.format(minor / minor_units);
}

function moneyFormat(currency: string, locale: string): { format: Intl.NumberFormat; minor_units: number } {
  return kept(`money ${locale} ${currency}`, () => {
    const known = /^[A-Za-z]{3}$/.test(currency);
    const style = known
      ? ({ style: "currency", currency, currencyDisplay: "narrowSymbol" } as const)
      : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    const format = new Intl.NumberFormat(tag(locale), style);
    return { format, minor_units: 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2) };
  });
}

const formats = new Map<string, unknown>();
const FORMATS_MAX = 1_000;

/** Making a format takes fifty times as long as using it. Beyond the limit they are made each time. */
function kept<T>(key: string, make: () => T): T {
  const found = formats.get(key) as T | undefined;
  if (found !== undefined) return found;
  const made = make();
  if (formats.size < FORMATS_MAX) formats.set(key, made);
  return made;
}

function dateFormat(
  locale: string,
  zone: string,
  style: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  return kept(
    `date ${locale} ${zone} ${style}`,
    () => new Intl.DateTimeFormat(tag(locale), { ...options, timeZone: zone }),
  );
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
  return Number.isNaN(at) ? date : dateFormat(locale, "UTC", style, DAY_STYLES[style]).format(at);
}

/** The calendar date of an instant, `YYYY-MM-DD`. */
export function dateIn(instant: number, zone: string): string {
  return dateFormat("en-CA", zone, "iso", { year: "numeric", month: "2-digit", day: "2-digit" }).format(instant);
}

/** The day on which an instant falls: `2 March`. */
export function formatDayOf(instant: number, locale: string, zone: string): string {
  return dateFormat(locale, zone, "short", DAY_STYLES.short).format(instant);
}

/** An instant as a wall clock shows it. */
export function formatTime(instant: number, locale: string, zone: string): string {
  return dateFormat(locale, zone, "time", { hour: "2-digit", minute: "2-digit" }).format(instant);
}

/** An instant with its day: `Monday, 2 March at 09:00`. */
export function formatDayTime(instant: number, locale: string, zone: string): string {
  return dateFormat(locale, zone, "day and time", { ...DAY_STYLES.long, hour: "2-digit", minute: "2-digit" }).format(
    instant,
  );
}

/** Forms by CLDR category: `{one: "pack", other: "packs"}`; `other` is the fallback. */
export type PluralForms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

export function choosePlural(count: number, forms: PluralForms, locale: string): string {
  return forms[kept(`plural ${locale}`, () => new Intl.PluralRules(tag(locale))).select(count)] ?? forms.other;
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
