import type { Store } from "../stores/store.js";

/** How long what happened is kept, in days. Customers, their orders and what is under way are not touched. */
export interface RetentionDays {
  /** Events, and with them how far back `replay`, `explain` and new accumulators reach. Default 730. */
  journal: number;
  /** The same for views, visits and searches, which are most of it. Default 180. */
  browsing: number;
  /** What was decided and what came of it, which figures are made of. Default 730. */
  outbox: number;
  /** That signed links were fetched. Default 90. */
  links: number;
  /** Replaced programs, models and catalogues, which an exact replay needs. Default 400. */
  environments: number;
}

export const retentionDefault: RetentionDays = {
  journal: 730,
  browsing: 180,
  outbox: 730,
  links: 90,
  environments: 400,
};

/** Under this name a store knows the instant before which some of what happened is forgotten. */
export const forgottenBefore = "forgotten before";

const dayMs = 86_400_000;
/** How often there is a look whether something is past its time. */
const everyMs = 3_600_000;
/** Rows of each kind forgotten in one transaction: others wait for it. */
const rowsAtOnce = 2_000;

/** Forgets what is past its time, a little at a time. */
export class Retention {
  #nextAt = 0;

  constructor(
    private readonly store: Store,
    private readonly days: RetentionDays,
    private readonly now: () => number,
  ) {}

  /** Answers whether there may be more to forget at once. */
  async work(): Promise<boolean> {
    const now = this.now();
    if (now < this.#nextAt) return false;
    const { journal, browsing, outbox, links, environments } = this.days;
    const before = (days: number): number => now - days * dayMs;
    const forgotten = await this.store.prune(
      {
        journal: before(journal),
        browsing: before(browsing),
        outbox: before(outbox),
        links: before(links),
        environments: before(environments),
      },
      rowsAtOnce,
    );
    if (forgotten.journal + forgotten.outbox > 0) {
      const known = Number((await this.store.meta(forgottenBefore)) ?? 0);
      await this.store.metaSet(forgottenBefore, String(Math.max(known, ...[journal, browsing, outbox].map(before))));
    }
    const isMore = Object.values(forgotten).some((rows) => rows > 0);
    if (!isMore) this.#nextAt = now + everyMs;
    return isMore;
  }
}
