/** A week of the shop, the same at every start: who registers, what they bought, when Monday is. */
export interface Customer {
  id: string;
  history: object[];
}

export const sunday = Date.parse("2026-03-01T12:00:00Z");
export const monday = Date.parse("2026-03-02T09:30:00Z");

/** The customers of one round. Each has bought tea every week and agreed to letters. */
export function customersOf(round: number, count: number): Customer[] {
  return Array.from({ length: count }, (_, at) => {
    const id = `c${round}-${at}`;
    return { id, history: [registered(id), consent(id), ...[3, 2, 1].map((weeks) => order(id, weeks))] };
  });
}

export function confirmed(customer: string, cart: string): object {
  return event(customer, "confirm", "predicted_cart.confirmed", monday, { cart });
}

function registered(customer: string): object {
  return event(customer, "registered", "customer.registered", sunday, {
    name: "Test Customer",
    email: `${customer}@customers.example`,
    zone: "UTC",
  });
}

function consent(customer: string): object {
  return event(customer, "consent", "consent.changed", sunday, { channel: "email", state: "granted" });
}

function order(customer: string, weeks: number): object {
  const placed = monday - weeks * 7 * 86_400_000 - 86_400_000;
  const id = `${customer}-o${weeks}`;
  const lines = [{ id: "1", product: "tea", quantity: 1, price: 450 }];
  const placed_at = new Date(placed).toISOString();
  const whole = { id, revision: 1, status: "completed", placed_at, currency: "EUR", total: 450, lines };
  return event(customer, id, "order.placed", placed, { order: whole });
}

function event(customer: string, id: string, type: string, at: number, data: object): object {
  return { id: `${customer}/${id}`, source: "shop", type, at: new Date(at).toISOString(), customer, data };
}
