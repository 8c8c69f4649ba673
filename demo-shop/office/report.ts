import { goodsTotal } from "../shop/orders.js";
import { money, percent, plural } from "../web/format.js";
import { html, type Html } from "../web/html.js";
import type { Visit } from "../web/visit.js";

/** What came of the carts, as the shop itself sees it. */
export function reportPage(visit: Visit): Response {
  const { mailbox, bridge, grocer } = visit.demo;
  const carts = cartOrders(visit);
  const confirmed = carts.filter((order) => order.status !== "cancelled");
  const revenue = confirmed.reduce((sum, order) => sum + goodsTotal(order), 0);
  const body = html`<section class="wide">
    <h1>Report</h1>
    <ul class="figures">
      ${figure("Letters received by customers", String(mailbox.count()))}
      ${figure("Carts confirmed", String(confirmed.length))}
      ${figure("Undone or cancelled", String(carts.length - confirmed.length))}
      ${figure("Goods ordered from carts", money(revenue))} ${figure("Calls open", String(grocer.tasks.countOpen()))}
    </ul>
    ${confirmed.length > 0 && mailbox.count() > 0 && html`<p class="quiet">${percent(confirmed.length / mailbox.count())} of letters so far became an order. Too few to say more.</p>`}
    <h2>Events from the shop</h2>
    <p>${plural(grocer.outbox.countWaiting(), "event")} waiting to be delivered.</p>
    ${
      bridge.refused.length > 0 &&
      html`<ul class="plain-list">
        ${bridge.refused.map((refusal) => html`<li>${refusal.type} <code>${refusal.id}</code>: ${refusal.why}</li>`)}
      </ul>`
    }
  </section>`;
  return visit.page("Report", body, { section: "office" });
}

function cartOrders(visit: Visit) {
  return visit.demo.grocer.orders.latest(5000).filter((order) => order.predicted_cart !== null);
}

function figure(name: string, value: string): Html {
  return html`<li><strong>${value}</strong><span>${name}</span></li>`;
}
