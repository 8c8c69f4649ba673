import type { ProductCard } from "comeback";
import type { ShopProduct } from "../shop/products.js";
import { html, type Html } from "../web/html.js";
import type { Router } from "../web/router.js";
import { backTo, type Visit } from "../web/visit.js";
import { tell } from "./observations.js";

const SHOWN_MAX = 5;

/** What Comeback recommends to this visitor; nothing when it has nothing to say, or can't say it now. */
export async function recommendedFor(visit: Visit): Promise<{ product: ShopProduct; why: string | null }[]> {
  if (!visit.customer && !visit.returning) return [];
  try {
    const cards = await visit.demo.comeback.ask<ProductCard[] | null>(visit.visitor, {
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
  title: string;
  text: string;
  url: string;
  recommendations?: Record<string, ProductCard[]> | null;
  offer?: { code: string } | null;
}

/** A place on the page that Comeback may fill. Empty, or when anything fails, it takes no room. */
export async function bannerSlot(visit: Visit, slot: string): Promise<Html | null> {
  const banner = await waiting(visit, slot);
  if (!banner) return null;
  tell(visit, "banner.shown", { banner: banner.banner });
  const products = Object.values(banner.recommendations ?? {}).flat();
  return html`<aside class="banner" aria-label="For you">
    <div>
      <p><strong>${banner.title}</strong> ${banner.text.replace("{code}", banner.offer?.code ?? "")}</p>
      ${
        products.length > 0 &&
        html`<ul class="banner-products">
          ${products.map(
            (card) =>
              html`<li>
                <a href="/products/${card.product}"
                  ><img src="/pictures/${card.product}.svg" alt="" width="72" height="72" /><span>${card.name}</span></a
                >
              </li>`,
          )}
        </ul>`
      }
    </div>
    <form method="post" action="/banners/${banner.banner}" class="actions">
      <input type="hidden" name="to" value="${banner.url}" /><input
        type="hidden"
        name="back"
        value="${visit.url.pathname}"
      />
      ${banner.url.startsWith("/") && html`<button class="button" name="do" value="follow">Have a look</button>`}
      <button class="link" name="do" value="dismiss">Not now</button>
    </form>
  </aside>`;
}

async function waiting(visit: Visit, slot: string): Promise<Banner | null> {
  try {
    // A page just visited may be what the banner waits for.
    await visit.demo.bridge.deliver();
    const question = { ask: "banners" as const, slot, url: visit.url.pathname };
    const banners = await visit.demo.comeback.ask<Banner[] | null>(visit.visitor, question);
    return banners?.[0] ?? null;
  } catch {
    return null;
  }
}

export function bannerRoutes(router: Router): void {
  router.post("/banners/:id", async (visit) => {
    const form = await visit.form();
    const follow = form.get("do") === "follow";
    tell(visit, follow ? "banner.clicked" : "banner.dismissed", { banner: visit.param("id") });
    return visit.redirect(follow ? backTo(new URLSearchParams({ back: form.get("to") ?? "/" })) : backTo(form));
  });
}
