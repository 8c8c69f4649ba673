import { QUANTITY_MAX, type CartLine } from "../shop/carts.js";
import { shippingQuote } from "../shop/shipping.js";
import { money, plural } from "../web/format.js";
import { html, type Html } from "../web/html.js";
import type { Router } from "../web/router.js";
import { backTo, type Visit } from "../web/visit.js";
import { tell } from "./observations.js";
import { bannerSlot } from "./personal.js";

export function cartRoutes(router: Router): void {
  router
    .get("/cart", show)
    .post("/cart/add", add)
    .post("/cart/quantity", setQuantity)
    .post("/cart/why", answerWhy)
    .post("/wishlist/add", wish(true))
    .post("/wishlist/remove", wish(false));
}

async function show(visit: Visit): Promise<Response> {
  const lines = visit.demo.grocer.carts.lines(visit.visitor);
  const body = html`<section class="wide">
    <h1>Basket</h1>
    ${await bannerSlot(visit, "cart")}
    ${lines.length === 0 ? html`<p class="empty">Nothing in it yet. <a href="/categories/coffee">Coffee</a> is a good beginning.</p>` : filled(visit, lines)}
  </section>`;
  return visit.page("Basket", body);
}

function filled(visit: Visit, lines: CartLine[]): Html {
  const goods = lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);
  const shipping = shippingQuote(lines, visit.customer?.zone ?? "Europe/London");
  return html`<ul class="lines">
      ${lines.map(line)}
    </ul>
    <dl class="totals">
      <div>
        <dt>Goods</dt>
        <dd>${money(goods)}</dd>
      </div>
      <div>
        <dt>Delivery, ${shipping.carrier.toLowerCase()}</dt>
        <dd>${shipping.price === 0 ? "free" : money(shipping.price)}</dd>
      </div>
      <div class="sum">
        <dt>Together</dt>
        <dd>${money(goods + shipping.price)}</dd>
      </div>
    </dl>
    <p class="forward"><a class="button" href="/checkout">To the checkout</a></p>
    ${whyForm()}`;
}

/** What keeps somebody from ordering, in their own words; the program reads the answer as an attribute. */
const REASONS: readonly [value: string, words: string][] = [
  ["delivery cost", "Delivery costs too much"],
  ["delivery time", "Delivery takes too long"],
  ["payment", "I could not pay the way I wanted"],
  ["price", "It costs too much"],
  ["just looking", "I was only looking"],
];

function whyForm(): Html {
  return html`<details class="why-not" id="why">
    <summary>Not today? Tell us what is missing</summary>
    <form method="post" action="/cart/why" class="stack">
      <fieldset>
        <legend>What keeps you from ordering?</legend>
        ${REASONS.map(
          ([value, words]) =>
            html`<label class="choice"><input type="radio" name="why" value="${value}" required /> ${words}</label>`,
        )}
      </fieldset>
      <button class="button">Tell the shop</button>
    </form>
  </details>`;
}

async function answerWhy(visit: Visit): Promise<Response> {
  const why = (await visit.form()).get("why");
  const answer = REASONS.find(([value]) => value === why)?.[0];
  if (answer) {
    tell(visit, "form.answered", { form: "why_left", answers: { why_left: answer } });
    visit.say("Thank you, we read every one of these.");
  }
  return visit.redirect("/cart");
}

function line({ product, quantity }: CartLine): Html {
  const field = `q-${product.id}`;
  return html`<li>
    <img src="/pictures/${product.id}.svg" alt="" width="72" height="72" />
    <div class="line-name">
      <a href="/products/${product.id}">${product.name}</a
      ><span class="quiet"
        >${money(product.price)}
        each${product.stock < quantity && html` · <strong>${product.stock === 0 ? "out of stock" : `only ${product.stock} left`}</strong>`}</span
      >
    </div>
    <form method="post" action="/cart/quantity" class="line-quantity">
      <input type="hidden" name="product" value="${product.id}" />
      <label class="hidden" for="${field}">Quantity of ${product.name}</label>
      <input
        id="${field}"
        name="quantity"
        type="number"
        inputmode="numeric"
        min="0"
        max="${QUANTITY_MAX}"
        value="${quantity}"
      />
      <button class="quiet-button" aria-label="Set the quantity of ${product.name}">Set</button>
      <button class="link" name="remove" value="yes" aria-label="Remove ${product.name}">Remove</button>
    </form>
    <span class="line-price">${money(product.price * quantity)}</span>
  </li>`;
}

async function add(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const product = visit.demo.grocer.products.find(form.get("product") ?? "");
  const quantity = Math.floor(Number(form.get("quantity") ?? 1));
  if (!product || product.discontinued || product.stock <= 0) visit.say("That can’t be bought at the moment.");
  else if (!(quantity >= 1 && quantity <= QUANTITY_MAX))
    visit.say(`A quantity is a whole number from 1 to ${QUANTITY_MAX}.`);
  else {
    visit.demo.grocer.carts.add(visit.visitor, product, quantity, visit.now);
    visit.say(`${plural(quantity, "×", "×").replace(" ", "")} ${product.name} in the basket.`);
  }
  return visit.redirect(sameSiteReferrer(visit) ?? "/cart");
}

async function setQuantity(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const quantity = form.has("remove") ? 0 : Math.floor(Number(form.get("quantity")));
  if (Number.isFinite(quantity))
    visit.demo.grocer.carts.setQuantity(visit.visitor, form.get("product") ?? "", quantity, visit.now);
  return visit.redirect("/cart");
}

function wish(wanted: boolean) {
  return async (visit: Visit): Promise<Response> => {
    const form = await visit.form();
    const product = visit.demo.grocer.products.find(form.get("product") ?? "");
    if (!visit.customer) visit.say("Log in to keep a wishlist.");
    else if (product && wanted) visit.demo.grocer.wishlist.add(visit.customer.id, [product.id], visit.now);
    else if (product) visit.demo.grocer.wishlist.remove(visit.customer.id, product.id, visit.now);
    return visit.redirect(backTo(form, "/account"));
  };
}

/** Adding from a list should leave one in the list. */
function sameSiteReferrer(visit: Visit): string | null {
  const referrer = visit.request.headers.get("referer");
  if (!referrer || !URL.canParse(referrer)) return null;
  const url = new URL(referrer);
  return url.host === visit.url.host ? url.pathname + url.search : null;
}
