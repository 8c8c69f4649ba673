import Database from "better-sqlite3";
import type { Shop } from "comeback";
import { fakeShop } from "comeback/testing";
import { products } from "./program.js";

/** A shop whose orders outlive the process. It makes an order for every key it has not seen. */
export function lastingShop(path: string): Shop {
  const db = openOrders(path);
  const add = db.prepare("INSERT INTO orders (key, cart, customer) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING");
  const number = db.prepare<[string], number>("SELECT rowid FROM orders WHERE key = ?").pluck();
  return {
    ...fakeShop(products),
    async createOrder({ key, cart, customer }) {
      add.run(key, cart, customer);
      return { order_id: `order-${number.get(key)}`, number: `N${number.get(key)}`, status: "unconfirmed" };
    },
  };
}

export function openOrders(path: string): Database.Database {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.exec("CREATE TABLE IF NOT EXISTS orders (key TEXT NOT NULL UNIQUE, cart TEXT NOT NULL, customer TEXT NOT NULL)");
  return db;
}
