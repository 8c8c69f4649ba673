import { OPENING_INSTANT, SHOP_ZONE } from "../clock/shop-clock.js";
import { addDays, dateIn, daysBetween, instantAt } from "../clock/wall-time.js";
import type { Chance } from "./chance.js";
import type { Featured } from "./featured.js";
import type { Habit } from "./habits.js";

/** The year before opening day. */
export const OPENING_DATE = dateIn(SHOP_ZONE, OPENING_INSTANT);
export const FIRST_DATE = addDays(OPENING_DATE, -364);

/** Orders are paid at once, sent on the next day and there on the one after. */
export const DELIVERY_DAYS = 2;

/** What falls due within so many days is bought along with what ran out. */
const ALONG_DAYS = 4;

export interface PastOrder {
  placed_at: number;
  lines: { product: string; quantity: number }[];
  fate: "completed" | "cancelled" | "line_returned" | "line_cancelled";
}

/** A habit, and the day on which it will be felt again. */
export interface Rhythm extends Habit {
  next: string;
}

/** A household's year, forwards: an order when something runs out, with what would run out soon. */
export function simulateYear(
  chance: Chance,
  habits: readonly Habit[],
  life: { zone: string; from: string; until: string },
): { orders: PastOrder[]; rhythms: Rhythm[] } {
  const pause = holiday(chance);
  const rhythms: Rhythm[] = habits.map((habit) => ({
    ...habit,
    next: addDays(life.from, chance.whole(0, Math.max(1, Math.round(habit.days * habit.quantity)))),
  }));
  const orders: PastOrder[] = [];
  for (;;) {
    const date = afterHoliday(nextTrip(rhythms), pause);
    if (date >= life.until) return { orders, rhythms };
    orders.push(order(chance, life.zone, date, goShopping(chance, rhythms, date)));
  }
}

/** The day on which the first thing runs out. */
export function nextTrip(rhythms: readonly Rhythm[]): string {
  return rhythms.reduce((earliest, { next }) => (next < earliest ? next : earliest), "9999-12-31");
}

/** What is put into the basket on that day; each of its rhythms begins anew. */
export function goShopping(chance: Chance, rhythms: Rhythm[], date: string): { product: string; quantity: number }[] {
  const bought = rhythms.filter((rhythm) => daysBetween(date, rhythm.next) <= ALONG_DAYS);
  for (const rhythm of bought) beginAnew(chance, rhythm, date);
  return bought.map((rhythm) => purchase(chance, rhythm));
}

/** What was left over when it was bought again lasts a little longer. */
export function beginAnew(chance: Chance, rhythm: Rhythm, date: string): void {
  const left = Math.max(0, daysBetween(date, rhythm.next));
  const gap = chance.logNormal(rhythm.days * rhythm.quantity, rhythm.sigma);
  rhythm.next = addDays(date, Math.max(2, Math.round(gap + left / 2)));
}

function afterHoliday(date: string, pause: { from: string; until: string } | null): string {
  return pause && date >= pause.from && date < pause.until ? pause.until : date;
}

/** A featured customer's year, backwards from the day on which each thing runs out. */
export function layBackwards(chance: Chance, featured: Featured): PastOrder[] {
  const byDate = new Map<string, { product: string; quantity: number }[]>();
  for (const habit of featured.habits) {
    let date = addDays(habit.runs_out, -habit.days - DELIVERY_DAYS);
    for (let time = 0; time < habit.times && date >= FIRST_DATE; time++) {
      const sameTrip = [date, addDays(date, -1), addDays(date, 1)].find((near) => byDate.has(near));
      // The last purchase stays on its day and is the usual one: it is what the first Monday is about.
      const on = time > 0 && sameTrip ? sameTrip : date;
      const bought = purchase(chance, habit);
      byDate.set(on, [...(byDate.get(on) ?? []), time === 0 ? { ...bought, quantity: habit.quantity } : bought]);
      date = addDays(date, -Math.max(2, Math.round(chance.logNormal(habit.days, habit.sigma))));
    }
  }
  return [...byDate.keys()].sort().map((date) => ({
    ...order(chance, featured.zone, date, byDate.get(date) ?? []),
    fate: "completed" as const,
  }));
}

function purchase(chance: Chance, habit: Habit): { product: string; quantity: number } {
  const product = habit.sibling && chance.happens(0.28) ? habit.sibling : habit.product;
  const extra = chance.happens(0.06) ? 1 : 0;
  return { product, quantity: habit.quantity + extra };
}

function order(chance: Chance, zone: string, date: string, lines: { product: string; quantity: number }[]): PastOrder {
  const merged = new Map<string, number>();
  for (const { product, quantity } of lines) merged.set(product, (merged.get(product) ?? 0) + quantity);
  return {
    placed_at: instantAt(zone, date, chance.whole(8, 20), chance.whole(0, 59)),
    lines: [...merged].map(([product, quantity]) => ({ product, quantity })),
    fate: fate(chance, merged.size),
  };
}

function fate(chance: Chance, lines: number): PastOrder["fate"] {
  const roll = chance.next();
  if (roll < 0.014) return "cancelled";
  if (roll < 0.03 && lines > 1) return "line_returned";
  if (roll < 0.042 && lines > 1) return "line_cancelled";
  return "completed";
}

/** Two weeks away, some time in summer, for most. */
function holiday(chance: Chance): { from: string; until: string } | null {
  if (!chance.happens(0.65)) return null;
  const from = addDays("2025-06-20", chance.whole(0, 60));
  return { from, until: addDays(from, chance.whole(8, 17)) };
}
