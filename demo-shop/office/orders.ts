import { ORDER_STATUSES, stepsByHand, type OrderStatus } from "../shop/order-life.js";
import { orderTotal, type Order } from "../shop/orders.js";
import { orderLog } from "../storefront/order.js";
import { money, moment } from "../web/format.js";
import { html, trusted, type Html } from "../web/html.js";
import type { Visit } from "../web/visit.js";

const ORDERS_SHOWN = 60;

export function ordersPage(visit: Visit): Response {
  const { orders, customers } = visit.demo.grocer;
  const wanted = ORDER_STATUSES.find((status) => status === visit.url.searchParams.get("status")) ?? null;
  const list = orders.latest(ORDERS_SHOWN, wanted);
  const tab = (status: OrderStatus | null, name: string) =>
    html`<li>
      <a href="/office/orders${status && `?status=${status}`}" ${status === wanted && trusted(' aria-current="page"')}
        >${name}</a
      >
    </li>`;
  const body = html`<section class="wide">
    <h1>Orders</h1>
    <nav aria-label="By status">
      <ul class="variants">
        ${tab(null, "all")}${ORDER_STATUSES.map((status) => tab(status, status))}
      </ul>
    </nav>
    ${
      list.length === 0
        ? html`<p class="empty">None.</p>`
        : html`<div class="table" role="region" aria-label="Orders" tabindex="0">
            <table>
              <thead>
                <tr>
                  <th scope="col">Order</th>
                  <th scope="col">Customer</th>
                  <th scope="col">Placed</th>
                  <th scope="col">Came from</th>
                  <th scope="col">Status</th>
                  <th scope="col" class="number">Total</th>
                </tr>
              </thead>
              <tbody>
                ${list.map((order) => row(order, customers.find(order.customer)?.name ?? order.customer))}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
  return visit.page("Orders", body, { section: "office" });
}

function row(order: Order, name: string): Html {
  return html`<tr>
    <td><a href="/office/orders/${order.id}">${order.number}</a></td>
    <td><a href="/office/customers/${order.customer}">${name}</a></td>
    <td>${moment(order.placed_at)}</td>
    <td>${order.predicted_cart ? "a prepared cart" : "the shop"}</td>
    <td><span class="status ${order.status}">${order.status}</span></td>
    <td class="number">${money(orderTotal(order))}</td>
  </tr>`;
}

export function orderPage(visit: Visit): Response {
  const { orders, customers, tasks } = visit.demo.grocer;
  const order = orders.find(visit.param("id"));
  if (!order) return visit.notFound("Order");
  if (order.predicted_cart) visit.demo.tour.saw("call");
  const calls = tasks.forOrder(order.id);
  const body = html`<section class="wide">
    <p class="crumb"><a href="/office/orders">← All orders</a></p>
    <div class="split-head">
      <h1>Order ${order.number}</h1>
      <span class="status ${order.status}">${order.status}</span>
    </div>
    <p>
      <a href="/office/customers/${order.customer}">${customers.find(order.customer)?.name ?? order.customer}</a
      >${order.predicted_cart && html` · made from a prepared cart`}
    </p>
    ${calls.map((task) => html`<p>${task.title}: <span class="status ${task.status}">${task.status.replace("_", " ")}</span> ${task.status === "open" && html`<a href="/office#${task.id}">To the call</a>`}</p>`)}
    ${lines(visit, order)}
    <div class="actions">
      ${stepsByHand(order.status).map((status) => html`<form method="post" action="/office/orders/${order.id}/status"><button class="${status === "cancelled" ? "quiet-button" : "button"}" name="status" value="${status}">${status === "cancelled" ? "Cancel the order" : `Mark as ${status}`}</button></form>`)}
    </div>
    ${orderLog(visit, order)}
  </section>`;
  return visit.page(`Order ${order.number}`, body, { section: "office" });
}

function lines(visit: Visit, order: Order): Html {
  const { products } = visit.demo.grocer;
  const how = order.status === "shipped" || order.status === "completed" ? "returned" : "cancelled";
  return html`<div class="table" role="region" aria-label="Lines" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Product</th>
          <th scope="col" class="number">Quantity</th>
          <th scope="col" class="number">Price</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        ${order.lines.map(
          (line) =>
            html`<tr>
              <th scope="row">${products.name(line.product)}</th>
              <td class="number">${line.quantity}</td>
              <td class="number">${money(line.price)}</td>
              <td>
                ${
                  line.status
                    ? html`<span class="status ${line.status}">${line.status}</span>`
                    : order.status !== "cancelled" &&
                      html`<form method="post" action="/office/orders/${order.id}/line">
                        <input type="hidden" name="line" value="${line.id}" /><button
                          class="quiet-button"
                          name="how"
                          value="${how}"
                          aria-label="Mark as ${how}: ${products.name(line.product)}"
                        >
                          Mark as ${how}
                        </button>
                      </form>`
                }
              </td>
            </tr>`,
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colspan="2">Together, with delivery</th>
          <td class="number">${money(orderTotal(order))}</td>
          <td></td>
        </tr>
      </tfoot>
    </table>
  </div>`;
}

export async function setOrderStatus(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const status = ORDER_STATUSES.find((candidate) => candidate === form.get("status"));
  const { orders } = visit.demo.grocer;
  const order = orders.find(visit.param("id"));
  if (!order) return visit.notFound("Order");
  if (status && stepsByHand(order.status).includes(status)) {
    if (order.status === "unconfirmed" && status === "confirmed") orders.confirm(order.id, visit.now);
    else orders.setStatus(order.id, status, visit.now);
    visit.say(`${order.number} is now ${orders.find(order.id)?.status}.`);
  }
  return visit.redirect(`/office/orders/${order.id}`);
}

export async function dropOrderLine(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const how = form.get("how") === "returned" ? "returned" : "cancelled";
  visit.demo.grocer.orders.dropLine(visit.param("id"), form.get("line") ?? "", how, visit.now);
  return visit.redirect(`/office/orders/${visit.param("id")}`);
}
