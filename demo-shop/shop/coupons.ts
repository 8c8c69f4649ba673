import type { Db } from "./database.js";

export interface Coupon {
  code: string;
  idempotency_key: string | null;
  offer: string;
  customer: string | null;
  percent: number | null;
  fixed: number | null;
  free_shipping: boolean;
  gift: string | null;
  minimum: number | null;
  expires_at: number | null;
  used_by_order: string | null;
}

/** The offer whose codes are not spent but passed on. */
const INVITATION = "invite";

/** Why a code was not taken, in the words the checkout shows. */
export type CouponAnswer = { discount: number; shipping: number } | { refused: string };

export class Coupons {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  find(code: string): Coupon | null {
    const row = this.#db.prepare("SELECT * FROM coupons WHERE code = ?").get(code.trim().toUpperCase()) as
      (Omit<Coupon, "free_shipping"> & { free_shipping: number }) | undefined;
    return row ? { ...row, free_shipping: row.free_shipping === 1 } : null;
  }

  /** The same key, or a code already there, makes no second coupon. */
  issue(coupon: Omit<Coupon, "used_by_order">): string {
    this.#db
      .prepare(
        `INSERT INTO coupons (code, idempotency_key, offer, customer, percent, fixed, free_shipping, gift, minimum, expires_at)
         VALUES (@code, @idempotency_key, @offer, @customer, @percent, @fixed, @free_shipping, @gift, @minimum, @expires_at)
         ON CONFLICT DO NOTHING`,
      )
      .run({ ...coupon, code: coupon.code.toUpperCase(), free_shipping: coupon.free_shipping ? 1 : 0 });
    const kept = this.#db.prepare("SELECT code FROM coupons WHERE idempotency_key = ?").get(coupon.idempotency_key) as
      { code: string } | undefined;
    return kept?.code ?? coupon.code;
  }

  issuedFor(offer: string): number {
    return (this.#db.prepare("SELECT count(*) AS n FROM coupons WHERE offer = ?").get(offer) as { n: number }).n;
  }

  of(customer: string): Coupon[] {
    return this.#db.prepare("SELECT * FROM coupons WHERE customer = ? ORDER BY code").all(customer) as Coupon[];
  }

  /** Who gave a friend this code, if it is an invitation that still holds. */
  invitedBy(code: string, now: number): string | null {
    const coupon = this.find(code);
    const holds = coupon?.offer === INVITATION && (coupon.expires_at === null || coupon.expires_at >= now);
    return holds ? coupon.customer : null;
  }

  /** What a visitor was given belongs to the customer they turn out to be. */
  adopt(visitor: string, customer: string): void {
    this.#db.prepare("UPDATE coupons SET customer = ? WHERE customer = ?").run(customer, visitor);
  }

  /** What the code takes off this basket. */
  apply(code: string, basket: { customer: string; goods: number; shipping: number; now: number }): CouponAnswer {
    const coupon = this.find(code);
    if (!coupon) return { refused: "we do not know this code" };
    if (coupon.offer === INVITATION) return { refused: "it is for a friend, who gives it when registering" };
    if (coupon.customer && coupon.customer !== basket.customer)
      return { refused: "this code belongs to another account" };
    if (coupon.used_by_order) return { refused: "this code has been used" };
    if (coupon.expires_at !== null && coupon.expires_at < basket.now) return { refused: "this code has expired" };
    if (coupon.minimum !== null && basket.goods < coupon.minimum) {
      return { refused: `this code needs goods for £${(coupon.minimum / 100).toFixed(2)} or more` };
    }
    const discount = coupon.fixed ?? Math.round((basket.goods * (coupon.percent ?? 0)) / 100);
    return { discount: Math.min(discount, basket.goods), shipping: coupon.free_shipping ? 0 : basket.shipping };
  }

  markUsed(code: string, order: string): void {
    this.#db
      .prepare("UPDATE coupons SET used_by_order = ? WHERE code = ? AND used_by_order IS NULL")
      .run(order, code.toUpperCase());
  }
}
