/**
 * What a link says, and its bytes. A link is bound to one purpose: a token made for the cart page opens nothing else.
 *
 * The bytes are `purpose, expiry in minutes (4 bytes), customer, store, cart, effect, topic`; each text is its length and
 * UTF-8, except that 32 hexadecimal digits (our ids) travel as 16 bytes.
 */
export interface Claims {
  purpose: Purpose;
  customer: string;
  /** The store it belongs to; `main` when the link says nothing. */
  store: string;
  /** The predicted cart, on cart links. */
  cart: string | null;
  /** The message or operator's task it was made for. */
  effect: string | null;
  /** The topic of consent, on unsubscribe links. */
  topic: string | null;
  /** Milliseconds since 1970 UTC, rounded up to whole minutes. */
  expires_at: number;
}

/** New purposes go to the end: the position is part of the token. */
export const PURPOSES = ["cart", "unsubscribe", "preferences", "operator", "open", "identity", "receipt"] as const;

export type Purpose = (typeof PURPOSES)[number];

/** The longest customer id, in bytes of UTF-8. Longer ones are refused when the link is made. */
export const CUSTOMER_BYTES_MAX = 128;

const MINUTE = 60_000;
const HEX_ID = /^[0-9a-f]{32}$/;
const HEX_MARK = 255;

export function encodeClaims(claims: Claims): Uint8Array<ArrayBuffer> {
  const minutes = Math.ceil(claims.expires_at / MINUTE);
  const parts = [
    Uint8Array.of(PURPOSES.indexOf(claims.purpose)),
    Uint8Array.of(minutes >>> 24, (minutes >>> 16) & 255, (minutes >>> 8) & 255, minutes & 255),
    encodeText(claims.customer),
    encodeText(claims.store === "main" ? "" : claims.store),
    encodeText(claims.cart ?? ""),
    encodeText(claims.effect ?? ""),
    encodeText(claims.topic ?? ""),
  ];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** `null` when the bytes are not exactly one set of claims. */
export function decodeClaims(bytes: Uint8Array): Claims | null {
  const purpose = PURPOSES[bytes[0] ?? 255];
  if (purpose === undefined || bytes.length < 5) return null;
  const minutes = ((bytes[1]! << 24) | (bytes[2]! << 16) | (bytes[3]! << 8) | bytes[4]!) >>> 0;
  const texts: string[] = [];
  let at = 5;
  for (let field = 0; field < 5; field++) {
    const length = bytes[at++];
    if (length === undefined) return null;
    const size = length === HEX_MARK ? 16 : length;
    if (at + size > bytes.length) return null;
    const part = bytes.subarray(at, at + size);
    texts.push(length === HEX_MARK ? toHex(part) : new TextDecoder().decode(part));
    at += size;
  }
  if (at !== bytes.length) return null;
  const [customer, store, cart, effect, topic] = texts as [string, string, string, string, string];
  return {
    purpose,
    customer,
    store: store || "main",
    cart: cart || null,
    effect: effect || null,
    topic: topic || null,
    expires_at: minutes * MINUTE,
  };
}

function encodeText(text: string): Uint8Array {
  if (HEX_ID.test(text)) return Uint8Array.of(HEX_MARK, ...fromHex(text));
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > CUSTOMER_BYTES_MAX) {
    throw new RangeError(`an id in a link must be at most ${CUSTOMER_BYTES_MAX} bytes, found ${bytes.length}`);
  }
  return Uint8Array.of(bytes.length, ...bytes);
}

function fromHex(text: string): number[] {
  return Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(i * 2, i * 2 + 2), 16));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
