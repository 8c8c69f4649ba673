import { ShopClock } from "../clock/shop-clock.js";
import { Carts } from "./carts.js";
import { Coupons } from "./coupons.js";
import { Customers } from "./customers.js";
import { openShopDatabase, type Db } from "./database.js";
import { OperatorTasks } from "./operator-tasks.js";
import { Orders } from "./orders.js";
import { Outbox } from "./outbox.js";
import { Products } from "./products.js";
import { Reviews } from "./reviews.js";
import { Settings } from "./settings.js";
import { Wishlist } from "./wishlist.js";

export const SHOP_NAME = "Bean & Leaf";

/** The whole shop, before anybody has heard of Comeback. */
export interface Grocer {
  db: Db;
  settings: Settings;
  clock: ShopClock;
  outbox: Outbox;
  products: Products;
  customers: Customers;
  carts: Carts;
  orders: Orders;
  wishlist: Wishlist;
  coupons: Coupons;
  reviews: Reviews;
  tasks: OperatorTasks;
  close(): void;
}

export function openGrocer(path: string): Grocer {
  const db = openShopDatabase(path);
  const settings = new Settings(db);
  const clock = new ShopClock(settings);
  const outbox = new Outbox(db);
  const products = new Products(db);
  return {
    db,
    settings,
    clock,
    outbox,
    products,
    customers: new Customers(db, outbox),
    carts: new Carts(db, outbox, products),
    orders: new Orders(db, outbox, products),
    wishlist: new Wishlist(db, outbox),
    coupons: new Coupons(db),
    reviews: new Reviews(db, outbox),
    tasks: new OperatorTasks(db, outbox),
    close() {
      clock.settle();
      db.close();
    },
  };
}
