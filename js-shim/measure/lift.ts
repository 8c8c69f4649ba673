import type { ProfileAnswer } from "../core/types.js";
import type { Span, Store } from "../stores/store.js";
import { authoredJourneys, policyHoldout, type AuthoredArm } from "./authored.js";
import { grouped, ordersOf, type KnownOrder } from "./heard.js";
import { everyone } from "../stores/everyone.js";
import type { Asked } from "./reasons.js";
import { sends } from "./sends.js";
import {
  meanDifference,
  sampleRatio,
  shareDifference,
  summed,
  type Interval,
  type SampleRatio,
  type Share,
} from "./statistics.js";

export interface LiftQuery extends Span {
  /** How long after a message an order counts; seven days when absent. */
  windowMs?: number;
  /** The program's tree: how many should have been held out, and which steps belong to which arm. */
  program?: unknown;
}

/** Those who were written to against those who were not, or one arm of a test against another. */
export interface Lift {
  /** A journey, or `*` for all marketing against the customers held out of all of it. */
  journey: string;
  /** The arm of a test; `null` for the journey against its holdout. */
  arm: string | null;
  /** What it is compared with: an arm, or `holdout`. */
  against: string;
  /** Customers written to, and those of them who ordered, or paid where paying is the journey's goal. */
  treated: Share;
  control: Share;
  /** Difference of the two shares. */
  lift: Interval | null;
  /** Difference of what a customer spends, minor units; only when there is one currency. */
  spent: Interval | null;
  /** Whether the groups are as large as they should be. */
  sample: SampleRatio | null;
  verdict: Verdict;
  /** The verdict as a sentence. */
  says: string;
}

export type Verdict = "adds" | "costs" | "not enough data";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** A test that would take longer is not worth waiting for. */
const WEEKS_MAX = 104;
const ALL = "*";

/** Reasons that come after the holdout in the order of reasons: they were to be written to all the same. */
const HELD_UP = new Set(["cap_reached", "quiet_hours", "slot_taken"]);

/** When each customer first was, or would have been, written to. */
type Exposed = Map<string, number>;

/**
 * What messages add, as far as can be told: customers written to against those held out, from the first
 * message on and for the length of the window, with a 95 % interval. The arms of every split are
 * compared with its last one.
 *
 * Only customers whose window is over count. Who was to be written to and then held up by a cap counts
 * as written to, because nobody asked whether a cap would have held up those of the holdout.
 */
export async function lift({ store, ask }: Asked & { store: Store }, query: LiftQuery): Promise<Lift[]> {
  const { windowMs = 7 * DAY_MS, program } = query;
  const span = { from: query.from, until: query.until - windowMs };
  const groups = new Groups();
  for await (const { customer, journey, step, at, left, marketing } of sends(store, span)) {
    if (!left) continue;
    groups.add(customer, at, [`${journey} treated`, `${journey} step ${step}`]);
    if (marketing) groups.add(customer, at, [`${ALL} treated`]);
  }
  await groups.addSkipped({ store, ask }, span);
  const orders = ordersByCustomer(await ordersOf(store, query));
  const compare = (names: Compared): Lift => {
    const goalAt = (order: KnownOrder) => (aboutPaying.has(names.journey) ? order.paidAt : order.placedAt);
    return compared(names, groups, orders, { until: query.until, windowMs, goalAt });
  };

  const journeys = authoredJourneys(program);
  const aboutPaying = new Set(journeys.flatMap(({ id, isAboutPaying }) => (isAboutPaying ? [id] : [])));
  const percent = new Map(journeys.map(({ id, holdoutPercent }) => [id, holdoutPercent] as const));
  percent.set(ALL, policyHoldout(program));
  const heldOut = groups.withControl().map((journey) => {
    const share = percent.get(journey) ?? 0;
    const weights: Compared["weights"] = share > 0 ? [100 - share, share] : null;
    return compare({
      ...{ journey, arm: null, against: "holdout" },
      ...{ treated: [`${journey} treated`], control: [`${journey} control`], weights },
    });
  });
  const tests = journeys.flatMap(({ id, splits }) => splits.flatMap((arms) => armsOf(id, arms).map(compare)));
  return [...heldOut, ...tests];
}

interface Compared {
  journey: string;
  arm: string | null;
  against: string;
  treated: string[];
  control: string[];
  weights: [number, number] | null;
}

function armsOf(journey: string, arms: AuthoredArm[]): Compared[] {
  const steps = (arm: AuthoredArm) => arm.sends.map((step) => `${journey} step ${step}`);
  // An arm that sends nothing leaves no trace of whom it had.
  const seen = arms.filter((arm) => arm.sends.length > 0);
  const last = seen.at(-1);
  return seen.slice(0, -1).map((arm) => ({
    ...{ journey, arm: arm.name, against: last!.name },
    ...{ treated: steps(arm), control: steps(last!), weights: [arm.weight, last!.weight] },
  }));
}

/** Groups of customers by name, each customer with the first instant. */
class Groups {
  readonly #groups = new Map<string, Exposed>();

