import { OPENING_INSTANT } from "../clock/shop-clock.js";
import { instantAt } from "../clock/wall-time.js";
import { consentFacts, type Customer } from "../shop/customers.js";
import type { Grocer } from "../shop/grocer.js";
import { shippingQuote } from "../shop/shipping.js";
import { RANGE } from "./catalogue.js";
import { Chance } from "./chance.js";
import { FEATURED, LONG_AWAY, type Featured } from "./featured.js";
import { DELIVERY_DAYS, layBackwards, nextTrip, type PastOrder, type Rhythm } from "./histories.js";
import { inventHousehold } from "./households.js";
import { addReviews } from "./past-reviews.js";

/** Those of the neighbourhood, and who has long been away. */
export const CUSTOMERS_STOCKED = 180 + LONG_AWAY.length;
const HOUSEHOLDS_STOCKED = 180;
const SEED = "bean and leaf";
const DAY_MS = 86_400_000;

interface Newcomer {
  customer: Customer;
  orders: PastOrder[];
  rhythms: Rhythm[];
}

/** Fills an empty shop: the range, the customers and a year of their orders. The same every time. */
export function stockShop(grocer: Grocer): { customers: number; orders: number } {
  const chance = new Chance(SEED);
  const newcomers = [
    ...featuredCustomers(chance, FEATURED, 0),
    ...otherCustomers(chance),
    ...featuredCustomers(new Chance("long away"), LONG_AWAY, HOUSEHOLDS_STOCKED),
  ];
  grocer.db.transaction(() => {
    stockShelves(grocer);
    for (const { customer, rhythms } of newcomers) {
      welcome(grocer, customer);
      if (rhythms.length > 0) settleIn(grocer, customer, rhythms);
    }
    // In the order of time, so that order numbers tell which came first.
    const orders = newcomers
      .flatMap(({ customer, orders: past }) => past.map((order) => ({ customer, order })))
      .sort((a, b) => a.order.placed_at - b.order.placed_at || (a.customer.id < b.customer.id ? -1 : 1));
    const book = orderBook(grocer);
    orders.forEach(({ customer, order }, index) => book.enter(10_001 + index, customer, order));
    addReviews(grocer, chance);
    grocer.settings.write("stocked", "yes");
  })();
  return { customers: newcomers.length, orders: grocer.orders.count() };
}

export function isStocked(grocer: Grocer): boolean {
  return grocer.settings.read("stocked") === "yes";
}

function stockShelves(grocer: Grocer): void {
  const chance = new Chance("shelves");
  RANGE.forEach((item, position) =>
    grocer.products.insert({
      id: item.id,
      name: item.name,
      name_ru: item.ru,
      category: item.category,
      subcategory: item.subcategory ?? null,
      manufacturer: item.maker,
      type: item.type,
      variant_group: item.group ?? null,
      variant: item.variant ?? null,
      units: item.units ?? 1,
      pack: item.pack,
      price: item.price,
      stock: item.stock ?? chance.whole(60, 400),
      discontinued: item.discontinued ?? false,
      successor: item.successor ?? null,
      added_at: OPENING_INSTANT - (item.age ?? chance.whole(200, 700)) * DAY_MS,
      blurb: item.blurb,
      attributes: item.attributes ?? {},
      tags: item.tags ?? [],
      position,
    }),
  );
  grocer.coupons.issue({
    code: "SPRING10",
    idempotency_key: "stock:SPRING10",
    offer: "spring",
    customer: null,
    percent: 10,
    fixed: null,
    free_shipping: false,
    gift: null,
    minimum: 3000,
    expires_at: OPENING_INSTANT + 60 * DAY_MS,
  });
}

function featuredCustomers(chance: Chance, people: readonly Featured[], after: number): Newcomer[] {
  return people.map((featured, index) => {
    const orders = layBackwards(chance, featured);
    const first = orders[0]?.placed_at ?? OPENING_INSTANT;
    return {
      customer: person(after + index, { ...featured, registered_at: first - 20 * 60_000, note: featured.note }),
      orders,
      rhythms: [],
    };
  });
}

function otherCustomers(chance: Chance): Newcomer[] {
  const taken = new Set(FEATURED.map((featured) => featured.name));
  return Array.from({ length: HOUSEHOLDS_STOCKED - FEATURED.length }, (_, index) => {
    const household = inventHousehold(chance, taken);
    const registered_at = instantAt(household.place.zone, household.registered, 7, 30);
    const customer = person(FEATURED.length + index, {
      name: household.name,
      email: household.email,
      phone: household.phone,
      birthday: household.birthday,
      locale: household.place.locale,
      zone: household.place.zone,
      city: household.place.city,
      consent: household.consent && household.email !== null,
      registered_at,
      note: null,
    });
    return { customer, orders: household.orders, rhythms: household.rhythms };
  });
}

interface Person {
  name: string;
  email: string | null;
  phone: string | null;
  locale: string;
  zone: string;
  city: string;
  birthday: string | null;
  consent: boolean;
  registered_at: number;
  logged_in_at?: number;
  note: string | null;
}

