import { RANGE } from "../stock/catalogue.js";
import { productPicture } from "../pictures/product-picture.js";
import { CATEGORIES, categoryName } from "../shop/categories.js";
import { QUANTITY_MAX } from "../shop/carts.js";
import type { ShopProduct } from "../shop/products.js";
import { money, moment, plural } from "../web/format.js";
import { html, trusted, type Html } from "../web/html.js";
import type { Router } from "../web/router.js";
import { backTo, type Visit } from "../web/visit.js";
import { observe } from "./observations.js";
import { productGrid, stars } from "./product-card.js";

export function shelfRoutes(router: Router): void {
  router
    .get("/categories/:id", category)
    .get("/products/:id", product)
    .get("/search", search)
    .get("/pictures/:file", picture)
    .post("/products/:id/review", review)
    .post("/reviews/:id/remove", removeReview);
}

function category(visit: Visit): Response {
  const found = CATEGORIES.find(({ id }) => id === visit.param("id"));
  if (!found) return visit.notFound("Category");
  const products = visit.demo.grocer.products.inCategory(found.id);
  observe(visit, "category.viewed", { category: found.id });
  const body = html`<section>
    <h1>${found.name}</h1>
    <p class="lede">${found.blurb}</p>
    ${productGrid(products)}
  </section>`;
  return visit.page(found.name, body);
}

function product(visit: Visit): Response {
  const { products, reviews, wishlist } = visit.demo.grocer;
  const found = products.find(visit.param("id"));
  if (!found) return visit.notFound("Product");
  observe(visit, "product.viewed", { product: found.id });
  const wished = visit.customer !== null && wishlist.has(visit.customer.id, found.id);
  const body = html`<article class="product">
      <img class="product-picture" src="/pictures/${found.id}.svg" alt="${found.name}" width="320" height="320" />
      <div class="product-text">
        <p class="crumb"><a href="/categories/${found.category}">${categoryName(found.category)}</a></p>
        <h1>${found.name}</h1>
        <p class="lede">${found.blurb}</p>
        <p class="price large">${money(found.price)} <span class="quiet">${found.pack}</span></p>
        ${variants(found, products.siblings(found))} ${buying(visit, found)}
        ${visit.customer && wishForm(found, wished)}
        <dl class="facts">
          <div>
            <dt>Made by</dt>
            <dd>${found.manufacturer}</dd>
          </div>
          <div>
            <dt>Kind</dt>
            <dd>${found.type}</dd>
          </div>
          ${
            found.units > 1 &&
            html`<div>
              <dt>Single packs in it</dt>
              <dd>${found.units}</dd>
            </div>`
          }
        </dl>
      </div>
    </article>
    ${reviewsPart(visit, found, reviews.of(found.id))}`;
  return visit.page(found.name, body);
}

function variants(product: ShopProduct, siblings: ShopProduct[]): Html | null {
  if (siblings.length < 2) return null;
  return html`<nav aria-label="Varieties">
    <ul class="variants">
      ${siblings.map(
        (sibling) =>
          html`<li>
            <a href="/products/${sibling.id}" ${sibling.id === product.id && trusted(' aria-current="page"')}
              >${sibling.variant}</a
            >
          </li>`,
      )}
    </ul>
  </nav>`;
}

function buying(visit: Visit, product: ShopProduct): Html {
  if (product.discontinued) {
    const successor = product.successor ? visit.demo.grocer.products.find(product.successor) : null;
    return html`<p class="notice">
      We no longer sell this.
      ${successor && html`Its successor is <a href="/products/${successor.id}">${successor.name}</a>.`}
    </p>`;
  }
  if (product.stock <= 0) return html`<p class="notice">Out of stock at the moment.</p>`;
  return html`<form method="post" action="/cart/add" class="buy">
    <input type="hidden" name="product" value="${product.id}" />
    <label for="quantity">Quantity</label>
    <input id="quantity" name="quantity" type="number" inputmode="numeric" min="1" max="${QUANTITY_MAX}" value="1" />
    <button class="button">Add to the basket</button>
    ${product.stock < 10 && html`<span class="quiet">Only ${product.stock} left</span>`}
  </form>`;
}

function wishForm(product: ShopProduct, wished: boolean): Html {
  return html`<form method="post" action="/wishlist/${wished ? "remove" : "add"}">
    <input type="hidden" name="product" value="${product.id}" /><input
      type="hidden"
      name="back"
      value="/products/${product.id}"
    /><button class="link">${wished ? "♥ On your wishlist: take it off" : "♡ Put it on my wishlist"}</button>
  </form>`;
}

