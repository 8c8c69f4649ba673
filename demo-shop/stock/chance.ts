/**
 * Seeded chance: the same seed stocks the same shop, on every machine.
 *
 * sfc32 seeded through a string hash. Not for secrets.
 */
export class Chance {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string) {
    let hash = 2166136261;
    for (let at = 0; at < seed.length; at++) hash = Math.imul(hash ^ seed.charCodeAt(at), 16777619);
    this.#a = hash >>> 0;
    this.#b = (hash ^ 0x9e3779b9) >>> 0;
    this.#c = (hash ^ 0x243f6a88) >>> 0;
    // The first few numbers still resemble the seed.
    for (let round = 0; round < 12; round++) this.next();
  }

  /** 0 inclusive to 1 exclusive. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  }

  /** Both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const found = from[Math.floor(this.next() * from.length)];
    if (found === undefined) throw new Error("nothing to pick from");
    return found;
  }

  /** Standard normal, Box–Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** Multiplies by a factor whose logarithm is normal: how gaps between purchases really scatter. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }
}
