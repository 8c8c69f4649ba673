import { OPENING_INSTANT, SHOP_ZONE } from "../clock/shop-clock.js";
import { nextMondayAtNine } from "../clock/wall-time.js";
import type { Grocer } from "../shop/grocer.js";

export type StepName = "rhythms" | "monday" | "mail" | "confirm" | "call";

export interface TourStep {
  name: StepName;
  title: string;
  hint: string;
  done: boolean;
}

const STEPS: readonly { name: StepName; title: string; hint: string }[] = [
  {
    name: "rhythms",
    title: "See a customer’s rhythms",
    hint: "Anna buys coffee, oat milk and cat food. Her page shows when each runs out, and why we think so.",
  },
  {
    name: "monday",
    title: "Move the clock to Monday",
    hint: "On Monday at nine, everything that runs out before the next delivery day is gathered into one cart.",
  },
  {
    name: "mail",
    title: "Open the mail",
    hint: "A real mail server in this process has received the letters. Find Anna’s.",
  },
  {
    name: "confirm",
    title: "Follow the link and confirm",
    hint: "The cart page needs no password and no JavaScript. Confirm the cart as Anna would.",
  },
  {
    name: "call",
    title: "Find the order and the operator’s call",
    hint: "The order waits, unconfirmed, for a call. The back office says whom to ring and what to suggest.",
  },
];

/** The short tour at the start. It ticks itself off as things happen, in whatever order. */
export class Tour {
  readonly #grocer: Grocer;

  constructor(grocer: Grocer) {
    this.#grocer = grocer;
  }

  get dismissed(): boolean {
    return this.#grocer.settings.read("tour_dismissed") === "yes";
  }

  dismiss(dismissed: boolean): void {
    this.#grocer.settings.write("tour_dismissed", dismissed ? "yes" : "no");
  }

  steps(): TourStep[] {
    const ticked = this.#ticked();
    return STEPS.map((step) => ({ ...step, done: ticked.has(step.name) || this.#happened(step.name) }));
  }

  /** Seen with one's own eyes. The call counts only once there is an order to find. */
  saw(step: "rhythms" | "mail" | "call"): void {
    if (step === "call" && !this.#confirmed()) return;
    const ticked = this.#ticked();
    if (ticked.has(step)) return;
    this.#grocer.settings.write("tour_seen", [...ticked, step].join(" "));
  }

  /** By the visitor: what neighbours confirm is none of the tour's. */
  #confirmed(): boolean {
    const row = this.#grocer.db
      .prepare(
        "SELECT 1 FROM orders WHERE predicted_cart IS NOT NULL AND customer NOT IN (SELECT customer FROM neighbours) LIMIT 1",
      )
      .get();
    return row !== undefined;
  }

  #ticked(): Set<string> {
    return new Set((this.#grocer.settings.read("tour_seen") ?? "").split(" ").filter(Boolean));
  }

  #happened(step: StepName): boolean {
    if (step === "monday") return this.#grocer.clock.now() >= nextMondayAtNine(OPENING_INSTANT, SHOP_ZONE);
    return step === "confirm" && this.#confirmed();
  }
}
