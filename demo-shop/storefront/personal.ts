import type { ProductCard } from "comeback";
import type { ShopProduct } from "../shop/products.js";
import { html, type Html } from "../web/html.js";
import type { Visit } from "../web/visit.js";

const SHOWN_MAX = 5;

/** What Comeback recommends to this visitor; nothing when it has nothing to say, or can't say it now. */
export async function recommendedFor(visit: Visit): Promise<{ product: ShopProduct; why: string | null }[]> {
  if (!visit.customer) return [];
  try {
    const cards = await visit.demo.comeback.ask<ProductCard[] | null>(visit.customer.id, {
      ask: "recommend",
      list: "home",
      limit: SHOWN_MAX,
    });
    return (cards ?? []).flatMap((card) => {
      const product = visit.demo.grocer.products.find(card.product);
      return product && !product.discontinued ? [{ product, why: card.reason?.text ?? null }] : [];
    });
  } catch {
    // A shop without recommendations is still a shop.
    return [];
  }
}

interface Banner {
  banner: string;
  title?: string;
  text?: string;
  url?: string;
}

/** A place on the page that Comeback may fill. Empty, it takes no room. */
export async function bannerSlot(visit: Visit, slot: string): Promise<Html | null> {
  try {
    const banners = await visit.demo.comeback.ask<Banner[] | null>(visit.visitor, {
      ask: "banners",
      slot,
      url: visit.url.pathname,
    });
    const banner = Array.isArray(banners) ? banners[0] : undefined;
    if (!banner?.title) return null;
    return html`<aside class="banner" aria-label="For you">
      <p><strong>${banner.title}</strong> ${banner.text}</p>
      ${banner.url?.startsWith("/") && html`<a class="button" href="${banner.url}">Have a look</a>`}
    </aside>`;
  } catch {
    return null;
  }
}
