import type { OrderFacts } from "comeback";
import type { Db } from "./database.js";
import { nextStep, type OrderStatus } from "./order-life.js";
import type { Outbox } from "./outbox.js";
import type { Products } from "./products.js";

export interface OrderLine {
  id: string;
  product: string;
  quantity: number;
  price: number;
  status: "cancelled" | "returned" | null;
}

export interface Order {
  id: string;
  number: string;
  customer: string;
  revision: number;
  status: OrderStatus;
  placed_at: number;
  completed_at: number | null;
  changed_at: number;
  next_step_at: number | null;
  paid: boolean;
  shipping: number;
  discount: number;
  coupon: string | null;
  predicted_cart: string | null;
  lines: OrderLine[];
}

export interface NewOrder {
  customer: string;
  lines: { product: string; quantity: number; price: number }[];
  shipping: number;
  discount?: number;
  coupon?: string | null;
  at: number;
}

/** Orders and their life. Every change raises the revision and tells Comeback in one transaction. */
export class Orders {
  readonly #db: Db;
  readonly #outbox: Outbox;
  readonly #products: Products;

  constructor(db: Db, outbox: Outbox, products: Products) {
    this.#db = db;
    this.#outbox = outbox;
    this.#products = products;
  }

  find(id: string): Order | null {
    return this.#read("SELECT * FROM orders WHERE id = ?", id)[0] ?? null;
  }

