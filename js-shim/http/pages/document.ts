import { createPalette } from "../../templates/colour.js";
import { safeAddress } from "../../templates/context.js";
import type { Exchange } from "../router.js";
import { Html, markup } from "./html.js";
import { styleSheet } from "./style.js";
import { type PageLocale, type PageWords, pageWords } from "./words.js";

/** Everything a page needs besides its body. */
export interface PageOptions {
  title: string;
  locale: PageLocale;
  body: Html;
  status?: number;
  /** JavaScript that may fail without loss; it runs under the page's nonce. */
  script?: string;
  /** Whether the page offers its other language. */
  switchable?: boolean;
}

/** A complete page. It keeps nothing, tells nobody where it was, and may load pictures and nothing else. */
export function page(exchange: Exchange, options: PageOptions): Response {
  const nonce = randomNonce();
  const words = pageWords(options.locale);
  const { shop } = exchange.deps;
  const text = markup`<!doctype html>
<html lang="${options.locale}"><head><meta charset="utf-8"><title>${options.title} · ${shop.name}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex,nofollow"><meta name="color-scheme" content="light dark">
<style nonce="${nonce}">${new Html(styleSheet(createPalette(shop.colour)))}</style></head>
<body><header>${shopMark(exchange)}${options.switchable !== false && languageLink(exchange, options.locale, words)}</header>
<main>${options.body}</main>
<footer>${shop.name}${shop.address ? `, ${shop.address}` : ""}</footer>
${options.script ? markup`<script nonce="${nonce}">${new Html(options.script)}</script>` : ""}</body></html>`;
  return new Response(text.text, { status: options.status ?? 200, headers: pageHeaders(exchange, nonce) });
}

function pageHeaders(exchange: Exchange, nonce: string): Record<string, string> {
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": [
      "default-src 'none'",
      `style-src 'nonce-${nonce}'`,
      `script-src 'nonce-${nonce}'`,
      `img-src 'self' ${imageOrigins(exchange).join(" ")}`,
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    ...privateHeaders(),
  };
}

/** For every answer to a signed link. */
export function privateHeaders(): Record<string, string> {
  return {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
  };
}

function imageOrigins(exchange: Exchange): string[] {
  const { shop } = exchange.deps;
  const addresses = [shop.url, shop.logo, ...(shop.image_origins ?? [])];
  return [
    ...new Set(addresses.flatMap((address) => (address && URL.canParse(address) ? [new URL(address).origin] : []))),
  ];
}

function shopMark({ deps: { shop } }: Exchange): Html {
  const logo = safeAddress(shop.logo);
  const inside = logo ? markup`<img src="${logo}" alt="${shop.name}">` : shop.name;
  return markup`<a class="shop" href="${safeAddress(shop.url) ?? "#"}">${inside}</a>`;
}

function languageLink(exchange: Exchange, locale: PageLocale, words: PageWords): Html {
  const other = locale === "ru" ? "en" : "ru";
  return markup`<a class="lang" lang="${other}" hreflang="${other}" href="?lang=${other}">${words.other_language}</a>`;
}

function randomNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/** By `?lang=`, else as the customer's profile says, else as the browser asks. */
export function chooseLocale(exchange: Exchange, profile: string | null | undefined): PageLocale {
  const wanted = [
    exchange.url.searchParams.get("lang"),
    profile,
    ...(exchange.request.headers.get("accept-language") ?? "").split(","),
  ];
  for (const locale of wanted) {
    const language = locale?.trim().split(/[-_;]/)[0]?.toLowerCase();
    if (language === "en" || language === "ru") return language;
  }
  return "en";
}

/** Back to the page after a POST, in the language it had. */
export function seeOther(exchange: Exchange, path: string): Response {
  const lang = exchange.url.searchParams.get("lang");
  const query = lang === "en" || lang === "ru" ? `?lang=${lang}` : "";
  return new Response(null, {
    status: 303,
    headers: { location: `${exchange.base_path}${path}${query}`, ...privateHeaders() },
  });
}
