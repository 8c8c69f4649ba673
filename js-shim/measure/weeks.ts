import type { Effect, EventEnvelope, MessageSend, OrderCreate } from "../core/types.js";
import type { OutboxRow, Span, Store } from "../stores/store.js";
import { readEvent } from "./heard.js";

/** What one week came to. Money is in minor units by currency. */
export interface WeekFigures {
  /** The week's first day, `YYYY-MM-DD`. */
  week: string;
  /** Messages that left, by template; `uncertain` ones count as sent. */
  sent: Record<string, number>;
  /** Messages that were decided and did not leave, by reason: dropped, failed, or still held. */
  notSent: Record<string, number>;
  uncertain: number;
  clicked: number;
  viewed: number;
  confirmed: number;
  postponed: number;
  /** Orders made from predicted carts, without those taken back. */
  orders: number;
  revenue: Record<string, number>;
  /** Units sold on the phone after a confirmed cart. */
  itemsAdded: number;
}

export interface WeeksQuery extends Span, WeekStart {}

export interface WeekStart {
  /** Day on which a week begins, 0 for Sunday; default Monday. */
  firstDay?: number;
  /** Minutes that the shop's clock is ahead of UTC, for where a week begins; default 0. */
  offsetMinutes?: number;
}

const eventTypes = [
  "message.clicked",
  "predicted_cart.viewed",
  "predicted_cart.confirmed",
  "predicted_cart.postponed",
  "operator.call_done",
] as const;

/** The shop owner's figures, week by week, from the ledger and the journal. Weeks without any are left out. */
export async function weeks(store: Store, query: WeeksQuery): Promise<WeekFigures[]> {
  const found = new Map<string, WeekFigures>();
  const weekOf = (at: number): WeekFigures => {
    const week = firstDayOf(at, query);
    const figures = found.get(week) ?? empty(week);
    found.set(week, figures);
    return figures;
  };
  const undone = await undoneCarts(store, query);
  for await (const row of store.ledger(query)) countRow(weekOf(row.createdAt), row, undone);
  for await (const { now, input } of store.journal({ ...query, types: eventTypes })) {
    countEvent(weekOf(now), readEvent(input));
  }
  return [...found.values()].sort((a, b) => a.week.localeCompare(b.week));
}

/** The first day of the week of an instant, `YYYY-MM-DD`. */
export function firstDayOf(at: number, { firstDay = 1, offsetMinutes = 0 }: WeekStart): string {
  const local = new Date(at + offsetMinutes * 60_000);
  const back = (local.getUTCDay() - firstDay + 7) % 7;
  local.setUTCDate(local.getUTCDate() - back);
  return local.toISOString().slice(0, 10);
}

/** Carts whose confirmation was taken back, also after the span. */
async function undoneCarts(store: Store, { from }: Span): Promise<Set<string>> {
  const carts = new Set<string>();
  const undone = { from, until: Number.MAX_SAFE_INTEGER, types: ["predicted_cart.undone"] };
  for await (const { input } of store.journal(undone)) carts.add(String(readEvent(input).data["cart"]));
  return carts;
}

function countRow(figures: WeekFigures, row: OutboxRow, undone: ReadonlySet<string>): void {
  const effect = JSON.parse(row.body) as Effect;
  if (row.kind === "message.send") countMessage(figures, row, effect as MessageSend);
  if (row.kind === "order.create" && row.state === "sent") countOrder(figures, effect as OrderCreate, undone);
}

function countMessage(figures: WeekFigures, { state, reason }: OutboxRow, { template }: MessageSend): void {
  const left = state === "sent" || state === "uncertain";
  if (left) add(figures.sent, template, 1);
  else if (reason !== null) add(figures.notSent, reason, 1);
  if (state === "uncertain") figures.uncertain += 1;
}

function countOrder(figures: WeekFigures, { cart, currency, lines }: OrderCreate, undone: ReadonlySet<string>): void {
  if (undone.has(cart)) return;
  figures.orders += 1;
  const total = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  add(figures.revenue, currency, total);
}

function countEvent(figures: WeekFigures, { type, data }: EventEnvelope): void {
  if (type === "message.clicked") figures.clicked += 1;
  if (type === "predicted_cart.viewed") figures.viewed += 1;
  if (type === "predicted_cart.confirmed") figures.confirmed += 1;
  if (type === "predicted_cart.postponed") figures.postponed += 1;
  if (type === "operator.call_done") figures.itemsAdded += unitsAdded(data);
}

function unitsAdded(data: Record<string, unknown>): number {
  const added = (data["items_added"] ?? []) as { quantity?: number }[];
  return added.reduce((units, { quantity = 1 }) => units + quantity, 0);
}

function add(counts: Record<string, number>, name: string, count: number): void {
  counts[name] = (counts[name] ?? 0) + count;
}

function empty(week: string): WeekFigures {
  const counts = { uncertain: 0, clicked: 0, viewed: 0, confirmed: 0, postponed: 0, orders: 0, itemsAdded: 0 };
  return { week, sent: {}, notSent: {}, revenue: {}, ...counts };
}
