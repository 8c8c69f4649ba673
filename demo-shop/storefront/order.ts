import { goodsTotal, orderTotal, type Order } from "../shop/orders.js";
import { money, moment } from "../web/format.js";
import { html, type Html } from "../web/html.js";
import type { Router } from "../web/router.js";
import type { Visit } from "../web/visit.js";

export function orderRoutes(router: Router): void {
  router.get("/orders/:id", show).post("/orders/:id/pay", pay).post("/orders/:id/cancel", cancel);
}

function show(visit: Visit): Response {
  const order = ownOrder(visit);
  // A letter links here: whoever is not logged in may do so first.
  if (!order && !visit.customer) return visit.redirect(`/login?back=${encodeURIComponent(visit.url.pathname)}`);
  if (!order) return visit.notFound("Order");
  const body = html`<section class="narrow">
    <div class="split-head">
      <h1>Order ${order.number}</h1>
      <span class="status ${order.status}">${order.status}</span>
    </div>
    ${orderLines(visit, order)} ${order.status === "completed" && reviewLinks(visit, order)} ${actions(order)}
    ${orderLog(visit, order)}
  </section>`;
  return visit.page(`Order ${order.number}`, body);
}

function ownOrder(visit: Visit): Order | null {
  const order = visit.demo.grocer.orders.find(visit.param("id"));
  return order && order.customer === visit.customer?.id ? order : null;
}

export function orderLines(visit: Visit, order: Order): Html {
  const { products } = visit.demo.grocer;
  return html`<ul class="summary">
    ${order.lines.map(
      (line) =>
        html`<li class="${line.status ?? ""}">
          <span
            >${line.quantity} ×
            <a href="/products/${line.product}">${products.name(line.product)}</a
            >${line.status && html` <span class="status ${line.status}">${line.status}</span>`}</span
          ><span>${money(line.status ? 0 : line.price * line.quantity)}</span>
        </li>`,
    )}
    <li><span>Goods</span><span>${money(goodsTotal(order))}</span></li>
    ${order.discount > 0 && html`<li><span>Coupon ${order.coupon}</span><span>${money(-order.discount)}</span></li>`}
    <li><span>Delivery</span><span>${order.shipping === 0 ? "free" : money(order.shipping)}</span></li>
    <li class="sum"><span>Together</span><span>${money(orderTotal(order))}</span></li>
  </ul>`;
}

function reviewLinks(visit: Visit, order: Order): Html {
  const { products } = visit.demo.grocer;
  const kept = order.lines.filter((line) => !line.status);
  return html`<h2>How was it?</h2>
    <ul class="plain-list">
      ${kept.map(({ product }) => html`<li><a href="/products/${product}#reviews">Write a review of ${products.name(product)}</a></li>`)}
    </ul>`;
}

export function orderLog(visit: Visit, order: Order): Html {
  return html`<h2>What happened</h2>
    <ol class="log">
      ${visit.demo.grocer.orders
        .log(order.id)
        .map(
          ({ at, text }) => html`<li><time datetime="${new Date(at).toISOString()}">${moment(at)}</time> ${text}</li>`,
        )}
    </ol>`;
}

function actions(order: Order): Html | null {
  const open = order.status === "unconfirmed" || order.status === "confirmed" || order.status === "paid";
  if (!open) return null;
  return html`<div class="actions">
    ${!order.paid && order.status === "confirmed" && html`<form method="post" action="/orders/${order.id}/pay"><button class="button">Pay ${money(orderTotal(order))} now</button></form>`}
    <form method="post" action="/orders/${order.id}/cancel">
      <button class="quiet-button">Cancel the order</button>
    </form>
  </div>`;
}

function pay(visit: Visit): Response {
  const order = ownOrder(visit);
  if (!order) return visit.notFound("Order");
  visit.demo.grocer.orders.pay(order.id, visit.now);
  visit.say("Paid, thank you.");
  return visit.redirect(`/orders/${order.id}`);
}

function cancel(visit: Visit): Response {
  const order = ownOrder(visit);
  if (!order) return visit.notFound("Order");
  if (order.status !== "shipped" && order.status !== "completed") {
    visit.demo.grocer.orders.cancel(order.id, visit.now, "the customer cancelled it");
    visit.say("Cancelled.");
  }
  return visit.redirect(`/orders/${order.id}`);
}
