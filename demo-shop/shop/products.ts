import type { Db } from "./database.js";

export interface ShopProduct {
  id: string;
  name: string;
  name_ru: string;
  category: string;
  subcategory: string | null;
  manufacturer: string;
  type: string;
  /** Flavours and sizes of one thing share it. */
  variant_group: string | null;
  /** What tells this one from its siblings, for example `500 g`. */
  variant: string | null;
  /** How many single packs are in it. */
  units: number;
  /** The size as the label says it. */
  pack: string;
  price: number;
  stock: number;
  discontinued: boolean;
  successor: string | null;
  added_at: number;
  blurb: string;
  attributes: Record<string, string>;
  tags: string[];
  position: number;
}

type Row = Omit<ShopProduct, "discontinued" | "attributes" | "tags"> & {
  discontinued: number;
  attributes: string;
  tags: string;
};

export class Products {
  readonly #db: Db;
  readonly #byId;
  readonly #cache = new Map<string, ShopProduct>();

  constructor(db: Db) {
    this.#db = db;
    this.#byId = db.prepare<[string], Row>("SELECT * FROM products WHERE id = ?");
  }

  all(): ShopProduct[] {
    return this.#query("SELECT * FROM products ORDER BY position");
  }

  find(id: string): ShopProduct | null {
    const row = this.#byId.get(id);
    return row ? fromRow(row) : null;
  }

  /** The name to print, also for a product that is gone. */
  name(id: string): string {
    let product = this.#cache.get(id);
    if (!product) {
      product = this.find(id) ?? undefined;
      if (product) this.#cache.set(id, product);
    }
    return product?.name ?? id;
  }

  inCategory(category: string): ShopProduct[] {
    return this.#query("SELECT * FROM products WHERE category = ? AND discontinued = 0 ORDER BY position", category);
  }

  siblings(product: ShopProduct): ShopProduct[] {
    if (!product.variant_group) return [];
    return this.#query(
      "SELECT * FROM products WHERE variant_group = ? AND discontinued = 0 ORDER BY position",
      product.variant_group,
    );
  }

  newest(limit: number): ShopProduct[] {
    return this.#query(
      "SELECT * FROM products WHERE discontinued = 0 AND stock > 0 ORDER BY added_at DESC, position LIMIT ?",
      limit,
    );
  }

  /** Most orders since an instant first. */
  popular(since: number, limit: number): ShopProduct[] {
    return this.#query(
      `SELECT p.* FROM products p JOIN (
         SELECT l.product, count(*) AS n FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.placed_at >= ? GROUP BY l.product
       ) sold ON sold.product = p.id
       WHERE p.discontinued = 0 AND p.stock > 0 ORDER BY sold.n DESC, p.id LIMIT ?`,
      since,
      limit,
    );
  }

  /** Every word must be somewhere in the name, maker, category or tags. */
  search(text: string): ShopProduct[] {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8);
    if (words.length === 0) return [];
    return this.all().filter((product) => {
      if (product.discontinued) return false;
      const haystack = [
        product.name,
        product.name_ru,
        product.manufacturer,
        product.category,
        product.type,
        ...product.tags,
      ]
        .join(" ")
        .toLowerCase();
      return words.every((word) => haystack.includes(word));
    });
  }

  insert(product: ShopProduct): void {
    this.#db
      .prepare(
        `INSERT INTO products (id, name, name_ru, category, subcategory, manufacturer, type, variant_group, variant, units, pack, price, stock,
           discontinued, successor, added_at, blurb, attributes, tags, position)
         VALUES (@id, @name, @name_ru, @category, @subcategory, @manufacturer, @type, @variant_group, @variant, @units, @pack, @price, @stock,
           @discontinued, @successor, @added_at, @blurb, @attributes, @tags, @position)`,
      )
      .run({
        ...product,
        discontinued: product.discontinued ? 1 : 0,
        attributes: JSON.stringify(product.attributes),
        tags: JSON.stringify(product.tags),
      });
  }

  /** Stock never goes below nothing: what can't be picked is the storekeeper's worry, not the till's. */
  take(id: string, quantity: number): void {
    this.#db.prepare("UPDATE products SET stock = max(0, stock - ?) WHERE id = ?").run(quantity, id);
  }

  putBack(id: string, quantity: number): void {
    this.#db.prepare("UPDATE products SET stock = stock + ? WHERE id = ?").run(quantity, id);
  }

  setStock(id: string, stock: number): void {
    this.#db.prepare("UPDATE products SET stock = ? WHERE id = ?").run(stock, id);
  }

  setPrice(id: string, price: number): void {
    this.#db.prepare("UPDATE products SET price = ? WHERE id = ?").run(price, id);
  }

  #query(sql: string, ...values: unknown[]): ShopProduct[] {
    return (this.#db.prepare(sql).all(...values) as Row[]).map(fromRow);
  }
}

function fromRow(row: Row): ShopProduct {
  return {
    ...row,
    discontinued: row.discontinued === 1,
    attributes: JSON.parse(row.attributes) as Record<string, string>,
    tags: JSON.parse(row.tags) as string[],
  };
}
