import type { Db } from "./database.js";
import type { Outbox } from "./outbox.js";

export interface Review {
  id: number;
  product: string;
  customer: string;
  customer_name: string;
  rating: number;
  text: string;
  posted_at: number;
}

export class Reviews {
  readonly #db: Db;
  readonly #outbox: Outbox;

  constructor(db: Db, outbox: Outbox) {
    this.#db = db;
    this.#outbox = outbox;
  }

  of(product: string): Review[] {
    return this.#db
      .prepare(
        `SELECT r.id, r.product, r.customer, r.rating, r.text, r.posted_at, coalesce(c.name, 'A customer') AS customer_name
         FROM reviews r LEFT JOIN customers c ON c.id = r.customer
         WHERE r.product = ? AND r.removed_at IS NULL ORDER BY r.posted_at DESC LIMIT 20`,
      )
      .all(product) as Review[];
  }

  post(review: {
    product: string;
    customer: string;
    rating: number;
    text: string;
    at: number;
    order: string | null;
  }): void {
    this.#db.transaction(() => {
      const { lastInsertRowid } = this.#db
        .prepare("INSERT INTO reviews (product, customer, order_id, rating, text, posted_at) VALUES (?, ?, ?, ?, ?, ?)")
        .run(review.product, review.customer, review.order, review.rating, review.text, review.at);
      this.#outbox.record({
        type: "review.posted",
        at: review.at,
        customer: review.customer,
        data: {
          review: String(lastInsertRowid),
          product: review.product,
          rating: review.rating,
          ...(review.order ? { order: review.order } : {}),
        },
      });
    })();
  }

  /** Customers take back only what is theirs. */
  remove(id: number, customer: string, at: number): void {
    this.#db.transaction(() => {
      const row = this.#db
        .prepare("SELECT product, order_id FROM reviews WHERE id = ? AND customer = ? AND removed_at IS NULL")
        .get(id, customer) as { product: string; order_id: string | null } | undefined;
      if (!row) return;
      this.#db.prepare("UPDATE reviews SET removed_at = ? WHERE id = ?").run(at, id);
      this.#outbox.record({
        type: "review.removed",
        at,
        customer,
        data: { review: String(id), product: row.product, ...(row.order_id ? { order: row.order_id } : {}) },
      });
    })();
  }
}
