import { domainToASCII } from "node:url";

/**
 * A mail address that is safe to put on the wire, or a reason why not. Stricter than the grammar of RFC 5321 on
 * purpose: quoted local parts, comments, groups and routes have been the way into other people's headers, and no
 * customer has one.
 */
export interface MailAddress {
  name: string | null;
  address: string;
}

export type AddressProblem = "empty" | "too_long" | "not_an_address" | "bad_domain";

const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const LOCAL_LENGTH_MAX = 64;
const ADDRESS_LENGTH_MAX = 254;
const NAME_LENGTH_MAX = 100;

/** `anna@example.com`, with the domain in ASCII. The text is the whole address; nothing is picked out of it. */
export function parseAddress(text: string): { address: string } | { problem: AddressProblem } {
  const trimmed = text.trim();
  if (trimmed === "") return { problem: "empty" };
  if (trimmed.length > ADDRESS_LENGTH_MAX) return { problem: "too_long" };
  const at = trimmed.lastIndexOf("@");
  const local = trimmed.slice(0, Math.max(0, at));
  if (!LOCAL.test(local) || local.length > LOCAL_LENGTH_MAX) return { problem: "not_an_address" };
  const domain = domainToASCII(trimmed.slice(at + 1)).toLowerCase();
  if (!DOMAIN.test(domain)) return { problem: "bad_domain" };
  return { address: `${local}@${domain}` };
}

/** `Bean & Leaf <hello@shop.example>` or a bare address, as an author writes a sender. */
export function parseMailbox(text: string): MailAddress | null {
  const named = /^\s*(?:"([^"\r\n]*)"|([^<>"\r\n]*?))\s*<([^<>]+)>\s*$/.exec(text);
  const parsed = parseAddress(named ? named[3]! : text);
  return "address" in parsed ? { name: tidyName(named?.[1] ?? named?.[2] ?? null), address: parsed.address } : null;
}

/** A display name on one line without characters that separate addresses. */
export function tidyName(name: string | null): string | null {
  const tidy = (name ?? "")
    .replace(/[\u0000-\u001f\u007f\u2028\u2029<>",;:\\@]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return tidy === "" ? null : tidy.slice(0, NAME_LENGTH_MAX);
}
