import { money } from "../web/format.js";
import { html } from "../web/html.js";
import { backTo, type Visit } from "../web/visit.js";

export function shelvesPage(visit: Visit): Response {
  const { products } = visit.demo.grocer;
  const body = html`<section class="wide">
    <h1>Shelves</h1>
    <p class="lede">Change a price or empty a shelf, and see what the next cart makes of it.</p>
    <div class="table" role="region" aria-label="Products" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Product</th>
            <th scope="col">Stock and price (£)</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          ${products.all().map(
            (product) =>
              html`<tr>
                <th scope="row"><a href="/products/${product.id}">${product.name}</a></th>
                <td>
                  <form method="post" action="/office/shelves" class="shelf-form">
                    <input type="hidden" name="product" value="${product.id}" />
                    <input
                      type="number"
                      name="stock"
                      min="0"
                      max="100000"
                      value="${product.stock}"
                      aria-label="Stock of ${product.name}"
                    />
                    <input
                      type="number"
                      name="price"
                      min="0.01"
                      max="10000"
                      step="0.01"
                      value="${(product.price / 100).toFixed(2)}"
                      aria-label="Price of ${product.name} in pounds"
                    /><button class="quiet-button" aria-label="Save ${product.name}">Save</button>
                  </form>
                </td>
                <td>
                  ${product.discontinued ? html`discontinued${product.successor && html`, now ${products.name(product.successor)}`}` : product.stock === 0 ? html`<span class="status cancelled">out of stock</span>` : "on sale"}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
  return visit.page("Shelves", body, { section: "office" });
}

export async function changeShelf(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const { products } = visit.demo.grocer;
  const product = products.find(form.get("product") ?? "");
  const [stock, pounds] = [Number(form.get("stock")), Number(form.get("price"))];
  if (!product) return visit.notFound("Product");
  if (!Number.isInteger(stock) || stock < 0 || !(pounds > 0 && pounds <= 10_000))
    visit.say("Stock is a whole number, a price is more than nothing.");
  else {
    products.setStock(product.id, stock);
    products.setPrice(product.id, Math.round(pounds * 100));
    visit.demo.comeback.productsChanged();
    visit.say(`${product.name}: ${stock} on the shelf at ${money(Math.round(pounds * 100))}.`);
  }
  return visit.redirect(backTo(form, "/office/shelves"));
}