function reviewsPart(
  visit: Visit,
  product: ShopProduct,
  reviews: { id: number; customer: string; customer_name: string; rating: number; text: string; posted_at: number }[],
): Html {
  return html`<section class="reviews" id="reviews" aria-labelledby="reviews-title">
    <h2 id="reviews-title">${reviews.length === 0 ? "No reviews yet" : plural(reviews.length, "review")}</h2>
    ${reviews.map(
      (one) =>
        html`<blockquote>
          <p>${stars(one.rating)} ${one.text}</p>
          <footer class="quiet">${one.customer_name}, <time>${moment(one.posted_at)}</time></footer>
          ${one.customer === visit.customer?.id && removeForm(product, one.id)}
        </blockquote>`,
    )}
    ${visit.customer && reviewForm(product)}
  </section>`;
}

function removeForm(product: ShopProduct, review: number): Html {
  return html`<form method="post" action="/reviews/${review}/remove">
    <input type="hidden" name="back" value="/products/${product.id}" /><button class="link">Take my review back</button>
  </form>`;
}

function reviewForm(product: ShopProduct): Html {
  return html`<details>
    <summary>Write a review</summary>
    <form method="post" action="/products/${product.id}/review" class="stack">
      <label for="rating">Stars</label>
      <select id="rating" name="rating">
        ${[5, 4, 3, 2, 1].map((value) => html`<option value="${value}">${plural(value, "star")}</option>`)}
      </select>
      <label for="text">What would you tell a neighbour?</label>
      <textarea id="text" name="text" rows="3" maxlength="600" required></textarea>
      <button class="button">Post the review</button>
    </form>
  </details>`;
}

async function review(visit: Visit): Promise<Response> {
  const { products, reviews, orders } = visit.demo.grocer;
  const found = products.find(visit.param("id"));
  if (!found) return visit.notFound("Product");
  const form = await visit.form();
  const rating = Number(form.get("rating"));
  const text = (form.get("text") ?? "").trim().slice(0, 600);
  if (!visit.customer) visit.say("Log in to write a review.");
  else if (!Number.isInteger(rating) || rating < 1 || rating > 5 || text === "")
    visit.say("A review has one to five stars and a few words.");
  else {
    const bought = orders.of(visit.customer.id).find((order) => order.lines.some((line) => line.product === found.id));
    reviews.post({
      product: found.id,
      customer: visit.customer.id,
      rating,
      text,
      at: visit.now,
      order: bought?.id ?? null,
    });
    visit.say("Thank you for the review.");
  }
  return visit.redirect(`/products/${found.id}`);
}

async function removeReview(visit: Visit): Promise<Response> {
  const back = backTo(await visit.form());
  if (visit.customer) {
    visit.demo.grocer.reviews.remove(Number(visit.param("id")), visit.customer.id, visit.now);
    visit.say("Your review is gone.");
  }
  return visit.redirect(back);
}

function search(visit: Visit): Response {
  const words = (visit.url.searchParams.get("q") ?? "").slice(0, 100);
  const found = visit.demo.grocer.products.search(words);
  if (words) observe(visit, "search.performed", { query: words, results: found.length });
  const body = html`<section>
    <h1>${words ? html`“${words}”` : "Search"}</h1>
    ${words && found.length === 0 && html`<p class="empty">Nothing here answers to that. Try <a href="/search?q=coffee">coffee</a> or <a href="/search?q=cat">cat</a>.</p>`}
    ${
      found.length > 0 &&
      html`<p class="lede">${plural(found.length, "product")}</p>
        ${productGrid(found)}`
    }
  </section>`;
  return visit.page(words ? `Search: ${words}` : "Search", body);
}

const drawn = new Map<string, string>();

function picture(visit: Visit): Response {
  const id = visit.param("file").replace(/\.svg$/, "");
  let svg = drawn.get(id);
  if (!svg) {
    const item = RANGE.find((candidate) => candidate.id === id);
    if (!item) return new Response("no such picture", { status: 404 });
    svg = productPicture(item.art, item.category, item.name);
    drawn.set(id, svg);
  }
  return new Response(svg, {
    headers: { "content-type": "image/svg+xml; charset=utf-8", "cache-control": "public, max-age=86400" },
  });
}
