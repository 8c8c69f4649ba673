// The events of a shop as flat objects of 21 fields, all of one shape.
import { random, zipf } from "./random.mjs";

export const shop = { products: 5_000, categories: 200, manufacturers: 80 };
export const countries = ["de", "fr", "pl", "cz", "at", "nl", "be", "it", "es", "se", "dk", "fi"];
export const roles = ["guest", "registered", "wholesale", "vip", "staff"];
export const devices = ["phone", "desktop", "tablet"];
export const campaigns = ["none", "spring", "sale", "newsletter", "retarget", "brand"];
export const sites = [
  "google.example",
  "bing.example",
  "news.example",
  "forum.example",
  "video.example",
  "mail.example",
];
export const words = (
  "kayak paddle vest tent stove lamp rope boot glove helmet wheel chain brake saddle frame pump light " +
  "bread flour sugar coffee tea cocoa honey jam oil vinegar salt pepper rice pasta bean lentil oat corn"
).split(" ");

/** One type of event and its share. */
const types = [
  ["product.viewed", 0.6],
  ["page.visited", 0.2],
  ["cart.item_added", 0.12],
  ["order.placed", 0.05],
  ["customer.registered", 0.03],
];

const productRank = zipf(shop.products, 0.9);
export const drawProduct = (draw) => productRank(draw);
// Neighbouring ranks are of different categories and makers.
export const categoryOf = (product) => `c${(product * 7) % shop.categories}`;
export const manufacturerOf = (product) => `m${(product * 13) % shop.manufacturers}`;

export function makeEvents(count, seed) {
  const draw = random(seed);
  return Array.from({ length: count }, (_, number) => makeEvent(draw, number));
}

function makeEvent(draw, number) {
  const type = drawType(draw);
  const product = type === "page.visited" || type === "customer.registered" ? null : drawProduct(draw);
  const visit = type === "page.visited";
  return {
    type,
    customer: `u${draw.below(20_000)}`,
    store: draw.chance(0.8) ? "main" : "outlet",
    product: product === null ? null : `p${product}`,
    category: product === null ? null : categoryOf(product),
    manufacturer: product === null ? null : manufacturerOf(product),
    price: product === null ? null : 100 + ((product * 37) % 20_000),
    quantity: product === null ? null : draw.between(1, 5),
    url: visit ? drawUrl(draw) : null,
    referrer: visit ? `https://${draw.pick(sites)}/${draw.pick(words)}` : null,
    role: draw.pick(roles),
    country: draw.pick(countries),
    device: draw.pick(devices),
    campaign: draw.pick(campaigns),
    hour: draw.below(24),
    weekday: draw.below(7),
    cart_total: draw.below(50_000),
    cart_items: draw.below(20),
    orders: Math.floor(40 * draw.next() ** 3),
    days_since_order: draw.below(400),
    session: number,
  };
}

function drawType(draw) {
  let left = draw.next();
  for (const [type, share] of types) {
    left -= share;
    if (left < 0) return type;
  }
  return types[0][0];
}

/** Like `https://shop.example/tent/lamp-rope-1234?page=2`. */
function drawUrl(draw) {
  const [section, first, second] = [draw.pick(words), draw.pick(words), draw.pick(words)];
  const page = draw.chance(0.3) ? `?page=${draw.between(2, 9)}` : "";
  return `https://shop.example/${section}/${first}-${second}-${draw.below(3_000)}${page}`;
}
