/** The shop's time. Tests and the demo bring their own, which can be moved. */
export interface Clock {
  /** Integer milliseconds since 1970 UTC. */
  now(): number;
  /** Calls `listener` when the time was moved by hand, so that nothing sleeps through a jump. */
  onJump?(listener: () => void): () => void;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that never goes back: after a correction of the machine's time it stands until time catches up. */
export function forwardOnly(clock: Clock): Clock {
  let latest = Number.NEGATIVE_INFINITY;
  return { ...clock, now: () => (latest = Math.max(latest, Math.floor(clock.now()))) };
}
