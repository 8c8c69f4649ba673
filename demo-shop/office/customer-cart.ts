import type { CartStatus, CartView } from "comeback";
import type { Customer } from "../shop/customers.js";
import { day, money, moment } from "../web/format.js";
import { html, type Html } from "../web/html.js";
import type { Visit } from "../web/visit.js";

/** The cart that was prepared last, as the customer has it, with the page it is shown on. */
export async function cartSection(visit: Visit, customer: Customer): Promise<Html | null> {
  const { comeback, links, grocer } = visit.demo;
  const cart = await comeback.ask<CartView | null>(customer.id, { ask: "cart" });
  if (!cart) return null;
  const page = await links.url("cart", { customer: customer.id, cart: cart.cart, now: visit.now });
  const name = (product: string) => grocer.products.name(product);
  return html`<h2>The last cart</h2>
    <p>
      <span class="status ${cart.status}">${STATUS_WORDS[cart.status]}</span> prepared
      ${moment(cart.prepared_at, customer.zone)},
      ${money(cart.total)}${cart.order && html`, order <a href="/office/orders/${cart.order.id}">${cart.order.number ?? cart.order.id}</a>`}.
      <a href="${page}">See it as the customer does</a>
    </p>
    <ul class="summary">
      ${cart.lines.map(
        (line) =>
          html`<li class="${line.removed && "cancelled"}">
            <span
              >${line.quantity} × ${name(line.product)}
              <span class="quiet"
                >${line.removed ? "taken out by the customer" : line.reason.text}${line.next_date && html`; again on ${day(line.next_date)}`}</span
              ></span
            ><span>${money(line.price * line.quantity)}</span>
          </li>`,
      )}
    </ul>
    ${cart.left_out.map((left) => html`<p class="quiet">Left out: ${name(left.product)}, ${left.reason.replaceAll("_", " ")}.</p>`)}`;
}

const STATUS_WORDS: Record<CartStatus, string> = {
  quoting: "being quoted",
  ready: "with the customer",
  confirming: "being ordered",
  ordered: "ordered",
  undone: "ordered and taken back",
  postponed: "postponed",
  lapsed: "nobody answered",
  superseded: "bought elsewhere",
  empty: "nothing left after the quote",
};
