// What Comeback needs of your shop. Everything here is a stand-in to be replaced by calls to it:
// products and orders live in memory and are gone when the process ends.

/** @returns {import("comeback").Shop} */
export function myShop() {
  const products = [
    { id: "coffee", name: "Coffee beans, 1 kg", price: 1890, currency: "GBP", in_stock: true, categories: ["coffee"] },
    { id: "filters", name: "Filters, 100 pieces", price: 450, currency: "GBP", in_stock: true, categories: ["coffee"] },
  ];
  const orders = new Map();
  return {
    name: "my shop",
    products: () => products,

    // Stock and price now, for every line that is asked.
    quote: async ({ lines }) =>
      lines.map(({ product }) => {
        const known = products.find(({ id }) => id === product);
        return known
          ? { product, in_stock: known.in_stock, price: known.price, currency: known.currency }
          : { product, in_stock: false, discontinued: true, price: 0, currency: "GBP" };
      }),

    // The same key must give the same order, however often it is asked for.
    createOrder: async (request) => {
      const order = orders.get(request.key) ?? {
        ...request,
        order_id: `order-${orders.size + 1}`,
        status: "unconfirmed",
      };
      orders.set(request.key, order);
      return { order_id: order.order_id, number: order.order_id, status: order.status };
    },
    cancelOrder: async ({ order_id }) => {
      for (const order of orders.values()) if (order.order_id === order_id) order.status = "cancelled";
    },

    addToWishlist: async ({ customer, products }) => console.log(`wishlist of ${customer}: ${products.join(", ")}`),
    notifyOperator: async ({ task }) => console.log(`for the staff: ${task.title ?? task.reason}`),

    // Orders that changed since an instant, for what your events may have missed.
    ordersSince: async function* () {},
  };
}
