import type { CartView, Comeback } from "comeback";
import { SHOP_ZONE } from "../clock/shop-clock.js";
import { addDays, dateIn, instantAt, wallTime } from "../clock/wall-time.js";
import type { Letter, MailStore } from "../mailbox/mail-store.js";
import type { Grocer } from "../shop/grocer.js";
import { Chance } from "../stock/chance.js";
import { comesBackWhenReminded, paysWhenReminded } from "./at-the-till.js";
import { intend, type Intention } from "./intentions.js";
import type { Neighbours } from "./neighbours.js";

const HOUR_MS = 3_600_000;

/** Nobody answers sooner, so that a visitor who comes for the first letter finds the shop still quiet. */
const ANSWER_HOURS_MIN = 6;
const ANSWER_HOURS_MEDIAN = 5;
const LETTERS_AT_ONCE = 200;
const LOOKS_MAX = 200;

type Answer = "confirm" | "postpone" | "look";

/**
 * Neighbours read their letters: some confirm, some put it off, some only look, most do nothing.
 * They do it as anybody would, by the link in the letter and the buttons on its page. The calls that
 * follow are made by a clerk, so that only the visitor's own are left to the visitor.
 */
export class Post {
  readonly #grocer: Grocer;
  readonly #mailbox: MailStore;
  readonly #comeback: Pick<Comeback, "fetch" | "ask">;
  readonly #neighbours: Neighbours;
  readonly #publicUrl: string;

  constructor(parts: {
    grocer: Grocer;
    mailbox: MailStore;
    comeback: Pick<Comeback, "fetch" | "ask">;
    neighbours: Neighbours;
    publicUrl: string;
  }) {
    this.#grocer = parts.grocer;
    this.#mailbox = parts.mailbox;
    this.#comeback = parts.comeback;
    this.#neighbours = parts.neighbours;
    this.#publicUrl = parts.publicUrl;
  }

  nextAt(): number | null {
    return (this.#grocer.db.prepare("SELECT min(at) AS at FROM intentions").get() as { at: number | null }).at;
  }

  async run(): Promise<boolean> {
    this.#readNewLetters();
    this.#noteNewCalls();
    const now = this.#grocer.clock.now();
    const due = this.#grocer.db
      .prepare("SELECT * FROM intentions WHERE at <= ? ORDER BY at, id LIMIT 20")
      .all(now) as Intention[];
    for (const intention of due) {
      // Forgotten first: an answer that fails is not given again and again.
      this.#grocer.db.prepare("DELETE FROM intentions WHERE id = ?").run(intention.id);
      await this.#do(intention);
    }
    return due.length > 0;
  }

  async #do({ what, about }: Intention): Promise<void> {
    switch (what) {
      case "call":
        return this.#call(about);
      case "pay":
        return this.#grocer.orders.pay(about, this.#grocer.clock.now());
      case "return":
        return this.#neighbours.comeBack(about);
      case "confirm":
      case "postpone":
      case "look":
        return this.#answer(Number(about), what);
    }
  }

