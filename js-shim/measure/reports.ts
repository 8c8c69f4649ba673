import type { Store } from "../stores/store.js";
import { lift } from "./lift.js";
import { lostCarts } from "./lost-carts.js";
import { paidOrders } from "./paid-orders.js";
import { reasons, type Asked } from "./reasons.js";
import { steps } from "./steps.js";
import { weeks } from "./weeks.js";

/** What reports are made from. */
export interface ReportSource {
  store: Store;
  ask: Asked["ask"];
  /** The program's tree, for holdouts, goals and arms; without it these are not told. */
  program?: unknown;
  now(): number;
}

export interface Report {
  report: string;
  /** RFC 3339; the end is not in it. */
  from: string;
  until: string;
  /** What is said once, beside the rows. */
  summary: Record<string, unknown>;
  rows: object[];
}

export interface ReportQuery {
  /** Milliseconds since 1970 UTC; 13 weeks back when absent. */
  from?: number;
  /** Now when absent. */
  until?: number;
  /** How long after a message an order counts, for `steps` and `lift`; seven days when absent. */
  windowMs?: number;
}

type Made = { summary?: Record<string, unknown>; rows: object[] };

interface Span {
  from: number;
  until: number;
  windowMs?: number;
}

const makers: Record<string, { title: string; make(source: ReportSource, span: Span): Promise<Made> }> = {
  weeks: {
    title: "predicted carts, week by week",
    make: async ({ store }, span) => ({ rows: await weeks(store, span) }),
  },
  steps: {
    title: "every step from decided to ordered, with revenue",
    make: async (source, span) => ({ rows: await steps(source, { ...span, program: source.program }) }),
  },
  lift: {
    title: "what messages add, against the holdout and between arms",
    make: async (source, span) => ({ rows: await lift(source, { ...span, program: source.program }) }),
  },
  reasons: {
    title: "why messages did not leave",
    make: async (source) => ({ rows: await reasons(source) }),
  },
  "lost-carts": {
    title: "lost carts and their value by step, shipping and reason",
    make: async ({ store }, span) => {
      const { carts, lost } = await lostCarts(store, span);
      return { summary: { carts }, rows: lost };
    },
  },
  "paid-orders": {
    title: "share of placed orders that get paid, with and without reminders",
    make: async (source, span) => {
      const { weeks: rows, lift: difference } = await paidOrders(source, span);
      return { summary: { lift: difference }, rows };
    },
  },
};

/** Names and what they tell. */
export const REPORTS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(makers).map(([name, { title }]) => [name, title]),
);

const WEEKS_BACK_MS = 13 * 7 * 86_400_000;

/** One report over a span; `null` when there is none of that name. */
export async function makeReport(source: ReportSource, name: string, query: ReportQuery = {}): Promise<Report | null> {
  const maker = Object.hasOwn(makers, name) ? makers[name] : undefined;
  if (!maker) return null;
  const until = query.until ?? source.now();
  const from = query.from ?? until - WEEKS_BACK_MS;
  const window = query.windowMs === undefined ? {} : { windowMs: query.windowMs };
  const { summary = {}, rows } = await maker.make(source, { from, until, ...window });
  const text = (at: number) => new Date(Math.min(Math.max(at, 0), LAST_MS)).toISOString();
  return { report: name, from: text(from), until: text(until), summary, rows };
}

/** `Date` ends here. */
const LAST_MS = 8.64e15;

/** The rows as RFC 4180 has it, inner values under `outer.inner`. */
export function toCsv({ rows }: Pick<Report, "rows">): string {
  const flat = rows.map((row) => flattened(row));
  const columns = [...new Set(flat.flatMap((row) => Object.keys(row)))];
  const lines = [columns, ...flat.map((row) => columns.map((column) => row[column] ?? ""))];
  return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

function flattened(value: object, under = ""): Record<string, unknown> {
  const cells = Object.entries(value).map(([name, inner]): Record<string, unknown> => {
    if (typeof inner === "object" && inner !== null) return flattened(inner as object, `${under}${name}.`);
    return { [under + name]: inner };
  });
  return Object.assign({}, ...cells) as Record<string, unknown>;
}

/** A text that a spreadsheet would take for a formula is told as a text: customers write some of these. */
function cell(value: unknown): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
