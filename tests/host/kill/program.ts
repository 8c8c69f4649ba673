import type { Product } from "comeback";

/** One product that lasts a week, a letter on registering, and the predicted cart with its letter. */
export const program = {
  comeback: 1,
  shop: { name: "Leaf", zone: "UTC", currency: "EUR", locale: "en" },
  policy: { quiet_hours: null, slot: "0m" },
  replenish: { method: { fixed: { days_per_unit: 7 } }, topic: "replenishment", prepare_ahead: "1h" },
  journeys: [
    {
      id: "welcome",
      trigger: { event: "customer.registered" },
      steps: [{ send: { template: "welcome", class: "transactional" } }],
    },
    {
      id: "cart",
      trigger: { event: "predicted_cart.prepared" },
      steps: [{ send: { template: "predicted-cart", topic: "replenishment" } }],
    },
  ],
};

export const products: Product[] = [
  { id: "tea", name: "Tea", price: 450, currency: "EUR", in_stock: true, categories: ["drinks"] },
];
