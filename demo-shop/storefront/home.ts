import { CATEGORIES } from "../shop/categories.js";
import type { ShopProduct } from "../shop/products.js";
import { html, type Html } from "../web/html.js";
import type { Router } from "../web/router.js";
import type { Visit } from "../web/visit.js";
import { bannerSlot, recommendedFor } from "./personal.js";
import { productCard, productGrid } from "./product-card.js";

const MONTH_MS = 30 * 86_400_000;

export function homeRoutes(router: Router): void {
  router.get("/", home);
}

async function home(visit: Visit): Promise<Response> {
  const { products } = visit.demo.grocer;
  const personal = await recommendedFor(visit);
  const body = html` ${await bannerSlot(visit, "home")}
    <section class="hero">
      <div>
        <h1>Good things that run out, <em>back before they do.</em></h1>
        <p>Coffee, tea and the quiet necessities of a kitchen, from a small shop that remembers your rhythm.</p>
        <p>
          <a class="button" href="/categories/coffee">Start with coffee</a>
          ${!visit.customer && html`<a class="button plain" href="/login">Log in as a customer</a>`}
        </p>
      </div>
      <div class="shelf" aria-hidden="true">
        ${["espresso-500", "oat-barista-1", "breakfast-tea-80"].map(
          (id) => html`<img src="/pictures/${id}.svg" alt="" width="320" height="320" />`,
        )}
      </div>
    </section>
    ${
      personal.length > 0 &&
      html`<section>
        <h2>Recommended for you</h2>
        <ul class="grid">
          ${personal.map(({ product, why }) => productCard(product, why))}
        </ul>
      </section>`
    }
    <section>
      <h2>Aisles</h2>
      <ul class="aisle-cards">
        ${CATEGORIES.map(
          (category) =>
            html`<li>
              <a href="/categories/${category.id}"
                ><img src="/pictures/${category.picture}.svg" alt="" width="320" height="320" loading="lazy" /><span
                  ><strong>${category.name}</strong><span class="quiet">${category.blurb}</span></span
                ></a
              >
            </li>`,
        )}
      </ul>
    </section>
    ${strip("Most wanted this month", products.popular(visit.now - MONTH_MS, 5))}
    ${strip("Just in", products.newest(5))}`;
  return visit.page("Coffee, tea and what runs out", body);
}

function strip(title: string, products: ShopProduct[]): Html {
  return html`<section>
    <h2>${title}</h2>
    ${productGrid(products)}
  </section>`;
}
