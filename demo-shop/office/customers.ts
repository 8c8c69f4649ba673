import { moment, plural } from "../web/format.js";
import { html } from "../web/html.js";
import type { Visit } from "../web/visit.js";

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
