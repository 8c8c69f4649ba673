import type { OrderFacts, OperatorCancel, OperatorTask, Product } from "../core/types.js";
import type { CreateOrderRequest, Shop } from "../shops/shop.js";

/** A shop in memory that keeps what it was asked. Change its fields to make it out of stock or down. */
export interface FakeShop extends Shop {
  catalogue: Product[];
  orders: Map<string, CreateOrderRequest & { order_id: string; status: string }>;
  wishlists: { customer: string; products: string[] }[];
  tasks: Map<string, OperatorTask | OperatorCancel>;
  /** Every call in order, by method name. */
  calls: string[];
  /** When set, every call fails with it. */
  failure: Error | null;
}

export function fakeShop(catalogue: Product[]): FakeShop {
  const called = (method: string): void => {
    shop.calls.push(method);
    if (shop.failure) throw shop.failure;
  };
  const shop: FakeShop = {
    name: "fake",
    catalogue,
    orders: new Map(),
    wishlists: [],
    tasks: new Map(),
    calls: [],
    failure: null,
    products: () => shop.catalogue,
    async quote({ lines }) {
      called("quote");
      return lines.map(({ product }) =>
        quote(
          shop.catalogue.find(({ id }) => id === product),
          product,
        ),
      );
    },
    async createOrder(request) {
      called("createOrder");
      const number = shop.orders.size + 1;
      const order = shop.orders.get(request.key) ?? { ...request, order_id: `order-${number}`, status: "unconfirmed" };
      shop.orders.set(request.key, order);
      return { order_id: order.order_id, number: order.order_id.replace("order-", "N"), status: order.status };
    },
    async cancelOrder({ order_id }) {
      called("cancelOrder");
      for (const order of shop.orders.values()) if (order.order_id === order_id) order.status = "cancelled";
    },
    async addToWishlist({ customer, products }) {
      called("addToWishlist");
      shop.wishlists.push({ customer, products });
    },
    async notifyOperator({ key, task }) {
      called("notifyOperator");
      shop.tasks.set(key, task);
    },
    async *ordersSince(): AsyncIterable<{ customer: string; store: string; order: OrderFacts }> {},
  };
  return shop;
}

function quote(product: Product | undefined, id: string) {
  if (!product) return { product: id, in_stock: false, discontinued: true, price: 0, currency: "EUR" };
  const { in_stock, discontinued, successor, price, currency } = product;
  return {
    product: id,
    in_stock,
    price,
    currency,
    ...(discontinued !== undefined ? { discontinued } : {}),
    ...(successor !== undefined ? { successor } : {}),
  };
}
