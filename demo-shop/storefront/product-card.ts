import type { ShopProduct } from "../shop/products.js";
import { money } from "../web/format.js";
import { html, trusted, type Html } from "../web/html.js";

/** A product in a grid. `why` is said below the name when a list has a reason for it. */
export function productCard(product: ShopProduct, why: string | null = null): Html {
  return html`<li class="card">
    <a href="/products/${product.id}">
      <img src="/pictures/${product.id}.svg" alt="" width="320" height="320" loading="lazy" />
      <span class="card-name">${product.name}</span>
    </a>
    ${why && html`<p class="why">${why}</p>`}
    <div class="card-foot">
      <span class="price">${money(product.price)}</span>
      ${product.stock > 0 ? addButton(product) : html`<span class="out">Out of stock</span>`}
    </div>
  </li>`;
}

export function productGrid(products: readonly ShopProduct[]): Html {
  return html`<ul class="grid">
    ${products.map((product) => productCard(product))}
  </ul>`;
}

function addButton(product: ShopProduct): Html {
  return html`<form method="post" action="/cart/add">
    <input type="hidden" name="product" value="${product.id}" /><button
      class="add"
      aria-label="Add ${product.name} to the basket"
    >
      Add
    </button>
  </form>`;
}

export function stars(rating: number): Html {
  const full = "★".repeat(rating) + "☆".repeat(5 - rating);
  return html`<span class="stars" role="img" aria-label="${rating} of 5 stars">${trusted(full)}</span>`;
}
