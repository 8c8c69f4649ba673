export interface Backoff {
  firstMs: number;
  maxMs: number;
}

/**
 * How long to wait before attempt `tries + 1`: doubling, capped, and between half and all of that.
 *
 * The spread comes from a hash of `key`, so that a thousand rows that failed together do not come
 * back together, and a replay waits exactly as long.
 */
export function waitBefore(tries: number, key: string, { firstMs, maxMs }: Backoff): number {
  const whole = Math.min(maxMs, firstMs * 2 ** Math.min(tries, 40));
  return Math.round(whole * (0.5 + fraction(`${key}/${tries}`) / 2));
}

/** FNV-1a of the text, as a fraction of 1. */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
