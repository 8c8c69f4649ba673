import type { Product, Quote, Shop } from "comeback";
import type { Grocer } from "../shop/grocer.js";
import type { ShopProduct } from "../shop/products.js";
import { shippingQuote } from "../shop/shipping.js";

/** This shop as Comeback sees it. Every act carries a key, so that doing it twice is doing it once. */
export function demoShop(grocer: Grocer, publicUrl: string): Shop {
  const { products, orders, wishlist, tasks, customers, coupons, clock } = grocer;
  return {
    name: "demo shop",

    products: () => products.all().map((product) => described(product, publicUrl)),

    quote: async ({ lines }) => lines.map(({ product, quantity }) => quoted(product, products.find(product), quantity)),

    createOrder: async (request) => {
      const customer = customers.find(request.customer);
      const shelf = request.lines.flatMap((line) => {
        const product = products.find(line.product);
        return product ? [{ product, quantity: line.quantity }] : [];
      });
      const order = orders.createUnconfirmed({
        key: request.key,
        cart: request.cart,
        customer: request.customer,
        lines: request.lines,
        shipping: shippingQuote(shelf, customer?.zone ?? "Europe/London").price,
        at: clock.now(),
      });
      return { order_id: order.id, number: order.number, status: order.status };
    },

    cancelOrder: async ({ order_id, reason }) => orders.cancel(order_id, clock.now(), reason),

    addToWishlist: async ({ customer, products: wished }) => wishlist.add(customer, wished, clock.now()),

    notifyOperator: async ({ task }) => {
      if (task.kind === "operator.task") tasks.add(task, clock.now());
      else tasks.cancel(task.task, task.reason, clock.now());
    },

    async *ordersSince(since) {
      for (const order of orders.changedSince(since)) {
        yield { customer: order.customer, store: "main", order: orders.facts(order) };
      }
    },

    assignRole: async ({ customer, role, assigned }) => customers.setRole(customer, role, assigned),
    assignTag: async ({ customer, tag, assigned }) => customers.setTag(customer, tag, assigned),
    setAttribute: async ({ customer, name, value }) => customers.setAttribute(customer, name, value),

    issueOffer: async ({ key, customer, offer }) => {
      const { discount } = offer;
      const code = coupons.issue({
        code: offer.code,
        idempotency_key: key,
        offer: offer.offer,
        customer,
        percent: "percent" in discount ? discount.percent : null,
        fixed: "fixed" in discount ? discount.fixed : null,
        free_shipping: "free_shipping" in discount,
        gift: "gift" in discount ? discount.gift : null,
        minimum: offer.minimum,
        expires_at: offer.expires_at,
      });
      return { code };
    },
  };
}

function described(product: ShopProduct, publicUrl: string): Product {
  return {
    id: product.id,
    name: product.name,
    names: { ru: product.name_ru },
    categories: [product.category, ...(product.subcategory ? [product.subcategory] : [])],
    manufacturer: product.manufacturer,
    type: product.type,
    ...(product.variant_group ? { variant_group: product.variant_group } : {}),
    units: product.units,
    price: product.price,
    currency: "GBP",
    in_stock: product.stock > 0 && !product.discontinued,
    ...(product.discontinued ? { discontinued: true } : {}),
    ...(product.successor ? { successor: product.successor } : {}),
    added_at: new Date(product.added_at).toISOString(),
    attributes: product.attributes,
    tags: product.tags,
    url: `${publicUrl}/products/${product.id}`,
    image: `${publicUrl}/pictures/${product.id}.svg`,
  };
}

function quoted(id: string, product: ShopProduct | null, quantity: number): Quote {
  if (!product) return { product: id, in_stock: false, discontinued: true, price: 0, currency: "GBP" };
  return {
    product: id,
    in_stock: product.stock >= quantity && !product.discontinued,
    ...(product.discontinued ? { discontinued: true } : {}),
    ...(product.successor ? { successor: product.successor } : {}),
    price: product.price,
    currency: "GBP",
  };
}
