import { addDays } from "../clock/wall-time.js";
import { RANGE } from "./catalogue.js";
import type { Chance } from "./chance.js";
import { HOUSEHOLDS, SIBLINGS, type Habit } from "./habits.js";
import { FIRST_DATE, OPENING_DATE, simulateYear, type PastOrder, type Rhythm } from "./histories.js";
import { addressFor, PLACES, type Place } from "./people.js";

export interface Household {
  name: string;
  email: string | null;
  phone: string | null;
  place: Place;
  consent: boolean;
  birthday: string | null;
  registered: string;
  orders: PastOrder[];
  /** Empty for those who stopped coming. */
  rhythms: Rhythm[];
}

const DOMAINS = ["example.com", "example.org", "example.net"];
const DAYS = new Map(RANGE.flatMap((item) => (item.days ? [[item.id, item.days] as const] : [])));

/** What is bought once, for a birthday or a summer. */
const GIFTS = [
  "kayak-one",
  "life-vest-adult",
  "life-vest-junior",
  "oar-touring",
  "dry-bag-20",
  "masala-chai-100",
  "sencha-100",
  "gf-brownie",
];

export function inventHousehold(chance: Chance, taken: Set<string>): Household {
  const place = weighted(chance, PLACES);
  const name = freshName(chance, place, taken);
  const registered = chance.happens(0.62) ? FIRST_DATE : addDays(FIRST_DATE, chance.whole(10, 300));
  // One in eight stopped coming at some point: nobody is regular for ever.
  const until = chance.happens(0.12) ? addDays(registered, chance.whole(60, 200)) : OPENING_DATE;
  const last = until < OPENING_DATE ? until : OPENING_DATE;
  const person = {
    name,
    email: chance.happens(0.985) ? addressFor(name, chance.pick(DOMAINS)) : null,
    phone: chance.happens(0.93) ? place.phone(chance) : null,
    place,
    consent: chance.happens(0.78),
    birthday: chance.happens(0.45) ? addDays("1955-01-01", chance.whole(0, 18_000)) : null,
    registered,
  };
  const { orders, rhythms } = simulateYear(chance, habits(chance), { zone: place.zone, from: registered, until: last });
  return { ...person, orders: withGifts(chance, orders), rhythms: until < OPENING_DATE ? [] : rhythms };
}

function habits(chance: Chance): Habit[] {
  const kind = weighted(chance, HOUSEHOLDS);
  const some = kind.some.filter(() => chance.happens(0.42));
  const appetite = chance.logNormal(1, 0.22);
  // A fifth of all households buy whenever they happen to think of it.
  const steadiness = chance.happens(0.2) ? 0.5 : 0.08 + chance.next() * 0.16;
  return [...kind.always, ...some].map((product) => ({
    product,
    ...(SIBLINGS[product] ? { sibling: SIBLINGS[product] } : {}),
    days: (DAYS.get(product) ?? 30) / appetite,
    sigma: steadiness,
    quantity: packs(chance, DAYS.get(product) ?? 30),
  }));
}

/** What lasts less than a week or two is bought by the armful. */
function packs(chance: Chance, days: number): number {
  if (days < 10) return Math.max(1, Math.round(chance.whole(11, 17) / days));
  return chance.happens(0.2) ? 2 : 1;
}

function withGifts(chance: Chance, orders: PastOrder[]): PastOrder[] {
  for (const order of orders) {
    if (!chance.happens(0.03)) continue;
    const product = chance.pick(GIFTS);
    if (!order.lines.some((line) => line.product === product)) order.lines.push({ product, quantity: 1 });
  }
  return orders;
}

function freshName(chance: Chance, place: Place, taken: Set<string>): string {
  for (;;) {
    const name = `${chance.pick(place.firsts)} ${chance.pick(place.lasts)}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

function weighted<T extends { share: number }>(chance: Chance, from: readonly T[]): T {
  let roll = chance.next() * from.reduce((sum, item) => sum + item.share, 0);
  for (const item of from) {
    roll -= item.share;
    if (roll < 0) return item;
  }
  return chance.pick(from);
}
