import type { Links } from "./links.js";

/**
 * The one-time value of a form: which view of the page a press belongs to, and what that view showed.
 *
 * It is stateless. A second press of the same view gives the same event id, which intake drops; a view of a cart that
 * has changed since is `stale`, so nobody confirms what they have not seen; and once the cart is ordered its digest is
 * another one, which is what makes the value one-time.
 */
export interface OnceCheck {
  ok: boolean;
  /** The page showed something else than there is now, or it is older than a day. */
  stale: boolean;
}

const VALUE = /^([0-9a-z]{1,12})\.([a-z2-7]{26})\.([a-z2-7]{26})$/;
const AGE_MS_MAX = 86_400_000;

/** `bound` is the token of the page, `shown` a text of everything on it that matters. */
export async function makeOnce(links: Links, bound: string, shown: string, now: number): Promise<string> {
  const at = now.toString(36);
  const digest = await links.sign(`shown ${shown}`);
  return `${at}.${digest}.${await links.sign(`once ${bound} ${at} ${digest}`)}`;
}

export async function checkOnce(
  links: Links,
  value: string,
  bound: string,
  shown: string,
  now: number,
): Promise<OnceCheck> {
  const match = VALUE.exec(value);
  if (match === null) return { ok: false, stale: true };
  const [, at, digest, signature] = match as unknown as [string, string, string, string];
  if (!(await links.verify(`once ${bound} ${at} ${digest}`, signature))) return { ok: false, stale: true };
  const age = now - parseInt(at, 36);
  const fresh = age <= AGE_MS_MAX && (await links.verify(`shown ${shown}`, digest));
  return { ok: true, stale: !fresh };
}
