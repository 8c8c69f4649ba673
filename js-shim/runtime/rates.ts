/** How fast one channel may be used. Absent limits do not bind. */
export interface Rate {
  perSecond?: number;
  perMinute?: number;
  /**
   * Messages given to the provider at the same time; default 1. After a crash as many of them can
   * be `uncertain`, so raise it only when one at a time is too slow.
   */
  concurrency?: number;
}

/** A bucket that fills evenly and holds one second of burst, or one message when that is more. */
export interface Bucket {
  /** How many may go now, at most `wanted`; takes them. */
  take(wanted: number, now: number): number;
  /** Gives back what was taken and not used. */
  give(unused: number): void;
  /** When the next one may go. */
  readyAt(now: number): number;
}

export function bucket({ perSecond = Infinity, perMinute = Infinity }: Rate): Bucket {
  const perMs = Math.min(perSecond / 1000, perMinute / 60_000);
  return Number.isFinite(perMs) ? filling(perMs) : bottomless;
}

const bottomless: Bucket = { take: (wanted) => wanted, give: () => {}, readyAt: (now) => now };

function filling(perMs: number): Bucket {
  const size = Math.max(1, perMs * 1000);
  let level = size;
  let filledAt: number | null = null;

  const fill = (now: number): void => {
    level = Math.min(size, level + Math.max(0, now - (filledAt ?? now)) * perMs);
    filledAt = now;
  };

  return {
    take(wanted, now) {
      fill(now);
      const given = Math.min(wanted, Math.floor(level));
      level -= given;
      return given;
    },
    give: (unused) => void (level = Math.min(size, level + unused)),
    readyAt(now) {
      fill(now);
      return level >= 1 ? now : Math.ceil(now + (1 - level) / perMs);
    },
  };
}
