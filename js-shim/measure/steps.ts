import type { ProfileAnswer } from "../core/types.js";
import type { Span, Store } from "../stores/store.js";
import { authoredJourneys } from "./authored.js";
import { grouped, heard, ordersOf, type KnownOrder } from "./heard.js";
import { everyone } from "../stores/everyone.js";
import type { Asked } from "./reasons.js";
import { sends, type Sent } from "./sends.js";

export interface StepsQuery extends Span {
  /** An order is credited to the last message within so long before it; seven days when absent. */
  windowMs?: number;
  /** The program's tree: whose goal is paying and not ordering. */
  program?: unknown;
}

/** One step of one journey, from decided to ordered. Money is in minor units by currency. */
export interface StepFigures {
  journey: string;
  step: string;
  template: string;
  /** Which of the template's subjects. */
  variant: number;
  /** Messages that the journey meant to send. */
  decided: number;
  /** Why some did not leave. */
  notSent: Record<string, number>;
  sent: number;
  /** Links followed by a person. */
  clicked: number;
  /** Orders placed, or paid where paying is the journey's goal, within the window after it. */
  orders: number;
  revenue: Record<string, number>;
}

const DAY_MS = 86_400_000;

/**
 * The funnel of every step, with what was ordered after it.
 *
 * An order is credited to the last message before it and to no other. That is what came after, not
 * what came of it: `lift` tells the difference.
 */
export async function steps({ store, ask }: Asked & { store: Store }, query: StepsQuery): Promise<StepFigures[]> {
  const { windowMs = 7 * DAY_MS } = query;
  const figures = new Map<string, StepFigures>();
  const effects = new Map<string, StepFigures>();
  const bySomebody = new Map<string, Sent[]>();
  for await (const sent of sends(store, query)) {
    const row = rowOf(figures, sent);
    effects.set(sent.effect, row);
    row.decided += 1;
    if (sent.left) {
      row.sent += 1;
      grouped(bySomebody, sent.customer, sent);
    } else if (sent.reason !== null) row.notSent[sent.reason] = (row.notSent[sent.reason] ?? 0) + 1;
  }
  await addSkipped({ store, ask }, query, figures, effects);
  await addClicks(store, query, effects);
  const aboutPaying = new Set(
    authoredJourneys(query.program).flatMap(({ id, isAboutPaying }) => (isAboutPaying ? [id] : [])),
  );
  for (const order of (await ordersOf(store, query)).values()) {
    const credited = order.cancelled
      ? null
      : creditedTo(order, bySomebody.get(order.customer) ?? [], aboutPaying, windowMs);
    if (!credited) continue;
    const row = rowOf(figures, credited);
    row.orders += 1;
    row.revenue[order.currency] = (row.revenue[order.currency] ?? 0) + order.total;
  }
  return [...figures.values()].sort((a, b) => a.journey.localeCompare(b.journey) || b.decided - a.decided);
}

function rowOf(
  figures: Map<string, StepFigures>,
  { journey, step, template, variant }: { journey: string; step: string; template: string; variant: number },
): StepFigures {
  const name = JSON.stringify([journey, step]);
  const known = figures.get(name);
  if (known) return known;
  const row = {
    journey,
    step,
    template,
    variant,
    decided: 0,
    notSent: {},
    sent: 0,
    clicked: 0,
    orders: 0,
    revenue: {},
  };
  figures.set(name, row);
  return row;
}

/** What was decided against before it was released is no row of the ledger; the core remembers it. */
async function addSkipped(
  { store, ask }: Asked,
  { from, until }: Span,
  figures: Map<string, StepFigures>,
  released: ReadonlyMap<string, unknown>,
): Promise<void> {
  for await (const customer of everyone(store)) {
    const profile = await ask<ProfileAnswer | null>(customer, { ask: "profile" });
    for (const { effect, journey, step, template, status, reason, at } of profile?.messages ?? []) {
      if (status !== "skipped" || reason === null || released.has(effect) || at < from || at >= until) continue;
      const row = rowOf(figures, { journey, step, template, variant: 0 });
      row.decided += 1;
      row.notSent[reason] = (row.notSent[reason] ?? 0) + 1;
    }
  }
}

async function addClicks(store: Store, { from }: Span, effects: ReadonlyMap<string, StepFigures>): Promise<void> {
  const counted = new Set<string>();
  for await (const { event } of heard(store, { from, until: Number.MAX_SAFE_INTEGER }, ["message.clicked"])) {
    const effect = String(event.data["effect"]);
    const row = effects.get(effect);
    if (!row || counted.has(effect)) continue;
    counted.add(effect);
    row.clicked += 1;
  }
}

/** The last message within the window; where paying is the goal, only one about this order, before it was paid. */
function creditedTo(
  order: KnownOrder,
  sent: readonly Sent[],
  aboutPaying: ReadonlySet<string>,
  windowMs: number,
): Sent | null {
  const fits = (message: Sent): boolean => {
    const goal = aboutPaying.has(message.journey) ? (message.order === order.id ? order.paidAt : null) : order.placedAt;
    return goal !== null && message.at <= goal && goal - message.at <= windowMs;
  };
  return sent.filter(fits).reduce<Sent | null>((last, one) => (last && last.at > one.at ? last : one), null);
}
