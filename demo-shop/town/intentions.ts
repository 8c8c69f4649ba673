import type { Db } from "../shop/database.js";

/** Something that a neighbour or the clerk will do later; it outlives the process. */
export interface Intention {
  id: string;
  at: number;
  what: "confirm" | "postpone" | "look" | "call" | "pay" | "return";
  /** A letter, a task, an order or a customer. */
  about: string;
}

/** Meant twice is meant once. */
export function intend(db: Db, { id, at, what, about }: Intention): void {
  db.prepare("INSERT OR IGNORE INTO intentions (id, at, what, about) VALUES (?, ?, ?, ?)").run(id, at, what, about);
}