  of(customer: string, limit = 50): Order[] {
    return this.#read(
      "SELECT * FROM orders WHERE customer = ? ORDER BY placed_at DESC, id DESC LIMIT ?",
      customer,
      limit,
    );
  }

  latest(limit: number, status: string | null = null): Order[] {
    if (status === null) return this.#read("SELECT * FROM orders ORDER BY placed_at DESC, id DESC LIMIT ?", limit);
    return this.#read("SELECT * FROM orders WHERE status = ? ORDER BY placed_at DESC, id DESC LIMIT ?", status, limit);
  }

  count(): number {
    return (this.#db.prepare("SELECT count(*) AS n FROM orders").get() as { n: number }).n;
  }

  /** In pages, oldest change first, so that the whole history need not be in memory. */
  *changedSince(since: number): Generator<Order> {
    let after = { changed_at: since, id: "" };
    for (;;) {
      const page = this.#read(
        "SELECT * FROM orders WHERE (changed_at, id) > (?, ?) ORDER BY changed_at, id LIMIT 200",
        after.changed_at,
        after.id,
      );
      yield* page;
      const last = page.at(-1);
      if (!last) return;
      after = last;
    }
  }

  log(id: string): { at: number; text: string }[] {
    return this.#db.prepare("SELECT at, text FROM order_log WHERE order_id = ? ORDER BY at, rowid").all(id) as {
      at: number;
      text: string;
    }[];
  }

  /** An order from the shop's own checkout: paid at once, or left to be paid. */
  place(order: NewOrder & { pay: "now" | "later" }): Order {
    return this.#db.transaction(() => {
      const placed = this.#insert(order, { status: "confirmed", cart: null, key: null });
      this.#note(placed.id, order.at, order.pay === "now" ? "Placed and paid by card" : "Placed, to be paid later");
      this.#tell("order.placed", placed, order.at);
      return order.pay === "now" ? this.#pay(placed, order.at) : placed;
    })();
  }

  /** An order from a confirmed cart: it waits for the operator's call. The same key is the same order. */
  createUnconfirmed(order: NewOrder & { key: string; cart: string }): Order {
    return this.#db.transaction(() => {
      const known = this.#read("SELECT * FROM orders WHERE idempotency_key = ?", order.key)[0];
      if (known) return known;
      const created = this.#insert(order, { status: "unconfirmed", cart: order.cart, key: order.key });
      this.#note(created.id, order.at, "Confirmed by the customer from the prepared cart; waits for our call");
      this.#tell("order.placed", created, order.at);
      return created;
    })();
  }

  /** The operator has spoken with the customer. */
  confirm(id: string, at: number): void {
    this.#change(id, (order) => {
      if (order.status !== "unconfirmed") return;
      this.#setStatus(order, "confirmed", at, "Confirmed on the phone");
      this.#pay(this.#again(order), at);
    });
  }

  pay(id: string, at: number): void {
    this.#change(id, (order) => {
      if (!order.paid && order.status !== "cancelled") this.#pay(order, at);
    });
  }

  setStatus(id: string, status: OrderStatus, at: number): void {
    this.#change(id, (order) => {
      if (order.status === status || order.status === "cancelled") return;
      if (status === "cancelled") this.#cancel(order, at, "Cancelled by staff");
      else if (status === "paid") this.#pay(order, at);
      else this.#setStatus(order, status, at, `Marked as ${status}`);
    });
  }

  cancel(id: string, at: number, reason: string): void {
    this.#change(id, (order) => {
      if (order.status !== "cancelled") this.#cancel(order, at, reason);
    });
  }

  /** `cancelled` before it was sent, `returned` after: either way as if never bought. */
  dropLine(id: string, lineId: string, how: "cancelled" | "returned", at: number): void {
    this.#change(id, (order) => {
      const line = order.lines.find((candidate) => candidate.id === lineId);
      if (!line || line.status) return;
      this.#db.prepare("UPDATE order_lines SET status = ? WHERE id = ?").run(how, lineId);
      this.#products.putBack(line.product, line.quantity);
      this.#note(id, at, `${this.#products.name(line.product)} ${how}`);
      const changed = this.#touch(order, at);
      this.#tell(how === "returned" ? "order.line_returned" : "order.status_changed", changed, at);
    });
  }

  /** What the customer added on the phone. */
  addLines(id: string, products: { product: string; quantity: number; price: number }[], at: number): void {
    if (products.length === 0) return;
    this.#change(id, (order) => {
      if (order.status === "cancelled") return;
      products.forEach((line, index) => {
        this.#insertLine(id, line, order.lines.length + index + 1);
        this.#note(id, at, `${this.#products.name(line.product)} added on the phone`);
      });
      this.#tell("order.status_changed", this.#touch(order, at), at);
    });
  }

  /** When the next order moves on by itself. */
  nextStepAt(): number | null {
    const row = this.#db.prepare("SELECT min(next_step_at) AS at FROM orders WHERE next_step_at IS NOT NULL").get() as {
      at: number | null;
    };
    return row.at;
  }

  /** Orders advance as the shop's clock moves; each step is dated when it was due. */
  advance(now: number): number {
    let moved = 0;
    for (;;) {
      const due = this.#read("SELECT * FROM orders WHERE next_step_at <= ? ORDER BY next_step_at, id LIMIT 100", now);
      if (due.length === 0) return moved;
      for (const order of due) this.#step(order);
      moved += due.length;
    }
  }

  facts(order: Order): OrderFacts {
    const goods = goodsTotal(order);
    return {
      id: order.id,
      number: order.number,
      revision: order.revision,
      status: order.status,
      placed_at: new Date(order.placed_at).toISOString(),
      currency: "GBP",
      total: goods + order.shipping - order.discount,
      goods_total: goods,
      paid: order.paid,
      ...(order.predicted_cart ? { cart: order.predicted_cart } : {}),
      ...(order.coupon ? { coupon: order.coupon } : {}),
      lines: order.lines.map((line) => ({
        id: line.id,
        product: line.product,
        quantity: line.quantity,
        price: line.price,
        ...(line.status ? { status: line.status } : {}),
      })),
    };
  }

  #step(order: Order): void {
    const at = order.next_step_at ?? 0;
    const step = nextStep(order.status);
    this.#change(order.id, (current) => {
      if (!step) this.#db.prepare("UPDATE orders SET next_step_at = NULL WHERE id = ?").run(order.id);
      else this.#setStatus(current, step.status, at, step.note);
    });
  }

  #insert(order: NewOrder, from: { status: OrderStatus; cart: string | null; key: string | null }): Order {
    const { n } = this.#db
      .prepare("SELECT coalesce(max(cast(substr(id, 2) AS INTEGER)), 10000) + 1 AS n FROM orders")
      .get() as { n: number };
    const id = `o${n}`;
    this.#db
      .prepare(
        `INSERT INTO orders (id, number, customer, revision, status, placed_at, changed_at, shipping, discount, coupon, predicted_cart, idempotency_key)
         VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        id,
        `BL-${n}`,
        order.customer,
        from.status,
        order.at,
        order.at,
        order.shipping,
        order.discount ?? 0,
        order.coupon ?? null,
        from.cart,
        from.key,
      );
    order.lines.forEach((line, index) => this.#insertLine(id, line, index + 1));
    return this.#again({ id });
  }

  #insertLine(order: string, line: { product: string; quantity: number; price: number }, position: number): void {
    this.#db
      .prepare(
        "INSERT INTO order_lines (id, order_id, product, quantity, price, status, position) VALUES (?, ?, ?, ?, ?, NULL, ?)",
      )
      .run(`${order}-${position}`, order, line.product, line.quantity, line.price, position);
    this.#products.take(line.product, line.quantity);
  }

  #pay(order: Order, at: number): Order {
    this.#db.prepare("UPDATE orders SET paid = 1 WHERE id = ?").run(order.id);
    // An order waiting for its call stays unconfirmed, even when somebody has paid for it.
    if (order.status === "confirmed") this.#write(order.id, "paid", at);
    const paid = this.#touch(order, at);
    this.#note(order.id, at, "Paid");
    this.#tell("order.paid", paid, at);
    return paid;
  }

  #cancel(order: Order, at: number, reason: string): void {
    for (const line of order.lines) if (!line.status) this.#products.putBack(line.product, line.quantity);
    this.#write(order.id, "cancelled", at);
    this.#note(order.id, at, `Cancelled: ${reason}`);
    this.#tell("order.cancelled", this.#touch(order, at), at);
  }

  #setStatus(order: Order, status: OrderStatus, at: number, note: string): void {
    this.#write(order.id, status, at);
    this.#note(order.id, at, note);
    this.#tell("order.status_changed", this.#touch(order, at), at);
  }

  #write(id: string, status: OrderStatus, at: number): void {
    const wait = nextStep(status)?.after_ms;
    this.#db
      .prepare(
        "UPDATE orders SET status = ?, next_step_at = ?, completed_at = CASE WHEN ? = 'completed' THEN ? ELSE completed_at END WHERE id = ?",
      )
      .run(status, wait === undefined ? null : at + wait, status, at, id);
  }

  #touch(order: { id: string }, at: number): Order {
    this.#db
      .prepare("UPDATE orders SET revision = revision + 1, changed_at = max(changed_at, ?) WHERE id = ?")
      .run(at, order.id);
    return this.#again(order);
  }

  #again(order: { id: string }): Order {
    const found = this.find(order.id);
    if (!found) throw new Error(`order \`${order.id}\` is gone in the middle of its own change`);
    return found;
  }

  #change(id: string, change: (order: Order) => void): void {
    this.#db.transaction(() => {
      const order = this.find(id);
      if (order) change(order);
    })();
  }

  #note(order: string, at: number, text: string): void {
    this.#db.prepare("INSERT INTO order_log (order_id, at, text) VALUES (?, ?, ?)").run(order, at, text);
  }

  #tell(type: string, order: Order, at: number): void {
    this.#outbox.record({ type, at, customer: order.customer, data: { order: this.facts(order) } });
  }

  #read(sql: string, ...values: unknown[]): Order[] {
    const rows = this.#db.prepare(sql).all(...values) as (Omit<Order, "paid" | "lines"> & { paid: number })[];
    const lines = this.#db.prepare<[string], OrderLine>(
      "SELECT id, product, quantity, price, status FROM order_lines WHERE order_id = ? ORDER BY position",
    );
    return rows.map((row) => ({ ...row, paid: row.paid === 1, lines: lines.all(row.id) }));
  }
}

/** Cancelled and returned lines cost nothing. */
export function goodsTotal(order: Pick<Order, "lines">): number {
  return order.lines.reduce((sum, line) => (line.status ? sum : sum + line.price * line.quantity), 0);
}

export function orderTotal(order: Order): number {
  return goodsTotal(order) + order.shipping - order.discount;
}
