import { sameText } from "../links/links.js";

/**
 * Standard Webhooks (https://www.standardwebhooks.com): `HMAC-SHA256(id.timestamp.body)` in base64, a window of five
 * minutes, and an id that is taken once.
 */
export interface SignatureCheck {
  ok: boolean;
  /** For the sender: what was wrong. */
  problem: string | null;
}

export const WINDOW_MS = 5 * 60_000;
const SIGNATURES_MAX = 10;
const REPLAYS_MAX = 100_000;

/** Ids seen within the window. */
export interface ReplayCache {
  has(id: string): boolean;
  add(id: string, now: number): void;
}

export function createReplayCache(): ReplayCache {
  const seen = new Map<string, number>();
  return {
    has: (id) => seen.has(id),
    add(id, now) {
      // Oldest first. What is older than both ends of the window would be refused by its timestamp anyway.
      for (const [old, at] of seen) {
        if (now - at < 2 * WINDOW_MS && seen.size < REPLAYS_MAX) break;
        seen.delete(old);
      }
      seen.set(id, now);
    },
  };
}

export async function checkSignature(
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
  secrets: string[],
  now: number,
): Promise<SignatureCheck> {
  const id = headers.get("webhook-id");
  const timestamp = headers.get("webhook-timestamp");
  const signatures = headers.get("webhook-signature");
  if (!id || !timestamp || !signatures)
    return { ok: false, problem: "the headers webhook-id, webhook-timestamp and webhook-signature are needed" };
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1000) > WINDOW_MS) {
    return { ok: false, problem: "webhook-timestamp is more than five minutes from now" };
  }
  const given = signatures
    .split(" ")
    .slice(0, SIGNATURES_MAX)
    .filter((part) => part.startsWith("v1,"))
    .map((part) => part.slice(3));
  const right = await Promise.all(secrets.map((secret) => signWebhook(secret, id, timestamp, body)));
  const matches = right.flatMap((expected) => given.map((signature) => sameText(expected, signature)));
  return matches.includes(true) ? { ok: true, problem: null } : { ok: false, problem: "the signature does not match" };
}

/** The base64 signature; also used to sign what we send. */
export async function signWebhook(
  secret: string,
  id: string,
  timestamp: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const key = await crypto.subtle.importKey("raw", secretBytes(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const signed = new Uint8Array(head.length + body.length);
  signed.set(head);
  signed.set(body, head.length);
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign("HMAC", key, signed))));
}

function secretBytes(secret: string): Uint8Array<ArrayBuffer> {
  if (!secret.startsWith("whsec_")) return new TextEncoder().encode(secret);
  return Uint8Array.from(atob(secret.slice(6)), (letter) => letter.charCodeAt(0));
}
