import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Settings } from "../shop/settings.js";

/** Cookies whose value nobody but this shop can write. */
export class SignedCookies {
  readonly #key: Buffer;

  constructor(settings: Settings) {
    let key = settings.read("cookie_key");
    if (!key) {
      key = randomBytes(32).toString("hex");
      settings.write("cookie_key", key);
    }
    this.#key = Buffer.from(key, "hex");
  }

  read(request: Request, name: string): string | null {
    const sealed = plainCookie(request, name);
    if (!sealed) return null;
    const cut = sealed.lastIndexOf(".");
    const value = sealed.slice(0, cut);
    const given = Buffer.from(sealed.slice(cut + 1));
    const expected = Buffer.from(this.#seal(name, value));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    return safelyDecoded(value);
  }

  /** The `Set-Cookie` header; an empty value removes the cookie. */
  header(name: string, value: string, seconds: number): string {
    const encoded = encodeURIComponent(value);
    return `${name}=${encoded}.${this.#seal(name, encoded)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${value === "" ? 0 : seconds}`;
  }

  #seal(name: string, value: string): string {
    return createHmac("sha256", this.#key).update(`${name}=${value}`).digest("base64url").slice(0, 27);
  }
}

function plainCookie(request: Request, name: string): string | null {
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const [key, ...rest] = part.trim().split("=");
    if (key === name) return rest.join("=");
  }
  return null;
}

function safelyDecoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
