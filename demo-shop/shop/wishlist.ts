import type { Db } from "./database.js";
import type { Outbox } from "./outbox.js";

export class Wishlist {
  readonly #db: Db;
  readonly #outbox: Outbox;

  constructor(db: Db, outbox: Outbox) {
    this.#db = db;
    this.#outbox = outbox;
  }

  products(customer: string): string[] {
    const rows = this.#db
      .prepare("SELECT product FROM wishlist WHERE customer = ? ORDER BY added_at DESC, product")
      .all(customer) as {
      product: string;
    }[];
    return rows.map((row) => row.product);
  }

  has(customer: string, product: string): boolean {
    return (
      this.#db.prepare("SELECT 1 FROM wishlist WHERE customer = ? AND product = ?").get(customer, product) !== undefined
    );
  }

  add(customer: string, products: readonly string[], at: number): void {
    this.#db.transaction(() => {
      const insert = this.#db.prepare("INSERT OR IGNORE INTO wishlist (customer, product, added_at) VALUES (?, ?, ?)");
      const added = products.filter((product) => insert.run(customer, product, at).changes > 0);
      if (added.length > 0) this.#tell(customer, at);
    })();
  }

  remove(customer: string, product: string, at: number): void {
    this.#db.transaction(() => {
      this.#db.prepare("DELETE FROM wishlist WHERE customer = ? AND product = ?").run(customer, product);
      this.#tell(customer, at);
    })();
  }

  #tell(customer: string, at: number): void {
    this.#outbox.record({ type: "wishlist.updated", at, customer, data: { products: this.products(customer) } });
  }
}
