import type { Clock } from "../runtime/clock.js";

/** A clock that stands still until it is moved. */
export interface VirtualClock extends Clock {
  /** To an instant, as RFC 3339 or milliseconds since 1970. */
  set(to: string | number): void;
  advance(ms: number): void;
}

export function virtualClock(start: string | number): VirtualClock {
  let now = toInstant(start);
  const listeners = new Set<() => void>();
  const move = (to: number): void => {
    now = to;
    for (const listener of listeners) listener();
  };
  return {
    now: () => now,
    set: (to) => move(toInstant(to)),
    advance: (ms) => move(now + ms),
    onJump(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function toInstant(at: string | number): number {
  const instant = typeof at === "number" ? at : Date.parse(at);
  if (!Number.isFinite(instant)) throw new RangeError(`\`${at}\` is not an instant`);
  return instant;
}
