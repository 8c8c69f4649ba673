import type { OrderFacts } from "../core/types.js";
import type { Span, Store } from "../stores/store.js";
import { heard, type Heard } from "./heard.js";

export interface LostCartsQuery extends Span {
  /** A basket that nothing happened to for so long is lost; two days when absent. */
  lostAfterMs?: number;
  /** Until then it may still come back; what is bought later is another basket. Two weeks when absent. */
  forgottenAfterMs?: number;
  /** Delivery that costs at least this share of the goods counts as dear; a fifth when absent. */
  dearShare?: number;
  /** Delivery in at least so many days counts as slow; five when absent. */
  slowDays?: number;
  /** The attribute in which a form keeps what customers say; `why_left` when absent. */
  askedAs?: string;
}

export interface LostCarts {
  /** Baskets that were begun in the span, by what became of them. */
  carts: { bought: number; recovered: number; emptied: number; open: number; lost: number };
  /** The lost ones, the most valuable rows first. */
  lost: LostCartsRow[];
}

export interface LostCartsRow {
  /** How far they came: `cart`, or the last checkout step that was reached. */
  step: string;
  /** Shipping as quoted last, minor units; `null` when none was. */
  shipping: number | null;
  /** What was seen to go wrong: an error of the checkout, `delivery_time`, `delivery_cost`, or nothing. */
  observed: string | null;
  /** What the customer answered when asked. */
  asked: string | null;
  currency: string;
  carts: number;
  /** Goods in them, minor units. */
  value: number;
}

interface Basket {
  touchedAt: number;
  total: number;
  currency: string;
  step: string;
  shipping: number | null;
  deliveryDays: number | null;
  error: string | null;
  asked: string | null;
}

const TYPES = [
  "cart.updated",
  "cart.item_added",
  "checkout.started",
  "checkout.step_reached",
  "checkout.failed",
  "form.answered",
  "order.placed",
] as const;

const DAY_MS = 86_400_000;

/**
 * Baskets that were begun and not bought: how far they came, what delivery would have cost, what was
 * seen to go wrong and what the customer said when asked, with the goods that were in them.
 *
 * A basket that is bought after it was as good as lost counts as recovered.
 */
export async function lostCarts(store: Store, query: LostCartsQuery): Promise<LostCarts> {
  const { lostAfterMs = 2 * DAY_MS, forgottenAfterMs = 14 * DAY_MS } = query;
  const report: LostCarts = { carts: { bought: 0, recovered: 0, emptied: 0, open: 0, lost: 0 }, lost: [] };
  const rows = new Map<string, LostCartsRow>();
  const baskets = new Map<string, Basket>();
  const lose = (basket: Basket): void => {
    report.carts.lost += 1;
    addRow(rows, basket, query);
  };
  for await (const one of heard(store, { from: query.from, until: query.until }, TYPES)) {
    let basket = baskets.get(one.customer);
    if (basket && one.at - basket.touchedAt >= forgottenAfterMs) {
      lose(basket);
      baskets.delete(one.customer);
      basket = undefined;
    }
    const { type, data } = one.event;
    if (type === "form.answered") {
      if (basket) basket.asked = answer(one, query.askedAs ?? "why_left") ?? basket.asked;
    } else if (type === "order.placed" || isEmptied(one)) {
      const wasLost = basket !== undefined && one.at - basket.touchedAt >= lostAfterMs;
      if (basket && type === "cart.updated") report.carts.emptied += 1;
      // A predicted cart is none of the shop's baskets.
      else if (basket && !(data["order"] as OrderFacts | undefined)?.cart)
        report.carts[wasLost ? "recovered" : "bought"] += 1;
      baskets.delete(one.customer);
    } else baskets.set(one.customer, touched(basket, one));
  }
  for (const basket of baskets.values()) {
    if (query.until - basket.touchedAt >= lostAfterMs) lose(basket);
    else report.carts.open += 1;
  }
  report.lost = [...rows.values()].sort((a, b) => b.value - a.value || b.carts - a.carts);
  return report;
}

function isEmptied({ event }: Heard): boolean {
  const { lines } = event.data as { lines?: unknown[] };
  return event.type === "cart.updated" && Array.isArray(lines) && lines.length === 0;
}

function touched(before: Basket | undefined, { at, event }: Heard): Basket {
  const data = event.data as {
    total?: number;
    price?: number;
    quantity?: number;
    currency?: string;
    step?: string;
    shipping?: number;
    delivery_days?: number;
    error?: string;
  };
  const basket: Basket = before ?? {
    touchedAt: at,
    total: 0,
    currency: "",
    step: "cart",
    shipping: null,
    deliveryDays: null,
    error: null,
    asked: null,
  };
  const isCheckout = event.type.startsWith("checkout.");
  const added = event.type === "cart.item_added" ? (data.price ?? 0) * (data.quantity ?? 1) : 0;
  return {
    ...basket,
    touchedAt: Math.max(basket.touchedAt, at),
    total: data.total ?? basket.total + added,
    currency: data.currency ?? basket.currency,
    step: isCheckout ? (data.step ?? "checkout") : basket.step,
    shipping: data.shipping ?? basket.shipping,
    deliveryDays: data.delivery_days ?? basket.deliveryDays,
    error: event.type === "checkout.failed" ? (data.error ?? "failed") : basket.error,
  };
}

function answer({ event }: Heard, name: string): string | null {
  const said = (event.data["answers"] as Record<string, unknown> | undefined)?.[name];
  return typeof said === "string" ? said : null;
}

function addRow(rows: Map<string, LostCartsRow>, basket: Basket, query: LostCartsQuery): void {
  const { step, shipping, asked, currency } = basket;
  const observed = observedReason(basket, query);
  const name = JSON.stringify([step, shipping, observed, asked, currency]);
  const row = rows.get(name) ?? { step, shipping, observed, asked, currency, carts: 0, value: 0 };
  rows.set(name, { ...row, carts: row.carts + 1, value: row.value + basket.total });
}

/** One reason for each basket, the plainest first. */
function observedReason(basket: Basket, { dearShare = 0.2, slowDays = 5 }: LostCartsQuery): string | null {
  if (basket.error !== null) return basket.error;
  if (basket.deliveryDays !== null && basket.deliveryDays >= slowDays) return "delivery_time";
  const isDear = basket.shipping !== null && basket.shipping > 0 && basket.shipping >= basket.total * dearShare;
  return isDear ? "delivery_cost" : null;
}
