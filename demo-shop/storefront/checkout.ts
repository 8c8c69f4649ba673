import type { CartLine } from "../shop/carts.js";
import { shippingQuote, type ShippingQuote } from "../shop/shipping.js";
import { money } from "../web/format.js";
import { html, type Html } from "../web/html.js";
import type { Router } from "../web/router.js";
import type { Visit } from "../web/visit.js";

export function checkoutRoutes(router: Router): void {
  router.get("/checkout", show).post("/checkout", placeOrder);
}

interface Basket {
  lines: CartLine[];
  goods: number;
  quote: ShippingQuote;
}

function basketOf(visit: Visit): Basket | null {
  const lines = visit.demo.grocer.carts.lines(visit.visitor);
  if (lines.length === 0) return null;
  const goods = lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);
  return { lines, goods, quote: shippingQuote(lines, visit.customer?.zone ?? "Europe/London") };
}

function show(visit: Visit): Response {
  if (!visit.customer) return visit.redirect("/login?back=/checkout");
  const basket = basketOf(visit);
  if (!basket) return visit.redirect("/cart");
  tellCheckout(visit, "checkout.started", basket);
  tellCheckout(visit, "checkout.step_reached", basket, { step: "payment" });
  return visit.page("Checkout", form(visit, basket, null));
}

function form(visit: Visit, { lines, goods, quote }: Basket, problem: string | null): Html {
  const { customer } = visit;
  return html`<section class="narrow">
    <h1>Checkout</h1>
    ${problem && html`<p class="notice" role="alert">${problem}</p>`}
    <ol class="steps" aria-label="Steps">
      <li>Basket</li>
      <li aria-current="step">Delivery and payment</li>
      <li>Done</li>
    </ol>
    <dl class="facts">
      <div>
        <dt>To</dt>
        <dd>${customer?.name}, ${customer?.city}</dd>
      </div>
      <div>
        <dt>By</dt>
        <dd>${quote.carrier}, ${quote.days_min}–${quote.days_max} days</dd>
      </div>
    </dl>
    <ul class="summary">
      ${lines.map(({ product, quantity }) => html`<li><span>${quantity} × ${product.name}</span><span>${money(product.price * quantity)}</span></li>`)}
      <li><span>Delivery</span><span>${quote.price === 0 ? "free" : money(quote.price)}</span></li>
      <li class="sum"><span>Together</span><span>${money(goods + quote.price)}</span></li>
    </ul>
    <form method="post" action="/checkout" class="stack">
      <label for="coupon">Coupon, if you have one</label>
      <input id="coupon" name="coupon" autocomplete="off" maxlength="40" />
      <fieldset>
        <legend>Payment</legend>
        <label class="choice"><input type="radio" name="pay" value="now" checked /> Pay now by card</label>
        <label class="choice"><input type="radio" name="pay" value="later" /> Pay later, on the order’s page</label>
        <label class="choice"
          ><input type="radio" name="pay" value="declined" /> A card that the bank declines (to see what happens)</label
        >
      </fieldset>
      <button class="button">Place the order</button>
    </form>
  </section>`;
}

async function placeOrder(visit: Visit): Promise<Response> {
  if (!visit.customer) return visit.redirect("/login?back=/checkout");
  const basket = basketOf(visit);
  if (!basket) return visit.redirect("/cart");
  const fields = await visit.form();
  const code = (fields.get("coupon") ?? "").trim().slice(0, 40).toUpperCase();
  const terms = couponTerms(visit, basket, code);
  if ("refused" in terms) return failed(visit, basket, `${code} was not taken: ${terms.refused}.`, "coupon_refused");
  if (fields.get("pay") === "declined")
    return failed(
      visit,
      basket,
      "The bank declined this card. Nothing was ordered; try another way to pay.",
      "payment",
    );
  return done(visit, basket, { ...terms, code, pay: fields.get("pay") === "later" ? "later" : "now" });
}

function couponTerms(visit: Visit, { goods, quote }: Basket, code: string) {
  if (code === "") return { discount: 0, shipping: quote.price };
  const { coupons } = visit.demo.grocer;
  return coupons.apply(code, { customer: visit.visitor, goods, shipping: quote.price, now: visit.now });
}

function failed(visit: Visit, basket: Basket, problem: string, error: string): Response {
  tellCheckout(visit, "checkout.failed", basket, { step: "payment", error });
  return visit.page("Checkout", form(visit, basket, problem), { status: 422 });
}

function done(
  visit: Visit,
  { lines }: Basket,
  terms: { discount: number; shipping: number; code: string; pay: "now" | "later" },
): Response {
  const { orders, carts, coupons, db, outbox } = visit.demo.grocer;
  const order = db.transaction(() => {
    const placed = orders.place({
      customer: visit.visitor,
      lines: lines.map(({ product, quantity }) => ({ product: product.id, quantity, price: product.price })),
      shipping: terms.shipping,
      discount: terms.discount,
      coupon: terms.code || null,
      at: visit.now,
      pay: terms.pay,
    });
    carts.empty(visit.visitor);
    if (terms.code) {
      coupons.markUsed(terms.code, placed.id);
      outbox.record({
        type: "coupon.redeemed",
        at: visit.now,
        customer: visit.visitor,
        data: { code: terms.code, order: placed.id },
      });
    }
    return placed;
  })();
  visit.say(terms.pay === "now" ? "Thank you. It leaves tomorrow." : "Thank you. We send it once it is paid.");
  return visit.redirect(`/orders/${order.id}`);
}

function tellCheckout(
  visit: Visit,
  type: string,
  { lines, goods, quote }: Basket,
  more: Record<string, unknown> = {},
): void {
  const { db, outbox } = visit.demo.grocer;
  const data = {
    lines: lines.map(({ product, quantity }) => ({ product: product.id, quantity, price: product.price })),
    total: goods,
    currency: "GBP",
    shipping: quote.price,
    delivery_days: quote.days_max,
    ...more,
  };
  db.transaction(() => outbox.record({ type, at: visit.now, customer: visit.visitor, data }))();
}
