import { SHOP_ZONE } from "../clock/shop-clock.js";

/** `£12.50`. */
export function money(pence: number): string {
  const sign = pence < 0 ? "−" : "";
  return `${sign}£${(Math.abs(pence) / 100).toFixed(2)}`;
}

/** `Fri 6 Mar 2026, 10:00`. */
export function moment(instant: number, zone: string = SHOP_ZONE): string {
  const date = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
  });
  return `${date.format(instant).replace(",", "")}, ${clockTime(instant, zone)}`;
}

export function clockTime(instant: number, zone: string = SHOP_ZONE): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(instant);
}

/** `6 Mar 2026` from `2026-03-06`; a dash from nothing. */
export function day(date: string | null): string {
  if (!date) return "–";
  return new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" }).format(
    Date.parse(`${date}T00:00:00Z`),
  );
}

/** `Mon 9 Mar`. */
export function shortDay(date: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" })
    .format(Date.parse(`${date}T00:00:00Z`))
    .replace(",", "");
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