  add(customer: string, at: number, names: readonly string[]): void {
    for (const name of names) {
      const group = this.#groups.get(name) ?? new Map<string, number>();
      this.#groups.set(name, group);
      group.set(customer, Math.min(at, group.get(customer) ?? at));
    }
  }

  async addSkipped({ store, ask }: Asked, { from, until }: Span): Promise<void> {
    for await (const customer of everyone(store)) {
      const profile = await ask<ProfileAnswer | null>(customer, { ask: "profile" });
      for (const { journey, reason, at } of profile?.messages ?? []) {
        if (at < from || at >= until || reason === null) continue;
        if (reason === "holdout") this.add(customer, at, [`${ALL} control`]);
        if (reason === "journey_holdout") this.add(customer, at, [`${journey} control`]);
        if (HELD_UP.has(reason)) this.add(customer, at, [`${journey} treated`]);
      }
    }
  }

  /** Journeys with somebody to compare with. */
  withControl(): string[] {
    return [...this.#groups.keys()].flatMap((name) => (name.endsWith(" control") ? [name.slice(0, -8)] : [])).sort();
  }

  of(names: readonly string[]): Exposed {
    const all: Exposed = new Map();
    for (const name of names)
      for (const [customer, at] of this.#groups.get(name) ?? [])
        all.set(customer, Math.min(at, all.get(customer) ?? at));
    return all;
  }
}

function ordersByCustomer(orders: Map<string, KnownOrder>): Map<string, KnownOrder[]> {
  const found = new Map<string, KnownOrder[]>();
  for (const order of orders.values()) if (!order.cancelled) grouped(found, order.customer, order);
  return found;
}

function compared(
  { journey, arm, against, treated, control, weights }: Compared,
  groups: Groups,
  orders: Map<string, KnownOrder[]>,
  query: Counting,
): Lift {
  const [one, other] = [outcome(groups.of(treated), orders, query), outcome(groups.of(control), orders, query)];
  const difference = one.share.of > 0 && other.share.of > 0 ? shareDifference(one.share, other.share) : null;
  const currencies = new Set([...one.currencies, ...other.currencies]);
  const first = Math.min(one.first, other.first);
  const weeks = (query.until - first) / WEEK_MS;
  return {
    ...{ journey, arm, against, treated: one.share, control: other.share, lift: difference },
    spent: currencies.size <= 1 ? meanDifference(summed(one.spent), summed(other.spent)) : null,
    sample: weights ? sampleRatio([one.share.of, other.share.of], weights) : null,
    ...verdict(difference, weeks, Math.min(one.share.of, other.share.of)),
  };
}

interface Counting {
  until: number;
  windowMs: number;
  /** When an order came to what the journey is for. */
  goalAt(order: KnownOrder): number | null;
}

interface Outcome {
  share: Share;
  /** By each customer within the window. */
  spent: number[];
  currencies: Set<string>;
  first: number;
}

function outcome(exposed: Exposed, orders: Map<string, KnownOrder[]>, { windowMs, goalAt }: Counting): Outcome {
  const found: Outcome = { share: { of: 0, count: 0 }, spent: [], currencies: new Set(), first: Infinity };
  for (const [customer, since] of exposed) {
    const bought = (orders.get(customer) ?? []).filter((order) => {
      const at = goalAt(order);
      return at !== null && at >= since && at < since + windowMs;
    });
    found.share.of += 1;
    found.share.count += Number(bought.length > 0);
    found.spent.push(bought.reduce((sum, { total }) => sum + total, 0));
    for (const { currency } of bought) found.currencies.add(currency);
    found.first = Math.min(found.first, since);
  }
  return found;
}

/** With fewer in either group an interval says little, however far from nothing it lies. */
const CUSTOMERS_MIN = 20;

/** An interval narrows with the root of the customers, and they come at the rate they came until now. */
function verdict(difference: Interval | null, weeks: number, fewest: number): { verdict: Verdict; says: string } {
  const enough = fewest >= CUSTOMERS_MIN;
  if (enough && difference && difference.low > 0) return { verdict: "adds", says: `adds ${points(difference)}` };
  if (enough && difference && difference.high < 0) return { verdict: "costs", says: `costs ${points(difference)}` };
  const unsure = "not enough data yet";
  if (!difference) return { verdict: "not enough data", says: unsure };
  const half = (difference.high - difference.low) / 2;
  const narrower = (half / Math.abs(difference.value)) ** 2;
  const needed = weeks * (Math.max(narrower, CUSTOMERS_MIN / fewest) - 1);
  const more = Math.max(1, Math.ceil(needed));
  const about = more <= WEEKS_MAX ? `about ${more} week${more === 1 ? "" : "s"} more` : "more than two years";
  return { verdict: "not enough data", says: `${unsure}, ${about}` };
}

function points({ value, low, high }: Interval): string {
  const text = (share: number) => (Math.abs(share) * 100).toFixed(1);
  const [least, most] = value < 0 ? [high, low] : [low, high];
  return `${text(value)} points (${text(least)} to ${text(most)})`;
}
