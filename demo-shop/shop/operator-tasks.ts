import type { OperatorTask } from "comeback";
import type { Db } from "./database.js";
import type { Outbox } from "./outbox.js";

export type TaskStatus = "open" | "reached" | "not_reached" | "done" | "cancelled";

export interface ShopTask {
  /** Comeback's effect id. */
  id: string;
  kind: OperatorTask["task"];
  customer: string;
  title: string;
  told: OperatorTask;
  order_id: string | null;
  created_at: number;
  due_at: number | null;
  /** When Comeback noticed that the call had not been made. */
  reminded_at: number | null;
  status: TaskStatus;
  outcome: string | null;
  closed_at: number | null;
}

/** What staff have been asked to do, and what came of it. */
export class OperatorTasks {
  readonly #db: Db;
  readonly #outbox: Outbox;

  constructor(db: Db, outbox: Outbox) {
    this.#db = db;
    this.#outbox = outbox;
  }

  find(id: string): ShopTask | null {
    return this.#read("SELECT * FROM operator_tasks WHERE id = ?", id)[0] ?? null;
  }

  open(): ShopTask[] {
    return this.#read("SELECT * FROM operator_tasks WHERE status = 'open' ORDER BY coalesce(due_at, created_at), id");
  }

  closed(limit: number): ShopTask[] {
    return this.#read("SELECT * FROM operator_tasks WHERE status <> 'open' ORDER BY closed_at DESC, id LIMIT ?", limit);
  }

  of(customer: string): ShopTask[] {
    return this.#read("SELECT * FROM operator_tasks WHERE customer = ? ORDER BY created_at DESC LIMIT 20", customer);
  }

  forOrder(order: string): ShopTask[] {
    return this.#read("SELECT * FROM operator_tasks WHERE order_id = ? ORDER BY created_at DESC", order);
  }

  countOpen(): number {
    return (this.#db.prepare("SELECT count(*) AS n FROM operator_tasks WHERE status = 'open'").get() as { n: number })
      .n;
  }

  /** The same task told twice is one row; a reminder marks the task that is late. */
  add(task: OperatorTask, at: number): void {
    this.#db.transaction(() => {
      if (task.task === "remind" && task.of) {
        const late = this.#db
          .prepare("UPDATE operator_tasks SET reminded_at = coalesce(reminded_at, ?) WHERE id = ?")
          .run(at, task.of);
        if (late.changes > 0) return;
      }
      this.#db
        .prepare(
          `INSERT INTO operator_tasks (id, kind, customer, store, title, told, order_id, created_at, due_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        )
        .run(
          task.id,
          task.task,
          task.customer,
          task.store,
          task.title,
          JSON.stringify(task),
          task.order?.id ?? null,
          at,
          task.due_at,
        );
    })();
  }

  /** Comeback takes a task back: the customer undid the order, or bought elsewhere. */
  cancel(id: string, reason: string, at: number): void {
    this.#db
      .prepare(
        "UPDATE operator_tasks SET status = 'cancelled', outcome = ?, closed_at = ? WHERE id = ? AND status = 'open'",
      )
      .run(reason, at, id);
  }

  /** Recorded elsewhere already: nobody needs to be told. */
  close(id: string, outcome: "reached" | "not_reached" | "done", at: number): void {
    this.#db
      .prepare("UPDATE operator_tasks SET status = ?, outcome = '[]', closed_at = ? WHERE id = ? AND status = 'open'")
      .run(outcome, at, id);
  }

  /** What the operator says came of it; Comeback attributes the added items. */
  finish(
    id: string,
    result: {
      outcome: "reached" | "not_reached" | "done";
      added: { product: string; quantity: number; price: number }[];
      at: number;
    },
  ): void {
    this.#db.transaction(() => {
      const task = this.find(id);
      if (!task || task.status !== "open") return;
      this.#db
        .prepare("UPDATE operator_tasks SET status = ?, outcome = ?, closed_at = ? WHERE id = ?")
        .run(result.outcome, JSON.stringify(result.added), result.at, id);
      this.#outbox.record({
        type: "operator.call_done",
        at: result.at,
        customer: task.customer,
        data: {
          task: id,
          outcome: result.outcome,
          items_added: result.added.map(({ product, quantity }) => ({ product, quantity })),
        },
      });
    })();
  }

  #read(sql: string, ...values: unknown[]): ShopTask[] {
    const rows = this.#db.prepare(sql).all(...values) as (Omit<ShopTask, "told"> & { told: string })[];
    return rows.map((row) => ({ ...row, told: JSON.parse(row.told) as OperatorTask }));
  }
}
