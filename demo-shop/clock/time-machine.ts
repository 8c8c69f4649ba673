import type { ShopClock } from "./shop-clock.js";

/** Something that has work to do at certain instants. */
export interface Station {
  name: string;
  /** The earliest instant at which there is work, or null. */
  nextAt(): number | null | Promise<number | null>;
  /** Does what is due by now; says whether there was anything, as that may have made work for others. */
  run(): Promise<boolean>;
}

export interface Ride {
  from: number;
  to: number;
  at: number;
  /** Instants stopped at so far. */
  stops: number;
  finished: boolean;
  error: string | null;
}

/** Rounds of work at one instant; more would mean that two stations keep each other busy for ever. */
const ROUNDS_MAX = 200;

/** A station that is still due after its work is asked again this much later, rather than at once for ever. */
const PATIENCE_MS = 60_000;

/**
 * Moves the shop's clock, stopping at every instant at which something is due, so that a month
 * skipped in a second is the same month, in the same order, as one lived through.
 */
export class TimeMachine {
  readonly #clock: ShopClock;
  readonly #stations: readonly Station[];
  #ride: Ride | null = null;
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  #halted = false;

  constructor(clock: ShopClock, stations: readonly Station[]) {
    this.#clock = clock;
    this.#stations = stations;
  }

  get ride(): Readonly<Ride> | null {
    return this.#ride;
  }

  get moving(): boolean {
    return this.#ride !== null && !this.#ride.finished;
  }

  /** Starts a ride and returns it; one at a time, so a second call just returns the first ride. */
  moveTo(target: number): Readonly<Ride> {
    if (this.#ride && !this.#ride.finished) return this.#ride;
    const now = this.#clock.now();
    const ride: Ride = { from: now, to: Math.max(now, target), at: now, stops: 0, finished: false, error: null };
    this.#ride = ride;
    this.#running = this.#running
      .then(() => this.#travel(ride))
      .catch((error: unknown) => {
        ride.error = error instanceof Error ? error.message : String(error);
      })
      .finally(() => {
        this.#clock.release();
        ride.finished = true;
      });
    return ride;
  }

  /** The ride ends at its next stop, and no other begins: the shop closes. */
  halt(): void {
    this.#halted = true;
  }

  /** Resolves when the ride is over, or when the time is up: then false. */
  async arrived(within_ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), within_ms);
    });
    const done = await Promise.race([this.#running.then(() => true), late]);
    clearTimeout(timer);
    return done;
  }

  /** What the passing of real time calls for: the same work, without moving. */
  async tick(): Promise<void> {
    if (this.moving || this.#busy || this.#halted) return;
    this.#busy = true;
    this.#running = this.#running.then(() => this.#settle());
    try {
      await this.#running;
    } finally {
      this.#busy = false;
    }
  }

  async #travel(ride: Ride): Promise<void> {
    this.#clock.hold();
    for (;;) {
      await this.#settle();
      ride.at = this.#clock.now();
      if (ride.at >= ride.to || this.#halted) return;
      this.#clock.moveTo(await this.#nextStop(ride));
      ride.stops++;
    }
  }

  async #nextStop(ride: Ride): Promise<number> {
    const soonest = this.#clock.now() + 1;
    let next = ride.to;
    for (const station of this.#stations) {
      const at = await station.nextAt();
      if (at === null) continue;
      next = Math.min(next, at < soonest ? soonest + PATIENCE_MS : at);
    }
    return next;
  }

  /** Runs the stations until none has anything left: an order moved on is an event to be told. */
  async #settle(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      let worked = false;
      for (const station of this.#stations) worked = (await station.run()) || worked;
      if (!worked) return;
    }
  }
}
