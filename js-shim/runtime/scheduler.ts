import { reasonOf } from "./errors.js";
import type { Log } from "./log.js";

export interface SchedulerOptions {
  now(): number;
  /** Does what is due now; answers when something is due next. */
  work(): Promise<number | null>;
  log: Log;
}

/** The longest sleep. It only matters when another process adds work, or the clock moves unseen. */
const sleepMsMax = 1000;
/** The shortest. A lease that ran out while its row is still in our hands is no reason to spin. */
const sleepMsMin = 10;
/** After a failure, such as a locked store. */
const restMs = 2000;

/** Sleeps until something is due, does it, and sleeps again. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<void> | null = null;
  #poked = false;
  #started = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#started = true;
    this.poke();
  }

  /** There may be something to do now. */
  poke(): void {
    if (!this.#started) return;
    this.#poked = true;
    this.#working ??= this.#run().finally(() => (this.#working = null));
  }

  async stop(): Promise<void> {
    this.#started = false;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#working;
  }

  async #run(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    let sleepMs = 0;
    while (this.#poked && this.#started) {
      this.#poked = false;
      sleepMs = await this.#work();
    }
    if (this.#started) this.#timer = setTimeout(() => this.poke(), sleepMs);
  }

  async #work(): Promise<number> {
    const { work, now, log } = this.#options;
    try {
      const nextAt = await work();
      return Math.min(sleepMsMax, Math.max(sleepMsMin, (nextAt ?? Infinity) - now()));
    } catch (error) {
      log({ level: "error", message: "work put off", reason: reasonOf(error) });
      return restMs;
    }
  }
}
