import Database from "better-sqlite3";

export type Db = Database.Database;

/**
 * The shop's own database. Comeback keeps another one: the two meet only through events, the way
 * they would in a real shop.
 *
 * Money is in pence, instants are milliseconds since 1970 UTC.
 */
export function openShopDatabase(path: string): Db {
  const db = new Database(path);
  const isNew = db.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get() === undefined;
  if (!isNew && db.pragma("user_version", { simple: true }) !== SHOP_VERSION) {
    db.close();
    throw new OtherMake();
  }
  db.pragma("journal_mode = WAL");
  // Survives a crash of the process; after a power cut a demo may forget its last second.
  db.pragma("synchronous = NORMAL");
  db.pragma("foreign_keys = ON");
  db.exec(SCHEMA);
  db.pragma(`user_version = ${SHOP_VERSION}`);
  return db;
}

/** Raised with the tables and with what the generator stocks: a demo is stocked anew, not migrated. */
const SHOP_VERSION = 3;

/** The file was made by another version of the demo. */
export class OtherMake extends Error {
  constructor() {
    super("this shop was stocked by another version of the demo");
  }
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS products (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_ru TEXT NOT NULL,
  category TEXT NOT NULL,
  subcategory TEXT,
  manufacturer TEXT NOT NULL,
  type TEXT NOT NULL,
  variant_group TEXT,
  variant TEXT,
  units INTEGER NOT NULL,
  pack TEXT NOT NULL,
  price INTEGER NOT NULL,
  stock INTEGER NOT NULL,
  discontinued INTEGER NOT NULL DEFAULT 0,
  successor TEXT,
  added_at INTEGER NOT NULL,
  blurb TEXT NOT NULL,
  attributes TEXT NOT NULL DEFAULT '{}',
  tags TEXT NOT NULL DEFAULT '[]',
  position INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS products_by_category ON products (category, position);

CREATE TABLE IF NOT EXISTS customers (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT,
  phone TEXT,
  locale TEXT NOT NULL,
  zone TEXT NOT NULL,
  city TEXT NOT NULL,
  birthday TEXT,
  mail_consent INTEGER NOT NULL DEFAULT 0,
  mail_consent_at INTEGER,
  mail_consent_proof TEXT,
  registered_at INTEGER NOT NULL,
  logged_in_at INTEGER,
  note TEXT
);

CREATE TABLE IF NOT EXISTS customer_roles (customer TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (customer, role)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS customer_tags (customer TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (customer, tag)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS customer_attributes (
  customer TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (customer, name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS cart_lines (
  visitor TEXT NOT NULL, product TEXT NOT NULL, quantity INTEGER NOT NULL, added_at INTEGER NOT NULL,
  PRIMARY KEY (visitor, product)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS orders (
  id TEXT PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  customer TEXT NOT NULL,
  revision INTEGER NOT NULL,
  status TEXT NOT NULL,
  placed_at INTEGER NOT NULL,
  completed_at INTEGER,
  changed_at INTEGER NOT NULL,
  -- When the order moves on by itself, or null when it waits for a person.
  next_step_at INTEGER,
  paid INTEGER NOT NULL DEFAULT 0,
  shipping INTEGER NOT NULL,
  discount INTEGER NOT NULL DEFAULT 0,
  coupon TEXT,
  -- The predicted cart it was made from, and the key that makes a repeated request the same order.
  predicted_cart TEXT,
  idempotency_key TEXT UNIQUE
);
CREATE INDEX IF NOT EXISTS orders_by_customer ON orders (customer, placed_at);
CREATE INDEX IF NOT EXISTS orders_by_change ON orders (changed_at);
CREATE INDEX IF NOT EXISTS orders_by_placing ON orders (placed_at);
CREATE INDEX IF NOT EXISTS orders_by_step ON orders (next_step_at) WHERE next_step_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS order_lines (
  id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders (id),
  product TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  price INTEGER NOT NULL,
  status TEXT,
  position INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS order_lines_by_order ON order_lines (order_id, position);

CREATE TABLE IF NOT EXISTS order_log (order_id TEXT NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS order_log_by_order ON order_log (order_id, at);

CREATE TABLE IF NOT EXISTS wishlist (
  customer TEXT NOT NULL, product TEXT NOT NULL, added_at INTEGER NOT NULL, PRIMARY KEY (customer, product)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS coupons (
  code TEXT PRIMARY KEY,
  idempotency_key TEXT UNIQUE,
  offer TEXT NOT NULL,
  customer TEXT,
  percent INTEGER,
  fixed INTEGER,
  free_shipping INTEGER NOT NULL DEFAULT 0,
  gift TEXT,
  minimum INTEGER,
  expires_at INTEGER,
  used_by_order TEXT
);

CREATE TABLE IF NOT EXISTS reviews (
  id INTEGER PRIMARY KEY,
  product TEXT NOT NULL,
  customer TEXT NOT NULL,
  -- In which order it was bought, if it was.
  order_id TEXT,
  rating INTEGER NOT NULL,
  text TEXT NOT NULL,
  posted_at INTEGER NOT NULL,
  removed_at INTEGER
);
CREATE INDEX IF NOT EXISTS reviews_by_product ON reviews (product, posted_at);

CREATE TABLE IF NOT EXISTS operator_tasks (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  customer TEXT NOT NULL,
  store TEXT NOT NULL,
  title TEXT NOT NULL,
  -- The task as Comeback told it: cart, order, suggested additions.
  told TEXT NOT NULL,
  order_id TEXT,
  created_at INTEGER NOT NULL,
  due_at INTEGER,
  reminded_at INTEGER,
  status TEXT NOT NULL DEFAULT 'open',
  outcome TEXT,
  closed_at INTEGER
);
CREATE INDEX IF NOT EXISTS operator_tasks_by_status ON operator_tasks (status, created_at);

-- Customers who go on living as the clock moves, with what they buy and when it runs out.
CREATE TABLE IF NOT EXISTS neighbours (
  customer TEXT PRIMARY KEY, rhythms TEXT NOT NULL, next_at INTEGER NOT NULL, trips INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS neighbours_by_next ON neighbours (next_at);

-- Letters that a neighbour will answer, and calls that the clerk will make.
CREATE TABLE IF NOT EXISTS intentions (id TEXT PRIMARY KEY, at INTEGER NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS intentions_by_time ON intentions (at);

-- Written in the same transaction as the change it tells of; the event bridge reads it in order.
CREATE TABLE IF NOT EXISTS outbox_events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  type TEXT NOT NULL,
  at INTEGER NOT NULL,
  customer TEXT NOT NULL,
  store TEXT NOT NULL,
  data TEXT NOT NULL,
  delivered_at INTEGER
);
CREATE INDEX IF NOT EXISTS outbox_undelivered ON outbox_events (seq) WHERE delivered_at IS NULL;
`;
