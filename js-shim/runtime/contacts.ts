import type { Store } from "../stores/store.js";

/** Contacts never to be written to, by channel. The store holds keyed hashes and no address. */
export interface Contacts {
  hash(channel: string, contact: string): Promise<string>;
  suppressed(channel: string, contact: string): Promise<boolean>;
  suppress(channel: string, contact: string, reason: string, at: number): Promise<void>;
}

/**
 * `key` makes the hashes; without one the store makes its own at first use, and then whoever has
 * the file can test a guess. Keep a key of your own outside the file if that matters.
 */
export function contacts(store: Store, key: string | null): Contacts {
  let mac: Promise<CryptoKey> | null = null;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const utf8 = new TextEncoder();

  const load = async (): Promise<CryptoKey> => {
    const secret = key ?? (await store.metaOnce("suppression_key", crypto.randomUUID() + crypto.randomUUID()));
    return crypto.subtle.importKey("raw", utf8.encode(secret), algorithm, false, ["sign"]);
  };
  const hash = async (channel: string, contact: string): Promise<string> => {
    mac ??= load();
    const bytes = await crypto.subtle.sign("HMAC", await mac, utf8.encode(`${channel}\n${folded(contact)}`));
    return Array.from(new Uint8Array(bytes).slice(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  return {
    hash,
    suppressed: async (channel, contact) => (await store.suppressed([await hash(channel, contact)]))[0]!,
    suppress: async (channel, contact, reason, at) =>
      store.suppress({ hash: await hash(channel, contact), at, reason }),
  };
}

/** Mail boxes that differ only in case are one in practice. */
function folded(contact: string): string {
  return contact.trim().toLowerCase();
}
