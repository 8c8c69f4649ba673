import type { Settings } from "../shop/settings.js";

/** The instant at which every freshly stocked shop opens: Friday 6 March 2026, 10:00 in London. */
export const OPENING_INSTANT = Date.parse("2026-03-06T10:00:00Z");

/** The shop's own zone; customers have theirs. */
export const SHOP_ZONE = "Europe/London";

/**
 * How far ahead of itself the clock is stored. After a `kill -9` the clock resumes from the stored
 * instant, so it must never be behind anything already dated; storing it ahead costs one write per
 * half minute instead of one per tick.
 */
const STORED_AHEAD_MS = 30_000;

/**
 * The shop's clock. It runs at the speed of real time from wherever it was last set, and it never
 * goes back: Comeback dates its decisions by it.
 */
export class ShopClock {
  readonly #settings: Settings;
  readonly #realNow: () => number;
  #base: number;
  #realBase: number;
  #storedUntil: number;
  #held = false;

  constructor(settings: Settings, realNow: () => number = Date.now) {
    this.#settings = settings;
    this.#realNow = realNow;
    this.#base = Number(settings.read("clock") ?? OPENING_INSTANT);
    this.#realBase = realNow();
    this.#storedUntil = this.#base;
  }

  now(): number {
    const now = this.#base + (this.#held ? 0 : Math.max(0, this.#realNow() - this.#realBase));
    if (now >= this.#storedUntil) this.#store(now + STORED_AHEAD_MS);
    return now;
  }

  /** Moves forward to `instant`; an earlier one is ignored. */
  moveTo(instant: number): void {
    if (instant <= this.now()) return;
    this.#base = instant;
    this.#realBase = this.#realNow();
    this.#store(instant + STORED_AHEAD_MS);
  }

  /** Stands still, so that a ride through time stops at the same instants however slow the machine is. */
  hold(): void {
    this.#base = this.now();
    this.#held = true;
  }

  /** Runs on from where it stands. */
  release(): void {
    this.#realBase = this.#realNow();
    this.#held = false;
  }

  /** Writes the exact instant, for a clean stop. */
  settle(): void {
    this.#store(this.now());
  }

  #store(instant: number): void {
    this.#storedUntil = instant;
    this.#settings.write("clock", String(instant));
  }
}