function person(index: number, from: Person): Customer {
  const { name, email, phone, locale, zone, city, birthday, consent, registered_at, note } = from;
  const consent_at = consent ? registered_at + 60_000 : null;
  return {
    id: `c${String(index + 1).padStart(3, "0")}`,
    name,
    email,
    phone,
    locale,
    zone,
    city,
    birthday,
    mail_consent: consent,
    mail_consent_at: consent_at,
    mail_consent_proof: consent
      ? "ticked “Send me letters about what I may be running out of, and news from the shop” when registering"
      : null,
    registered_at,
    logged_in_at: from.logged_in_at ?? null,
    note,
  };
}

/** Consent goes to Comeback as an event with its proof: an import of history never grants any. */
function welcome(grocer: Grocer, customer: Customer): void {
  grocer.customers.insert(customer);
  if (!customer.mail_consent || customer.mail_consent_at === null || customer.mail_consent_proof === null) return;
  const change = { granted: true, at: customer.mail_consent_at, proof: customer.mail_consent_proof };
  grocer.outbox.record({ type: "consent.changed", at: change.at, customer: customer.id, data: consentFacts(change) });
}

/** Those with a story wait for the visitor; the others go on living. */
function settleIn(grocer: Grocer, customer: Customer, rhythms: Rhythm[]): void {
  const at = instantAt(customer.zone, nextTrip(rhythms), 18);
  grocer.db
    .prepare("INSERT INTO neighbours (customer, rhythms, next_at) VALUES (?, ?, ?)")
    .run(customer.id, JSON.stringify(rhythms), at);
}

/** Writes past orders straight into the tables: they enter Comeback as history, not as news. */
function orderBook(grocer: Grocer) {
  const { db, products } = grocer;
  const insertOrder = db.prepare(
    `INSERT INTO orders (id, number, customer, revision, status, placed_at, completed_at, changed_at, next_step_at, paid, shipping)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertLine = db.prepare(
    "INSERT INTO order_lines (id, order_id, product, quantity, price, status, position) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const insertLog = db.prepare("INSERT INTO order_log (order_id, at, text) VALUES (?, ?, ?)");
  const shelf = new Map(products.all().map((product) => [product.id, product]));

  return {
    enter(number: number, customer: Customer, past: PastOrder): void {
      const id = `o${number}`;
      const life = lifeOf(past);
      const lines = past.lines.flatMap((line) => {
        const product = shelf.get(line.product);
        return product ? [{ product, quantity: line.quantity }] : [];
      });
      const shipping = shippingQuote(lines, customer.zone).price;
      insertOrder.run(
        id,
        `BL-${number}`,
        customer.id,
        life.revision,
        life.status,
        past.placed_at,
        life.completed_at,
        life.changed_at,
        life.next_step_at,
        life.status === "cancelled" ? 0 : 1,
        shipping,
      );
      lines.forEach(({ product, quantity }, index) => {
        const fate = index === lines.length - 1 && life.last_line ? life.last_line : null;
        insertLine.run(
          `${id}-${index + 1}`,
          id,
          product.id,
          quantity,
          priceThen(product.price, past.placed_at),
          fate,
          index + 1,
        );
      });
      for (const { at, text } of life.log) insertLog.run(id, at, text);
    },
  };
}

interface PastLife {
  status: "paid" | "shipped" | "completed" | "cancelled";
  revision: number;
  completed_at: number | null;
  changed_at: number;
  next_step_at: number | null;
  last_line: "cancelled" | "returned" | null;
  log: { at: number; text: string }[];
}

/** Where an order placed then has got to by opening day. */
function lifeOf(past: PastOrder): PastLife {
  const placed = past.placed_at;
  const log = [{ at: placed, text: "Placed and paid by card" }];
  const base = { completed_at: null, next_step_at: null, last_line: null, log };
  if (past.fate === "cancelled") {
    const at = placed + 3 * 3_600_000;
    log.push({ at, text: "Cancelled: the customer changed their mind" });
    return { ...base, status: "cancelled", revision: 3, changed_at: at };
  }
  const shipped = placed + DAY_MS;
  const completed = placed + DELIVERY_DAYS * DAY_MS;
  if (shipped > OPENING_INSTANT)
    return { ...base, status: "paid", revision: 2, changed_at: placed, next_step_at: shipped };
  log.push({ at: shipped, text: "Packed and handed to the carrier" });
  if (completed > OPENING_INSTANT)
    return { ...base, status: "shipped", revision: 3, changed_at: shipped, next_step_at: completed };
  log.push({ at: completed, text: "Delivered" });
  const life = { ...base, status: "completed" as const, completed_at: completed };
  if (past.fate === "line_cancelled") {
    log.splice(1, 0, { at: placed + 3_600_000, text: "One line cancelled before packing" });
    return { ...life, revision: 5, changed_at: completed, last_line: "cancelled" };
  }
  // A return comes in days later and changes what the order was.
  const returned = completed + 5 * DAY_MS;
  if (past.fate === "line_returned" && returned < OPENING_INSTANT) {
    log.push({ at: returned, text: "One line returned" });
    return { ...life, revision: 5, changed_at: returned, last_line: "returned" };
  }
  return { ...life, revision: 4, changed_at: completed };
}

/** Prices rose a little last November. */
function priceThen(price: number, at: number): number {
  return at < Date.parse("2025-11-01T00:00:00Z") ? Math.round((price * 0.96) / 5) * 5 : price;
}
