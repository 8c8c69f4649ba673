/** The life of an order: unconfirmed → confirmed → paid → shipped → completed, or cancelled. */
export type OrderStatus = "unconfirmed" | "confirmed" | "paid" | "shipped" | "completed" | "cancelled";

export const ORDER_STATUSES: readonly OrderStatus[] = [
  "unconfirmed",
  "confirmed",
  "paid",
  "shipped",
  "completed",
  "cancelled",
];

const DAY_MS = 86_400_000;

interface Step {
  status: OrderStatus;
  after_ms: number;
  note: string;
}

/**
 * What happens without anybody doing anything. Unconfirmed orders wait for a call and confirmed
 * ones for money, so they have no next step of their own.
 */
export function nextStep(status: OrderStatus): Step | null {
  switch (status) {
    case "paid":
      return { status: "shipped", after_ms: DAY_MS, note: "Packed and handed to the carrier" };
    case "shipped":
      return { status: "completed", after_ms: DAY_MS, note: "Delivered" };
    case "unconfirmed":
    case "confirmed":
    case "completed":
    case "cancelled":
      return null;
  }
}

/** Where staff may move an order from here. */
export function stepsByHand(status: OrderStatus): OrderStatus[] {
  switch (status) {
    case "unconfirmed":
      return ["confirmed", "cancelled"];
    case "confirmed":
      return ["paid", "cancelled"];
    case "paid":
      return ["shipped", "cancelled"];
    case "shipped":
      return ["completed", "cancelled"];
    case "completed":
    case "cancelled":
      return [];
  }
}
