import type { ProfileAnswer, Question } from "../core/types.js";
import { everyone } from "../stores/everyone.js";

/** What `reasons` needs of the engine. */
export interface Asked {
  store: { customers(page: { after?: string; limit: number }): Promise<string[]> };
  ask<T>(customer: string, question: Question): Promise<T>;
}

export interface ReasonCount {
  journey: string;
  status: string;
  /** Why it was held back or skipped; `null` for what left. */
  reason: string | null;
  count: number;
}

/**
 * Every decided message of every customer by what became of it, the most frequent first.
 *
 * It asks the core about each customer, some microseconds each: for a report, not for a page view.
 */
export async function reasons({ store, ask }: Asked): Promise<ReasonCount[]> {
  const counts = new Map<string, ReasonCount>();
  for await (const customer of everyone(store)) {
    const profile = await ask<ProfileAnswer | null>(customer, { ask: "profile" });
    for (const { journey, status, reason } of profile?.messages ?? []) {
      const name = JSON.stringify([journey, status, reason]);
      const found = counts.get(name) ?? { journey, status, reason, count: 0 };
      counts.set(name, { ...found, count: found.count + 1 });
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.journey.localeCompare(b.journey));
}
