import type { CartLine } from "../shop/carts.js";
import type { Customer } from "../shop/customers.js";
import type { Grocer } from "../shop/grocer.js";
import { shippingQuote } from "../shop/shipping.js";
import { Chance } from "../stock/chance.js";

const HOUR_MS = 3_600_000;

/** What becomes of a full basket. */
export type TillAnswer = "buys" | "pays later" | "leaves";

/** Most buy, some put the payment off, and some leave their basket where it is. */
export function atTheTill(chance: Chance): TillAnswer {
  const roll = chance.next();
  if (roll < 0.13) return "leaves";
  return roll < 0.27 ? "pays later" : "buys";
}

/** When somebody who put it off pays by themselves; null when they would have to be reminded. */
export function paysAt(chance: Chance, placedAt: number): number | null {
  if (!chance.happens(0.45)) return null;
  return placedAt + Math.round(chance.logNormal(chance.happens(0.6) ? 1.5 : 40, 0.6) * HOUR_MS);
}

/** A quarter come back for their basket without being asked to. */
export function comesBackAt(chance: Chance, leftAt: number): number | null {
  return chance.happens(0.25) ? leftAt + Math.round(chance.logNormal(9, 1) * HOUR_MS) : null;
}

/** A letter about it brings back one in five of the others. */
export function comesBackWhenReminded(chance: Chance, remindedAt: number): number | null {
  return chance.happens(0.2) ? remindedAt + Math.round(chance.logNormal(4, 0.7) * HOUR_MS) : null;
}

/** After a reminder more than half do, within a day. */
export function paysWhenReminded(chance: Chance, remindedAt: number): number | null {
  return chance.happens(0.6) ? remindedAt + Math.round(chance.logNormal(5, 0.7) * HOUR_MS) : null;
}

/**
 * Fills the basket and goes as far as it goes: some never see the checkout, some leave at what delivery
 * costs, some because a card or a code was not taken, and some say why when asked.
 */
export function leaveBasket(grocer: Grocer, person: Customer, basket: CartLine[], at: number, chance: Chance): void {
  const { carts, outbox } = grocer;
  for (const { product, quantity } of basket) carts.add(person.id, product, quantity, at);
  const goods = basket.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);
  const quote = shippingQuote(basket, person.zone);
  const tell = (type: string, more: Record<string, unknown>) =>
    outbox.record({
      type,
      at,
      customer: person.id,
      data: { total: goods, currency: "GBP", shipping: quote.price, delivery_days: quote.days_max, ...more },
    });
  if (chance.happens(0.35)) return;
  tell("checkout.started", {});
  if (chance.happens(0.25)) return;
  tell("checkout.step_reached", { step: "payment" });
  const error = chance.happens(0.3) ? (chance.happens(0.6) ? "payment" : "coupon_refused") : null;
  if (error) tell("checkout.failed", { step: "payment", error });
  if (!chance.happens(0.35)) return;
  const why =
    error === "payment"
      ? "payment"
      : quote.price > 500
        ? "delivery cost"
        : chance.pick(["price", "just looking", "delivery time"]);
  outbox.record({
    type: "form.answered",
    at,
    customer: person.id,
    data: { form: "why_left", answers: { why_left: why } },
  });
}
