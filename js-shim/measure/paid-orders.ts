import type { MessageSend } from "../core/types.js";
import type { Span } from "../stores/store.js";
import { ordersOf, type KnownOrder } from "./heard.js";
import { heldOut } from "./held-out.js";
import type { Asked } from "./reasons.js";
import { shareDifference, type Interval, type Share } from "./statistics.js";
import { firstDayOf, type WeekStart } from "./weeks.js";
import type { Store } from "../stores/store.js";

export interface PaidOrdersQuery extends Span, WeekStart {
  /** The journey that reminds; `unpaid-order` when absent. */
  journey?: string;
  /** An order counts as paid when it is within so long of being placed; 14 days when absent. */
  paidWithinMs?: number;
}

export interface PaidOrders {
  weeks: PaidOrdersWeek[];
  /** Over all weeks, of the orders that came unpaid: paid with reminders minus paid without, as a share. */
  lift: Interval | null;
}

export interface PaidOrdersWeek {
  /** The week's first day, `YYYY-MM-DD`. */
  week: string;
  /** All orders placed in it but the cancelled ones. */
  placed: number;
  paid: number;
  /** Came unpaid, and a reminder left. */
  reminded: Share;
  /** Came unpaid, and the customer is one of those who are never reminded. */
  heldOut: Share;
  /** Came unpaid, and needed no reminder or could get none. */
  unreminded: Share;
}

const DAY_MS = 86_400_000;

/**
 * The share of placed orders that get paid, week by week, with and without reminders.
 *
 * Only reminded and held out customers may be compared: who paid at once is in neither. Orders from
 * predicted carts are left out, as they are paid for on the phone. Orders so young that their time to
 * be paid is not over yet are left out as well.
 */
export async function paidOrders(
  { store, ask }: Asked & { store: Store },
  query: PaidOrdersQuery,
): Promise<PaidOrders> {
  const { journey = "unpaid-order", paidWithinMs = 14 * DAY_MS } = query;
  const reminded = await remindedOrders(store, query.from, journey);
  const orders = await ordersOf(store, { from: query.from, until: query.until - paidWithinMs });
  const unreminded = new Set(
    [...orders.values()].filter(({ id }) => !reminded.has(id)).map(({ customer }) => customer),
  );
  const controls = await heldOut({ store, ask }, [journey], unreminded);
  const weeks = new Map<string, PaidOrdersWeek>();
  for (const order of orders.values()) {
    if (order.cancelled || order.fromCart) continue;
    const name = firstDayOf(order.placedAt, query);
    const week = weeks.get(name) ?? emptyWeek(name);
    weeks.set(name, week);
    const group = reminded.has(order.id) ? "reminded" : isControl(order, controls) ? "heldOut" : "unreminded";
    count(week, order, order.paidAt !== null && order.paidAt - order.placedAt <= paidWithinMs, group);
  }
  const sorted = [...weeks.values()].sort((a, b) => a.week.localeCompare(b.week));
  return { weeks: sorted, lift: lift(sorted) };
}

/** Orders about which a message of the journey left. */
async function remindedOrders(store: Store, from: number, journey: string): Promise<Set<string>> {
  const orders = new Set<string>();
  for await (const row of store.ledger({ from, until: Number.MAX_SAFE_INTEGER })) {
    if (row.kind !== "message.send" || (row.state !== "sent" && row.state !== "uncertain")) continue;
    const message = JSON.parse(row.body) as MessageSend;
    if (message.journey === journey && message.context.order) orders.add(message.context.order.id);
  }
  return orders;
}

/** A skip tells when and not about which order: it is the one that was unpaid then. */
function isControl({ customer, placedAt, paidAt }: KnownOrder, controls: Map<string, { at: number }[]>): boolean {
  const skips = controls.get(customer) ?? [];
  return skips.some(({ at }) => at >= placedAt && (paidAt === null || at <= paidAt));
}

function emptyWeek(week: string): PaidOrdersWeek {
  const none = () => ({ of: 0, count: 0 });
  return { week, placed: 0, paid: 0, reminded: none(), heldOut: none(), unreminded: none() };
}

function count(
  week: PaidOrdersWeek,
  order: KnownOrder,
  paid: boolean,
  group: "reminded" | "heldOut" | "unreminded",
): void {
  week.placed += 1;
  week.paid += Number(paid);
  if (!order.placedUnpaid) return;
  week[group].of += 1;
  week[group].count += Number(paid);
}

function lift(weeks: readonly PaidOrdersWeek[]): Interval | null {
  const total = (group: "reminded" | "heldOut"): Share => ({
    of: weeks.reduce((sum, week) => sum + week[group].of, 0),
    count: weeks.reduce((sum, week) => sum + week[group].count, 0),
  });
  const [reminded, control] = [total("reminded"), total("heldOut")];
  return reminded.of > 0 && control.of > 0 ? shareDifference(reminded, control) : null;
}
