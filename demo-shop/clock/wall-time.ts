/**
 * Wall time in a zone, for reading and for the buttons of the time bar.
 *
 * Not for deciding anything about customers: that is Comeback's. `Intl` knows the zones.
 */

const DAY_MS = 86_400_000;

export interface WallTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  /** 0 is Sunday. */
  weekday: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formatters.set(zone, found);
  }
  return found;
}

export function wallTime(instant: number, zone: string): WallTime {
  const part: Record<string, number> = {};
  for (const { type, value } of formatter(zone).formatToParts(instant)) part[type] = Number(value);
  const [year, month, day] = [part.year ?? 0, part.month ?? 1, part.day ?? 1];
  return {
    year,
    month,
    day,
    hour: part.hour ?? 0,
    minute: part.minute ?? 0,
    weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
  };
}

/** The instant at which clocks in `zone` show this. In the hour that spring skips: the one after. */
export function instantAt(zone: string, date: string, hour: number, minute = 0): number {
  const asUtc = Date.parse(`${date}T00:00:00Z`) + (hour * 60 + minute) * 60_000;
  let guess = asUtc;
  // Two rounds: the first offset may be the one from the other side of a clock change.
  for (let round = 0; round < 2; round++) guess = asUtc - offsetMs(guess, zone);
  return guess;
}

function offsetMs(instant: number, zone: string): number {
  const w = wallTime(instant, zone);
  const shown = Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute);
  return shown - Math.floor(instant / 60_000) * 60_000;
}

/** `YYYY-MM-DD` in the zone. */
export function dateIn(zone: string, instant: number): string {
  const { year, month, day } = wallTime(instant, zone);
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** The first Monday 09:00 in the zone that is after `instant`. */
export function nextMondayAtNine(instant: number, zone: string): number {
  const { weekday } = wallTime(instant, zone);
  const today = dateIn(zone, instant);
  const thisWeek = instantAt(zone, addDays(today, (8 - weekday) % 7), 9);
  return thisWeek > instant ? thisWeek : instantAt(zone, addDays(today, ((8 - weekday) % 7) + 7), 9);
}
