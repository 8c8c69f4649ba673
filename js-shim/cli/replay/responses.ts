import type { Effect, EventEnvelope, Product } from "../../core/types.js";
import { hostSource } from "../../runtime/receipts.js";

/** What a stand-in for the outside world answers to an effect; `null` for no answer at all. */
export type ResponsePolicy = (effect: Effect, now: number) => EventEnvelope | null;

/** Policies by name, with the sentence that `--help` prints. */
export const responsePolicies = {
  agreeable: "every message is sent, everything is in stock at the catalogue's price, every order is made",
  silent: "nothing answers; only receipts among the events are heard",
} as const;

export type PolicyName = keyof typeof responsePolicies;

export function responses(name: PolicyName, products: readonly Product[]): ResponsePolicy {
  if (name === "silent") return () => null;
  const byId = new Map(products.map((product) => [product.id, product]));
  return (effect, now) =>
    effect.kind === "message.send"
      ? receipt(effect, now, "message.sent", {})
      : receipt(effect, now, "effect.completed", { kind: effect.kind, result: result(effect, byId) });
}

function result(effect: Effect, products: ReadonlyMap<string, Product>): unknown {
  switch (effect.kind) {
    case "cart.quote":
      return { quotes: effect.lines.map(({ product }) => quote(product, products.get(product))) };
    case "order.create":
      // Made of the effect's id, so that a replay of a replay names the same order.
      return { order_id: `replay-${effect.id.slice(0, 12)}`, number: effect.id.slice(0, 6), status: "unconfirmed" };
    case "offer.issue":
      return { code: effect.code };
    default:
      return null;
  }
}

function quote(product: string, known: Product | undefined) {
  return { product, in_stock: true, price: known?.price ?? 0, currency: known?.currency ?? "EUR" };
}

function receipt(effect: Effect, now: number, type: string, detail: object): EventEnvelope {
  const { id, customer, store } = effect;
  const data = { effect: id, ...detail };
  return { id: `${id}:${type}`, source: hostSource, type, at: new Date(now).toISOString(), customer, store, data };
}
