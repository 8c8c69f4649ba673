/** 97.5 % of a normal distribution lie below it: both ends of a 95 % interval. */
const Z = 1.959964;

export interface Share {
  /** Of so many … */
  of: number;
  /** … so many did. */
  count: number;
}

export interface Interval {
  value: number;
  low: number;
  high: number;
}

/** Wilson's 95 % interval of a share: honest for small numbers, and inside 0 to 1. */
export function shareInterval({ count, of }: Share): Interval {
  if (of === 0) return { value: 0, low: 0, high: 1 };
  const p = count / of;
  const middle = (p + (Z * Z) / (2 * of)) / (1 + (Z * Z) / of);
  const half = (Z * Math.sqrt((p * (1 - p)) / of + (Z * Z) / (4 * of * of))) / (1 + (Z * Z) / of);
  return { value: p, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Newcombe's 95 % interval of the difference of two shares, from their Wilson intervals. */
export function shareDifference(one: Share, other: Share): Interval {
  const [a, b] = [shareInterval(one), shareInterval(other)];
  const value = a.value - b.value;
  return {
    value,
    low: value - Math.hypot(a.value - a.low, b.high - b.value),
    high: value + Math.hypot(a.high - a.value, b.value - b.low),
  };
}

/** Sums of a quantity over people, enough for a mean and its error. */
export interface Sums {
  of: number;
  sum: number;
  squares: number;
}

export function summed(values: Iterable<number>): Sums {
  const sums = { of: 0, sum: 0, squares: 0 };
  for (const value of values) {
    sums.of += 1;
    sums.sum += value;
    sums.squares += value * value;
  }
  return sums;
}

/** The 95 % interval of the difference of two means, their variances apart. Null with fewer than two people on a side. */
export function meanDifference(one: Sums, other: Sums): Interval | null {
  if (one.of < 2 || other.of < 2) return null;
  const half = Z * Math.sqrt(varianceOfMean(one) + varianceOfMean(other));
  const value = one.sum / one.of - other.sum / other.of;
  return { value, low: value - half, high: value + half };
}

function varianceOfMean({ of, sum, squares }: Sums): number {
  return Math.max(0, (squares - (sum * sum) / of) / (of - 1)) / of;
}

export interface SampleRatio {
  /** How likely shares as uneven as these are by chance alone. */
  p: number;
  /** They are not by chance: somebody is counted who should not be, or is not who should. Trust no figure beside it. */
  mismatch: boolean;
}

/** At this probability a warning is raised: rarely by chance, also for who looks every day. */
const MISMATCH_P = 0.001;

/** Pearson's test of counts against the shares they should have. Null while any count expected is below five. */
export function sampleRatio(counts: readonly number[], weights: readonly number[]): SampleRatio | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const weight = weights.reduce((sum, one) => sum + one, 0);
  const expected = weights.map((one) => (total * one) / weight);
  if (counts.length < 2 || expected.some((count) => !(count >= 5))) return null;
  const chi2 = counts.reduce((sum, count, index) => sum + (count - expected[index]!) ** 2 / expected[index]!, 0);
  const p = chiSquareAbove(chi2, counts.length - 1);
  return { p, mismatch: p < MISMATCH_P };
}

/** The chance that a chi-square with so many degrees of freedom lies above `x`. */
export function chiSquareAbove(x: number, freedom: number): number {
  if (x <= 0) return 1;
  const [a, half] = [freedom / 2, x / 2];
  return half < a + 1 ? 1 - gammaSeries(a, half) : gammaFraction(a, half);
}

const TERMS_MAX = 500;
const EXACT = 1e-14;

function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < TERMS_MAX && Math.abs(term) > Math.abs(sum) * EXACT; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * Math.exp(-x + a * Math.log(x) - logGamma(a));
}

/** Lentz's continued fraction, for the far side where the series is slow. */
function gammaFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let product = d;
  for (let n = 1; n < TERMS_MAX; n++) {
    const step = -n * (n - a);
    b += 2;
    d = 1 / (Math.abs(step * d + b) < tiny ? tiny : step * d + b);
    c = Math.abs(b + step / c) < tiny ? tiny : b + step / c;
    product *= d * c;
    if (Math.abs(d * c - 1) < EXACT) break;
  }
  return product * Math.exp(-x + a * Math.log(x) - logGamma(a));
}

/** For whole and half numbers, which is all that degrees of freedom give. */
function logGamma(a: number): number {
  let log = a % 1 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let n = a % 1 === 0 ? 1 : 0.5; n < a - 1e-9; n++) log += Math.log(n);
  return log;
}
