import type { Db } from "./database.js";
import type { Outbox } from "./outbox.js";
import type { Products, ShopProduct } from "./products.js";

export interface CartLine {
  product: ShopProduct;
  quantity: number;
}

/** One line of one basket: nobody carries more than this home, and it keeps totals sane. */
export const QUANTITY_MAX = 99;
const LINES_MAX = 50;

/** Baskets, kept by visitor: a customer's id once logged in, a cookie's before. */
export class Carts {
  readonly #db: Db;
  readonly #outbox: Outbox;
  readonly #products: Products;

  constructor(db: Db, outbox: Outbox, products: Products) {
    this.#db = db;
    this.#outbox = outbox;
    this.#products = products;
  }

  lines(visitor: string): CartLine[] {
    const rows = this.#db
      .prepare("SELECT product, quantity FROM cart_lines WHERE visitor = ? ORDER BY added_at, product")
      .all(visitor) as {
      product: string;
      quantity: number;
    }[];
    return rows.flatMap(({ product, quantity }) => {
      const found = this.#products.find(product);
      return found ? [{ product: found, quantity }] : [];
    });
  }

  count(visitor: string): number {
    const row = this.#db
      .prepare("SELECT coalesce(sum(quantity), 0) AS n FROM cart_lines WHERE visitor = ?")
      .get(visitor) as { n: number };
    return row.n;
  }

  add(visitor: string, product: ShopProduct, quantity: number, at: number): void {
    this.#db.transaction(() => {
      if (this.lines(visitor).length >= LINES_MAX) return;
      this.#db
        .prepare(
          `INSERT INTO cart_lines (visitor, product, quantity, added_at) VALUES (?, ?, min(?, ${QUANTITY_MAX}), ?)
           ON CONFLICT DO UPDATE SET quantity = min(quantity + excluded.quantity, ${QUANTITY_MAX})`,
        )
        .run(visitor, product.id, quantity, at);
      this.#outbox.record({
        type: "cart.item_added",
        at,
        customer: visitor,
        data: { product: product.id, quantity, price: product.price, currency: "GBP" },
      });
      this.#tell(visitor, at);
    })();
  }

  /** Nothing and less than nothing takes the line out. */
  setQuantity(visitor: string, product: string, quantity: number, at: number): void {
    this.#db.transaction(() => {
      if (quantity <= 0)
        this.#db.prepare("DELETE FROM cart_lines WHERE visitor = ? AND product = ?").run(visitor, product);
      else
        this.#db
          .prepare("UPDATE cart_lines SET quantity = ? WHERE visitor = ? AND product = ?")
          .run(Math.min(quantity, QUANTITY_MAX), visitor, product);
      this.#tell(visitor, at);
    })();
  }

  /** The order event tells Comeback; an emptied basket needs no event of its own. */
  empty(visitor: string): void {
    this.#db.prepare("DELETE FROM cart_lines WHERE visitor = ?").run(visitor);
  }

  /** What was picked before logging in comes along. */
  adopt(visitor: string, customer: string, at: number): void {
    this.#db.transaction(() => {
      const lines = this.lines(visitor);
      if (lines.length === 0) return;
      for (const { product, quantity } of lines) {
        this.#db
          .prepare(
            `INSERT INTO cart_lines (visitor, product, quantity, added_at) VALUES (?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET quantity = max(quantity, excluded.quantity)`,
          )
          .run(customer, product.id, quantity, at);
      }
      this.empty(visitor);
      this.#tell(customer, at);
    })();
  }

  #tell(visitor: string, at: number): void {
    const lines = this.lines(visitor).map(({ product, quantity }) => ({
      product: product.id,
      quantity,
      price: product.price,
    }));
    const total = lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
    this.#outbox.record({ type: "cart.updated", at, customer: visitor, data: { lines, total, currency: "GBP" } });
  }
}
