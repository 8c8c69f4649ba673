import { addDays, dateIn, instantAt } from "../clock/wall-time.js";
import type { Customer } from "../shop/customers.js";
import type { Grocer } from "../shop/grocer.js";
import { shippingQuote } from "../shop/shipping.js";
import { Chance } from "../stock/chance.js";
import { beginAnew, goShopping, nextTrip, type Rhythm } from "../stock/histories.js";

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
    const { customers, products, orders } = this.#grocer;
    const person = customers.find(row.customer);
    if (!person) return;
    const chance = chanceOf(row);
    const rhythms = JSON.parse(row.rhythms) as Rhythm[];
    const basket = goShopping(chance, rhythms, dateIn(person.zone, row.next_at)).flatMap(({ product, quantity }) => {
      const found = products.find(product);
      return found && found.stock >= quantity && !found.discontinued ? [{ product: found, quantity }] : [];
    });
    if (basket.length > 0) {
      orders.place({
        customer: person.id,
        lines: basket.map(({ product, quantity }) => ({ product: product.id, quantity, price: product.price })),
        shipping: shippingQuote(basket, person.zone).price,
        at: row.next_at,
        pay: "now",
      });
      for (const { product } of basket) restock(this.#grocer, product.id);
    }
    this.#keep(row, person, rhythms, chance);
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

function chanceOf(row: Row): Chance {
  return new Chance(`${row.customer} goes shopping, ${row.trips}`);
}

/** Shelves are filled overnight, but for those that somebody emptied on purpose. */
function restock(grocer: Grocer, product: string): void {
  const found = grocer.products.find(product);
  if (found && found.stock > 0 && found.stock < 40) grocer.products.setStock(product, 200);
}
