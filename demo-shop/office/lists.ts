import { ORDER_STATUSES, stepsByHand, type OrderStatus } from "../shop/order-life.js";
import { orderTotal, type Order } from "../shop/orders.js";
import { orderLog } from "../storefront/order.js";
import { money, moment, plural } from "../web/format.js";
import { html, trusted, type Html } from "../web/html.js";
import { backTo, type Visit } from "../web/visit.js";

const ORDERS_SHOWN = 60;

export function customersPage(visit: Visit): Response {
  const words = (visit.url.searchParams.get("q") ?? "").toLowerCase().slice(0, 60);
  const customers = visit.demo.grocer.customers
    .all()
    .filter((customer) => `${customer.name} ${customer.email} ${customer.city}`.toLowerCase().includes(words));
  const body = html`<section class="wide">
    <h1>Customers</h1>
    <form class="inline" action="/office/customers">
      <label for="cq">Name, address or city</label><input id="cq" name="q" type="search" value="${words}" /><button>
        Find
      </button>
    </form>
    <p class="quiet">${plural(customers.length, "customer")}</p>
    <div class="table" role="region" aria-label="Customers" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Customer</th>
            <th scope="col">City</th>
            <th scope="col">Letters</th>
            <th scope="col" class="optional">Known since</th>
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          ${customers.map(
            (customer) =>
              html`<tr>
                <td><a href="/office/customers/${customer.id}">${customer.name}</a></td>
                <td>${customer.city}</td>
                <td>${customer.mail_consent ? "agreed" : customer.email ? "not agreed" : "no address"}</td>
                <td class="optional">${moment(customer.registered_at)}</td>
                <td>${customer.note}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
  return visit.page("Customers", body, { section: "office" });
}

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
