import type { ShopProduct } from "./products.js";

/** What it costs to bring a basket, and how long it takes. */
export interface ShippingQuote {
  price: number;
  days_min: number;
  days_max: number;
  carrier: string;
}

const FREE_FROM = 3500;

/** A boat needs a van, whatever else is in the basket. */
export function shippingQuote(lines: { product: ShopProduct; quantity: number }[], zone: string): ShippingQuote {
  const home = zone === "Europe/London";
  if (lines.some(({ product }) => product.attributes.bulky === "yes")) {
    return {
      price: home ? 2495 : 7900,
      days_min: home ? 3 : 8,
      days_max: home ? 5 : 14,
      carrier: "Two people and a van",
    };
  }
  const goods = lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);
  if (home) return { price: goods >= FREE_FROM ? 0 : 395, days_min: 1, days_max: 2, carrier: "Parcel post" };
  return { price: goods >= 2 * FREE_FROM ? 0 : 895, days_min: 3, days_max: 6, carrier: "Tracked parcel" };
}