  #readNewLetters(): void {
    const seen = Number(this.#grocer.settings.read("letters_seen") ?? 0);
    const letters = this.#mailbox.after(seen, LETTERS_AT_ONCE);
    for (const letter of letters) {
      this.#thinkOfBasketAndBill(letter);
      const chance = new Chance(`letter to ${letter.recipient}, ${letter.received_at}`);
      const answer = this.#isNeighbour(letter.recipient) ? mood(chance) : null;
      const hours = ANSWER_HOURS_MIN + chance.logNormal(ANSWER_HOURS_MEDIAN, 0.8);
      if (answer)
        this.#intend({
          id: `letter ${letter.id}`,
          at: Math.round(letter.received_at + hours * HOUR_MS),
          what: answer,
          about: String(letter.id),
        });
    }
    const last = letters.at(-1);
    if (last) this.#grocer.settings.write("letters_seen", String(last.id));
  }

  /** What a letter reminds of, whichever it is: an unpaid order, a basket that was left. */
  #thinkOfBasketAndBill({ recipient, received_at, subject }: Letter): void {
    const customer = this.#customerAt(recipient);
    if (customer === null || !this.#neighbours.has(customer)) return;
    const chance = new Chance(`reminded ${recipient}, ${received_at}`);
    const order = this.#unpaid(customer, /BL-\d+/.exec(subject)?.[0]);
    const pays = order ? paysWhenReminded(chance, received_at) : null;
    if (order && pays !== null)
      this.#intend({ id: `reminded ${order} ${received_at}`, at: pays, what: "pay", about: order });
    const left = this.#grocer.carts.count(customer) > 0;
    const returns = left ? comesBackWhenReminded(chance, received_at) : null;
    if (returns !== null)
      this.#intend({ id: `reminded ${customer} ${received_at}`, at: returns, what: "return", about: customer });
  }

  #unpaid(customer: string, number: string | undefined): string | null {
    const order = this.#grocer.orders.of(customer, 10).find((one) => one.number === number);
    return order && !order.paid && order.status === "confirmed" ? order.id : null;
  }

  #noteNewCalls(): void {
    for (const task of this.#grocer.tasks.open()) {
      if (!this.#neighbours.has(task.customer)) continue;
      this.#intend({ id: `call ${task.id}`, at: clerkAt(task.created_at), what: "call", about: task.id });
    }
  }

  #intend(intention: Intention): void {
    intend(this.#grocer.db, intention);
  }

  #isNeighbour(address: string): boolean {
    const customer = this.#customerAt(address);
    return customer !== null && this.#neighbours.has(customer);
  }

  async #answer(mailId: number, answer: Answer): Promise<void> {
    const mail = this.#mailbox.find(mailId);
    const link = /href="([^"]*\/comeback\/c\/[^"]+)"/.exec(mail?.html ?? "")?.[1]?.replaceAll("&amp;", "&");
    if (!mail || !link?.startsWith(this.#publicUrl)) return;
    this.#mailbox.markOpened(mailId, this.#grocer.clock.now());
    const page = await (await this.#comeback.fetch(new Request(link))).text();
    const once = /name="once" value="([^"]+)"/.exec(page)?.[1];
    if (!once) return;
    // What a browser reports once a person has had the page before them.
    await this.#comeback.fetch(form(link.replace(/\?.*$/, "") + "/seen", { once }));
    if (answer === "look" || !page.includes(`value="${answer}"`)) return;
    await this.#press(mail.recipient, form(link, { once, do: answer }));
    if (answer === "confirm") await this.#supplied(mail.recipient);
  }

  /** The page that follows waits for the order, and the order waits for us: so we do not wait for the page. */
  async #press(address: string, request: Request): Promise<void> {
    const customer = this.#customerAt(address) ?? "";
    this.#comeback.fetch(request).catch(() => undefined);
    for (let look = 0; look < LOOKS_MAX; look++) {
      const cart = await this.#comeback.ask<CartView | null>(customer, { ask: "cart" });
      if (cart?.status !== "ready") return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #customerAt(address: string): string | null {
    const row = this.#grocer.db.prepare("SELECT id FROM customers WHERE email = ?").get(address) as
      { id: string } | undefined;
    return row?.id ?? null;
  }

  async #supplied(address: string): Promise<void> {
    const customer = this.#customerAt(address);
    const cart = customer ? await this.#comeback.ask<CartView | null>(customer, { ask: "cart" }) : null;
    if (!customer || !cart) return;
    this.#neighbours.supplied(
      customer,
      new Set(cart.lines.filter((line) => !line.removed).map((line) => line.product)),
    );
  }

  /** Four of five answer the telephone, and one in four of those adds what was suggested first. */
  #call(taskId: string): void {
    const { db, tasks, orders, products, clock } = this.#grocer;
    const task = tasks.find(taskId);
    if (!task || task.status !== "open") return;
    const chance = new Chance(`call ${taskId}`);
    const reached = chance.happens(0.8);
    const suggestion = products.find(task.told.additions[0]?.product ?? "");
    const added =
      reached && task.order_id && suggestion && suggestion.stock > 0 && chance.happens(0.25)
        ? [{ product: suggestion.id, quantity: 1, price: suggestion.price }]
        : [];
    const at = clock.now();
    db.transaction(() => {
      if (reached && task.order_id) {
        orders.addLines(task.order_id, added, at);
        orders.confirm(task.order_id, at);
      } else if (task.order_id) orders.cancel(task.order_id, at, "nobody could be reached");
      tasks.finish(taskId, { outcome: reached ? "reached" : "not_reached", added, at });
    })();
  }
}

/** An hour later, and not before nine nor after five. */
function clerkAt(asked: number): number {
  const at = asked + HOUR_MS;
  const { hour, minute } = wallTime(at, SHOP_ZONE);
  const today = dateIn(SHOP_ZONE, at);
  if (hour < 9) return instantAt(SHOP_ZONE, today, 9, minute);
  return hour < 17 ? at : instantAt(SHOP_ZONE, addDays(today, 1), 9, minute);
}

function mood(chance: Chance): Answer | null {
  const roll = chance.next();
  if (roll < 0.3) return "confirm";
  if (roll < 0.38) return "postpone";
  return roll < 0.5 ? "look" : null;
}

function form(url: string, fields: Record<string, string>): Request {
  return new Request(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { origin: new URL(url).origin },
  });
}
