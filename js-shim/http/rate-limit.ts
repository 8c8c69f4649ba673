/**
 * Token buckets by key. Each key may do `per_minute` things in a burst and regains them evenly over a minute. The
 * number of keys is bounded: at the limit the one used longest ago is forgotten, which gives it a full bucket again.
 */
export interface RateLimit {
  /** Takes one token. `0` when there was one, else the seconds to wait. */
  take(key: string, now: number): number;
}

const KEYS_MAX = 50_000;

export function createRateLimit(per_minute: number): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const per_ms = per_minute / 60_000;
  return {
    take(key, now) {
      const bucket = buckets.get(key) ?? { tokens: per_minute, at: now };
      // Re-inserted at the end, so that the first key is always the one used longest ago.
      buckets.delete(key);
      if (buckets.size >= KEYS_MAX) buckets.delete(buckets.keys().next().value!);
      buckets.set(key, bucket);
      bucket.tokens = Math.min(per_minute, bucket.tokens + Math.max(0, now - bucket.at) * per_ms);
      bucket.at = now;
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return 0;
      }
      return Math.ceil((1 - bucket.tokens) / per_ms / 1000);
    },
  };
}
