import type { Db } from "./database.js";
import type { Outbox } from "./outbox.js";

export interface Customer {
  id: string;
  name: string;
  email: string | null;
  phone: string | null;
  locale: string;
  zone: string;
  city: string;
  birthday: string | null;
  mail_consent: boolean;
  mail_consent_at: number | null;
  mail_consent_proof: string | null;
  registered_at: number;
  logged_in_at: number | null;
  /** What staff wrote about this customer. */
  note: string | null;
}

type Row = Omit<Customer, "mail_consent"> & { mail_consent: number };

export interface Profile {
  name: string;
  email: string | null;
  phone: string | null;
  locale: string;
  zone: string;
  city: string;
  birthday: string | null;
}

export interface ConsentChange {
  granted: boolean;
  at: number;
  /** What the customer saw and did, kept as evidence. */
  proof: string;
}

export class Customers {
  readonly #db: Db;
  readonly #outbox: Outbox;
  readonly #byId;

  constructor(db: Db, outbox: Outbox) {
    this.#db = db;
    this.#outbox = outbox;
    this.#byId = db.prepare<[string], Row>("SELECT * FROM customers WHERE id = ?");
  }

  find(id: string): Customer | null {
    const row = this.#byId.get(id);
    return row ? fromRow(row) : null;
  }

  all(): Customer[] {
    return (this.#db.prepare("SELECT * FROM customers ORDER BY id").all() as Row[]).map(fromRow);
  }

  count(): number {
    return (this.#db.prepare("SELECT count(*) AS n FROM customers").get() as { n: number }).n;
  }

  insert(customer: Customer): void {
    this.#db
      .prepare(
        `INSERT INTO customers (id, name, email, phone, locale, zone, city, birthday, mail_consent, mail_consent_at,
           mail_consent_proof, registered_at, logged_in_at, note)
         VALUES (@id, @name, @email, @phone, @locale, @zone, @city, @birthday, @mail_consent, @mail_consent_at,
           @mail_consent_proof, @registered_at, @logged_in_at, @note)`,
      )
      .run({ ...customer, mail_consent: customer.mail_consent ? 1 : 0 });
  }

  register(profile: Profile, at: number): Customer {
    return this.#db.transaction(() => {
      const { n } = this.#db
        .prepare("SELECT coalesce(max(cast(substr(id, 2) AS INTEGER)), 0) + 1 AS n FROM customers")
        .get() as { n: number };
      const customer: Customer = {
        ...profile,
        id: `c${String(n).padStart(3, "0")}`,
        mail_consent: false,
        mail_consent_at: null,
        mail_consent_proof: null,
        registered_at: at,
        logged_in_at: at,
        note: null,
      };
      this.insert(customer);
      this.#outbox.record({ type: "customer.registered", at, customer: customer.id, data: profileFacts(customer) });
      return customer;
    })();
  }

  update(id: string, profile: Profile, at: number): void {
    this.#db.transaction(() => {
      this.#db
        .prepare(
          `UPDATE customers SET name = @name, email = @email, phone = @phone, locale = @locale, zone = @zone, city = @city,
             birthday = @birthday WHERE id = @id`,
        )
        .run({ ...profile, id });
      const customer = this.find(id);
      if (customer) this.#outbox.record({ type: "customer.updated", at, customer: id, data: profileFacts(customer) });
    })();
  }

  logIn(id: string, at: number): void {
    this.#db.transaction(() => {
      this.#db.prepare("UPDATE customers SET logged_in_at = ? WHERE id = ?").run(at, id);
      this.#outbox.record({ type: "customer.logged_in", at, customer: id, data: {} });
    })();
  }

  setMailConsent(id: string, change: ConsentChange): void {
    this.#db.transaction(() => {
      this.#db
        .prepare("UPDATE customers SET mail_consent = ?, mail_consent_at = ?, mail_consent_proof = ? WHERE id = ?")
        .run(change.granted ? 1 : 0, change.at, change.proof, id);
      this.#outbox.record({ type: "consent.changed", at: change.at, customer: id, data: consentFacts(change) });
    })();
  }

  roles(id: string): string[] {
    return this.#names("SELECT role AS name FROM customer_roles WHERE customer = ? ORDER BY role", id);
  }

  tags(id: string): string[] {
    return this.#names("SELECT tag AS name FROM customer_tags WHERE customer = ? ORDER BY tag", id);
  }

  attributes(id: string): { name: string; value: string }[] {
    return this.#db.prepare("SELECT name, value FROM customer_attributes WHERE customer = ? ORDER BY name").all(id) as {
      name: string;
      value: string;
    }[];
  }

  setRole(id: string, role: string, assigned: boolean): void {
    if (assigned) this.#db.prepare("INSERT OR IGNORE INTO customer_roles (customer, role) VALUES (?, ?)").run(id, role);
    else this.#db.prepare("DELETE FROM customer_roles WHERE customer = ? AND role = ?").run(id, role);
  }

  setTag(id: string, tag: string, assigned: boolean): void {
    if (assigned) this.#db.prepare("INSERT OR IGNORE INTO customer_tags (customer, tag) VALUES (?, ?)").run(id, tag);
    else this.#db.prepare("DELETE FROM customer_tags WHERE customer = ? AND tag = ?").run(id, tag);
  }

  setAttribute(id: string, name: string, value: string | null): void {
    if (value === null)
      this.#db.prepare("DELETE FROM customer_attributes WHERE customer = ? AND name = ?").run(id, name);
    else
      this.#db
        .prepare(
          "INSERT INTO customer_attributes (customer, name, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        )
        .run(id, name, value);
  }

  #names(sql: string, id: string): string[] {
    return (this.#db.prepare(sql).all(id) as { name: string }[]).map((row) => row.name);
  }
}

/** The profile as Comeback's `customer.*` events carry it. */
export function profileFacts(customer: Profile): Record<string, unknown> {
  return {
    name: customer.name,
    email: customer.email,
    phone: customer.phone,
    locale: customer.locale,
    zone: customer.zone,
    ...(customer.birthday ? { birthday: customer.birthday } : {}),
    attributes: { city: customer.city },
  };
}

/** Every topic: what the customer ticked speaks of letters in general. */
export function consentFacts(change: ConsentChange): Record<string, unknown> {
  return { channel: "email", topic: "*", state: change.granted ? "granted" : "denied", proof: change.proof };
}

function fromRow(row: Row): Customer {
  return { ...row, mail_consent: row.mail_consent === 1 };
}
