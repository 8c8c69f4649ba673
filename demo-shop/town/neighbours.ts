import { addDays, dateIn, instantAt } from "../clock/wall-time.js";
import type { CartLine } from "../shop/carts.js";
import type { Customer } from "../shop/customers.js";
import type { Grocer } from "../shop/grocer.js";
import type { Order } from "../shop/orders.js";
import { shippingQuote } from "../shop/shipping.js";
import { Chance } from "../stock/chance.js";
import { beginAnew, goShopping, nextTrip, type Rhythm } from "../stock/histories.js";
import { atTheTill, comesBackAt, leaveBasket, paysAt } from "./at-the-till.js";
import { intend } from "./intentions.js";

interface Row {
  customer: string;
  rhythms: string;
  next_at: number;
  trips: number;
}

/** At most so many in one go: the rest come a moment later. */
const BATCH = 50;

/**
 * The customers without a story: they go on buying what they always bought, so that the shop is
 * not a museum. What they do depends on nothing but their own number and how often they came.
 */
export class Neighbours {
  readonly #grocer: Grocer;

  constructor(grocer: Grocer) {
    this.#grocer = grocer;
  }

  has(customer: string): boolean {
    return this.#grocer.db.prepare("SELECT 1 FROM neighbours WHERE customer = ?").get(customer) !== undefined;
  }

  nextAt(): number | null {
    return (this.#grocer.db.prepare("SELECT min(next_at) AS at FROM neighbours").get() as { at: number | null }).at;
  }

  /** Everybody who ran out of something goes shopping. */
  run(): boolean {
    const { db, clock } = this.#grocer;
    const due = db
      .prepare("SELECT * FROM neighbours WHERE next_at <= ? ORDER BY next_at, customer LIMIT ?")
      .all(clock.now(), BATCH) as Row[];
    for (const row of due) db.transaction(() => this.#shop(row))();
    return due.length > 0;
  }

  /** What came with a confirmed cart need not be fetched as well. */
  supplied(customer: string, products: ReadonlySet<string>): void {
    const row = this.#grocer.db.prepare("SELECT * FROM neighbours WHERE customer = ?").get(customer) as Row | undefined;
    const person = this.#grocer.customers.find(customer);
    if (!row || !person) return;
    const chance = chanceOf(row);
    const rhythms = JSON.parse(row.rhythms) as Rhythm[];
    const today = dateIn(person.zone, this.#grocer.clock.now());
    for (const rhythm of rhythms) {
      if (products.has(rhythm.product) || (rhythm.sibling && products.has(rhythm.sibling)))
        beginAnew(chance, rhythm, today);
    }
    this.#keep(row, person, rhythms, chance);
  }

  #shop(row: Row): void {
    const { customers, products } = this.#grocer;
    const person = customers.find(row.customer);
    if (!person) return;
    const chance = chanceOf(row);
    const rhythms = JSON.parse(row.rhythms) as Rhythm[];
    const basket = goShopping(chance, rhythms, dateIn(person.zone, row.next_at)).flatMap(({ product, quantity }) => {
      const found = products.find(product);
      return found && found.stock >= quantity && !found.discontinued ? [{ product: found, quantity }] : [];
    });
    if (basket.length > 0) this.#checkOut(person, basket, row);
    this.#keep(row, person, rhythms, chance);
  }

  /** Most pay at once, some later, and some leave their basket; its things are missed no less for that. */
  #checkOut(person: Customer, basket: CartLine[], row: Row): void {
    const till = new Chance(`${person.id} at the till, ${row.trips}`);
    const answer = atTheTill(till);
    const at = row.next_at;
    if (answer === "leaves") {
      leaveBasket(this.#grocer, person, basket, at, till);
      const returns = comesBackAt(till, at);
      if (returns !== null)
        intend(this.#grocer.db, { id: `return ${person.id} ${at}`, at: returns, what: "return", about: person.id });
      return;
    }
    const order = buy(this.#grocer, person, basket, { at, pay: answer === "buys" ? "now" : "later" });
    const pays = answer === "buys" ? null : paysAt(till, at);
    if (pays !== null) intend(this.#grocer.db, { id: `pay ${order.id}`, at: pays, what: "pay", about: order.id });
  }

  /** For what was left in the basket, if it is still there. */
  comeBack(customer: string): void {
    const { customers, carts, clock, db } = this.#grocer;
    const person = customers.find(customer);
    const basket = carts.lines(customer).filter(({ product }) => product.stock > 0 && !product.discontinued);
    if (person && basket.length > 0)
      db.transaction(() => buy(this.#grocer, person, basket, { at: clock.now(), pay: "now" }))();
  }

  #keep(row: Row, person: Customer, rhythms: Rhythm[], chance: Chance): void {
    const { db, clock } = this.#grocer;
    const tomorrow = addDays(dateIn(person.zone, Math.max(row.next_at, clock.now())), 1);
    const date = nextTrip(rhythms);
    const at = instantAt(person.zone, date > tomorrow ? date : tomorrow, chance.whole(8, 20), chance.whole(0, 59));
    db.prepare("UPDATE neighbours SET rhythms = ?, next_at = ?, trips = trips + 1 WHERE customer = ?").run(
      JSON.stringify(rhythms),
      at,
      row.customer,
    );
  }
}

function buy(
  grocer: Grocer,
  person: Customer,
  basket: CartLine[],
  { at, pay }: { at: number; pay: "now" | "later" },
): Order {
  const order = grocer.orders.place({
    customer: person.id,
    lines: basket.map(({ product, quantity }) => ({ product: product.id, quantity, price: product.price })),
    shipping: shippingQuote(basket, person.zone).price,
    at,
    pay,
  });
  grocer.carts.empty(person.id);
  for (const { product } of basket) restock(grocer, product.id);
  return order;
}

function chanceOf(row: Row): Chance {
  return new Chance(`${row.customer} goes shopping, ${row.trips}`);
}

/** Shelves are filled overnight, but for those that somebody emptied on purpose. */
function restock(grocer: Grocer, product: string): void {
  const found = grocer.products.find(product);
  if (found && found.stock > 0 && found.stock < 40) grocer.products.setStock(product, 200);
}
