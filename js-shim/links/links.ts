import { decodeBase32, encodeBase32 } from "./base32.js";
import { type Claims, decodeClaims, encodeClaims, type Purpose } from "./claims.js";
import { checkKeys, createKeyring, type LinkKey, type SealingKey, signText } from "./keyring.js";

export type { Claims, Purpose } from "./claims.js";
export type { LinkKey } from "./keyring.js";

/**
 * Signed links. A link carries who it is for, encrypted, so that the address bar, the mail archive and the web log
 * show no customer; it is not a session, and following it changes nothing.
 *
 * ```ts
 * const links = createLinks({ base_url: "https://shop.example/comeback", keys: [{ id: "a", secret }] });
 * const url = await links.url("cart", { customer: "c42", cart, effect: message.id, now });
 * const opened = await links.open("cart", token, now);
 * ```
 */
export interface Links {
  readonly base_url: string;
  /** The full address of a page for one customer. */
  url(purpose: Purpose, claims: LinkClaims): Promise<string>;
  /** Only the token, for a cookie or a meta tag. */
  token(purpose: Purpose, claims: LinkClaims): Promise<string>;
  /** Opens a token made for `purpose` and no other. Never throws. */
  open(purpose: Purpose, token: string, now: number): Promise<OpenedLink>;
  /** Opens a token whatever it was made for; only to find out whom a renewed link should go to. */
  openAny(token: string, now: number): Promise<OpenedLink>;
  /** A signature of a text, 128 bits in base32, by the first key. */
  sign(text: string): Promise<string>;
  /** Whether any live key made this signature. Takes the same time for each wrong one. */
  verify(text: string, signature: string): Promise<boolean>;
}

export interface LinkClaims {
  customer: string;
  store?: string;
  cart?: string | null;
  effect?: string | null;
  topic?: string | null;
  /** Milliseconds since 1970 UTC. The link expires `lifetime_days` of its purpose later. */
  now: number;
}

export type OpenedLink =
  | { ok: true; claims: Claims }
  /** Ours, but too old: the page offers a new one by mail. */
  | { ok: false; problem: "expired"; claims: Claims }
  /** Changed on the way, made for another purpose, or signed by a key that is gone. */
  | { ok: false; problem: "invalid" };

export interface LinksOptions {
  /** Where the handler is mounted, without a trailing slash. */
  base_url: string;
  keys: LinkKey[];
  /** Days a link lives, by purpose; the defaults are in `LIFETIME_DAYS`. */
  lifetime_days?: Partial<Record<Purpose, number>>;
}

/**
 * A short life makes people meet the renewal page, a long one leaves usable links in old mailboxes. Unsubscribing must
 * work at least 60 days after the mail.
 */
export const LIFETIME_DAYS: Record<Purpose, number> = {
  cart: 21,
  unsubscribe: 730,
  preferences: 180,
  operator: 14,
  open: 60,
  identity: 30,
  receipt: 30,
};

/** The path under `base_url` at which each purpose is served. */
export const PATHS: Record<Purpose, string> = {
  cart: "c",
  unsubscribe: "u",
  preferences: "p",
  operator: "operator",
  open: "o",
  identity: "i",
  receipt: "webhooks",
};

const DAY = 86_400_000;
const NONCE_BYTES = 12;
const TOKEN_LENGTH_MAX = 1024;
/** Mail programs take the punctuation that follows a link for a part of it. */
const TRAILING = /[.,;:!?)\]}>"'*_~=\s]+$/;

export function createLinks(options: LinksOptions): Links {
  checkKeys(options.keys);
  const keyring = createKeyring(options.keys);
  const base_url = options.base_url.replace(/\/+$/, "");
  const lifetime = { ...LIFETIME_DAYS, ...options.lifetime_days };

  async function token(purpose: Purpose, link: LinkClaims): Promise<string> {
    const { first } = await keyring;
    return seal(first, {
      purpose,
      customer: link.customer,
      store: link.store ?? "main",
      cart: link.cart ?? null,
      effect: link.effect ?? null,
      topic: link.topic ?? null,
      expires_at: link.now + lifetime[purpose] * DAY,
    });
  }

  async function openAny(text: string, now: number): Promise<OpenedLink> {
    const claims = await unseal((await keyring).byId, text);
    if (claims === null) return { ok: false, problem: "invalid" };
    return now < claims.expires_at ? { ok: true, claims } : { ok: false, problem: "expired", claims };
  }

  return {
    base_url,
    token,
    openAny,
    async url(purpose, link) {
      const suffix = purpose === "open" ? ".gif" : "";
      return `${base_url}/${PATHS[purpose]}/${await token(purpose, link)}${suffix}`;
    },
    async open(purpose, text, now) {
      const opened = await openAny(text, now);
      if (opened.ok || opened.problem === "expired") {
        return opened.claims.purpose === purpose ? opened : { ok: false, problem: "invalid" };
      }
      return opened;
    },
    async sign(text) {
      return signText((await keyring).first, text);
    },
    async verify(text, signature) {
      const candidates = await Promise.all([...(await keyring).byId.values()].map((key) => signText(key, text)));
      // Compare with every key and every letter, so that time tells nothing.
      return candidates.map((candidate) => sameText(candidate, signature)).includes(true);
    },
  };
}

/** The token as it was made, from what a mail program, a phone or a person made of it. */
export function tidyToken(text: string): string {
  return text.trim().replace(TRAILING, "").toLowerCase();
}

/**
 * The nonce is derived from the claims (a synthetic IV): the same claims give the same token, so a message rendered
 * twice from the same release carries the same links, and no nonce is ever used for two different texts.
 */
async function seal(key: SealingKey, claims: Claims): Promise<string> {
  const plain = encodeClaims(claims);
  const nonce = await deriveNonce(key, plain);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key.encrypt, plain);
  const bytes = new Uint8Array(NONCE_BYTES + sealed.byteLength);
  bytes.set(nonce);
  bytes.set(new Uint8Array(sealed), NONCE_BYTES);
  return key.id + encodeBase32(bytes);
}

async function unseal(keys: Map<string, SealingKey>, text: string): Promise<Claims | null> {
  if (text.length > TOKEN_LENGTH_MAX) return null;
  const token = tidyToken(text);
  const key = keys.get(token.slice(0, 1));
  const bytes = decodeBase32(token.slice(1));
  if (key === undefined || bytes === null || bytes.length <= NONCE_BYTES) return null;
  try {
    const iv = bytes.slice(0, NONCE_BYTES);
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key.encrypt, bytes.slice(NONCE_BYTES));
    return decodeClaims(new Uint8Array(plain));
  } catch {
    return null;
  }
}

async function deriveNonce(key: SealingKey, plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", key.sign, plain)).slice(0, NONCE_BYTES);
}

/** Equality whose time depends on the lengths only. */
export function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % (b.length || 1));
  return difference === 0;
}
