import { createPalette } from "./colour.js";

/** What letters and pages say about the shop. Everything here is public. */
export interface ShopInfo {
  name: string;
  /** The storefront, `https://…`. Links to it get UTM parameters. */
  url: string;
  /** Postal address for the foot of marketing letters; many countries require it. */
  address?: string | null;
  /** Shown on pages after confirming, for people who would rather call. */
  phone?: string | null;
  /** Address of a picture about 36 px high. */
  logo?: string | null;
  /** `#rrggbb`, for buttons. */
  colour?: string | null;
  /** IANA zone for times in letters, used when the customer's is not known. */
  zone?: string | null;
  /** Pages of the storefront that letters lead to; without one they lead to the storefront itself. */
  pages?: ShopPages | null;
  /** Other origins from which product pictures come, for the pages' security policy. */
  image_origins?: string[];
}

export interface ShopPages {
  basket?: string;
  /** `{order}` stands for the order's id. */
  order?: string;
  /** Where a friend registers; `{code}` stands for the code of the letter's offer. */
  friend?: string;
}

/** `shop` as templates see it: every field there, so that strict variables don't trip over an absent logo. */
export function shopContext(shop: ShopInfo): Record<string, unknown> {
  const palette = createPalette(shop.colour);
  return {
    name: shop.name,
    url: shop.url,
    address: shop.address ?? null,
    phone: shop.phone ?? null,
    logo: shop.logo ?? null,
    zone: shop.zone ?? "UTC",
    colour: palette.accent,
    colour_text: palette.on_accent,
  };
}
