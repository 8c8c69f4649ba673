import { encodeBase32 } from "./base32.js";

/**
 * The shop's link keys. The first seals new links, all of them open old ones: to rotate, put a new key in front and
 * drop the old one when its last link has expired.
 */
export interface LinkKey {
  /** One letter `a`–`z` or digit `2`–`7`; it is the first letter of each token, so don't give it to another key later. */
  id: string;
  /** At least 32 characters of randomness, for example `openssl rand -hex 32`. */
  secret: string;
}

export interface SealingKey {
  id: string;
  /** AES-256-GCM: encrypts and authenticates the claims with a 128-bit tag. */
  encrypt: CryptoKey;
  /** HMAC-SHA256: derives nonces and signs one-time values. */
  sign: CryptoKey;
}

export type Keyring = Promise<{ first: SealingKey; byId: Map<string, SealingKey> }>;

export async function createKeyring(keys: LinkKey[]): Keyring {
  const sealing = await Promise.all(keys.map(deriveKey));
  return { first: sealing[0]!, byId: new Map(sealing.map((key) => [key.id, key])) };
}

export function checkKeys(keys: LinkKey[]): void {
  if (keys.length === 0) throw new TypeError("links need at least one key; make a secret with `openssl rand -hex 32`");
  for (const { id, secret } of keys) {
    if (!/^[a-z2-7]$/.test(id)) throw new TypeError(`a link key's id must be one of a-z or 2-7, found \`${id}\``);
    if (secret.length < 32) {
      throw new TypeError(
        `the secret of link key \`${id}\` must have at least 32 characters; use \`openssl rand -hex 32\``,
      );
    }
  }
  if (new Set(keys.map((key) => key.id)).size !== keys.length) throw new TypeError("two link keys share an id");
}

/** A text signature of 128 bits. */
export async function signText(key: SealingKey, text: string): Promise<string> {
  const signature = await crypto.subtle.sign("HMAC", key.sign, new TextEncoder().encode(text));
  return encodeBase32(new Uint8Array(signature, 0, 16));
}

async function deriveKey({ id, secret }: LinkKey): Promise<SealingKey> {
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "HKDF", false, ["deriveKey"]);
  const from = (info: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(0),
    info: new TextEncoder().encode(`comeback links v1 ${info} ${id}`),
  });
  const [encrypt, sign] = await Promise.all([
    crypto.subtle.deriveKey(from("encrypt"), base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
    crypto.subtle.deriveKey(from("sign"), base, { name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]),
  ]);
  return { id, encrypt, sign };
}
