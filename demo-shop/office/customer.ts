import type { DueAnswer, DueUnit, ProfileAnswer } from "comeback";
import { daysBetween, dateIn } from "../clock/wall-time.js";
import type { Customer } from "../shop/customers.js";
import { orderList } from "../storefront/account.js";
import { day, moment, percent, plural, shortDay } from "../web/format.js";
import { html, type Html } from "../web/html.js";
import type { Visit } from "../web/visit.js";
import { cartSection } from "./customer-cart.js";
import { rhythmPlot, windowOf } from "./rhythm-plot.js";

const MESSAGES_SHOWN = 30;

/** What Comeback knows and expects of one customer, and why. */
export async function customerPage(visit: Visit): Promise<Response> {
  const { grocer, comeback, tour } = visit.demo;
  const customer = grocer.customers.find(visit.param("id"));
  if (!customer) return visit.notFound("Customer");
  const [due, profile] = await Promise.all([
    comeback.ask<DueAnswer | null>(customer.id, { ask: "due" }),
    comeback.ask<ProfileAnswer | null>(customer.id, { ask: "profile" }),
  ]);
  // The answer speaks the customer's language; staff read the labels on the shelf.
  for (const unit of due?.units ?? []) unit.name = grocer.products.name(unit.product);
  tour.saw("rhythms");
  const today = dateIn(customer.zone, visit.now);
  const body = html`<article class="wide">
    <p class="crumb"><a href="/office/customers">← All customers</a></p>
    <h1>${customer.name}</h1>
    ${customer.note && html`<p class="lede">${customer.note}</p>`} ${particulars(visit, customer, profile)}
    <h2>What is due when, and why</h2>
    ${unreachable(profile)}
    ${due && due.units.length > 0 ? dueUnits(due, today) : html`<p class="empty">Nothing that comes back has been bought yet.</p>`}
    ${await cartSection(visit, customer)}
    <h2>Letters, and letters not sent</h2>
    ${messages(profile, customer.zone)}
    <div class="columns">
      <div>
        <h2>Under way</h2>
        ${runs(profile, customer.zone)}
      </div>
      <div>
        <h2>Consent</h2>
        ${consent(profile, customer)}
      </div>
    </div>
    <h2>Orders</h2>
    ${orderList(grocer.orders.of(customer.id, 8), "/office/orders")}
  </article>`;
  return visit.page(customer.name, body, { section: "office" });
}

function particulars(visit: Visit, customer: Customer, profile: ProfileAnswer | null): Html {
  const { customers } = visit.demo.grocer;
  const labels = [...customers.roles(customer.id), ...customers.tags(customer.id)];
  return html`<dl class="facts">
      <div>
        <dt>Where</dt>
        <dd>${customer.city}, where it is ${moment(visit.now, customer.zone)}</dd>
      </div>
      <div>
        <dt>E-mail</dt>
        <dd>${customer.email ?? "none"}</dd>
      </div>
      <div>
        <dt>Telephone</dt>
        <dd>${customer.phone ?? "none"}</dd>
      </div>
      <div>
        <dt>Letters in</dt>
        <dd>${customer.locale === "ru" ? "Russian" : "English"}</dd>
      </div>
      <div>
        <dt>Next look</dt>
        <dd>${profile?.wake_at ? moment(profile.wake_at, customer.zone) : "nothing to wait for"}</dd>
      </div>
      ${
        labels.length > 0 &&
        html`<div>
          <dt>Roles and tags</dt>
          <dd>${labels.join(", ")}</dd>
        </div>`
      }
    </dl>
    <form method="post" action="/login" class="inline">
      <input type="hidden" name="customer" value="${customer.id}" /><input type="hidden" name="back" value="/" /><button
        class="quiet-button"
      >
        Visit the shop as ${customer.name}
      </button>
    </form>`;
}

/** Why nothing will be sent, whatever is due. */
function unreachable(profile: ProfileAnswer | null): Html | null {
  if (!profile?.email)
    return html`<p class="notice">We have no address, so no cart is prepared and no letter sent.</p>`;
  const agreed = profile.consent.some(({ channel, state }) => channel === "email" && state === "granted");
  return agreed
    ? null
    : html`<p class="notice">
        Has not agreed to letters, so no cart is prepared and none is sent. What is known stays here.
      </p>`;
}

function dueUnits(due: DueAnswer, today: string): Html {
  const order = [...due.units].sort(
    (a, b) =>
      (a.next_date ?? "9").localeCompare(b.next_date ?? "9") ||
      (a.run_out ?? "9").localeCompare(b.run_out ?? "9") ||
      a.name.localeCompare(b.name),
  );
  return html`<p>
      ${due.next_delivery_day ? html`The next delivery day with something on it is <strong>${shortDay(due.next_delivery_day)}</strong>.` : "No delivery day has anything on it yet."}
      A line joins the cart when its chance of being bought in the coming week reaches the threshold.
    </p>
    <p class="key">
      <span><i class="k-dot"></i> bought</span> <span><i class="k-band"></i> expected window</span>
      <span><i class="k-run"></i> runs out</span> <span><i class="k-flag"></i> in the cart of</span>
      <span><i class="k-today"></i> today</span>
    </p>
    ${order.map((unit) => dueUnit(unit, today))} ${twin(order)}`;
}

function dueUnit(unit: DueUnit, today: string): Html {
  return html`<section class="due ${unit.status}" aria-label="${unit.name}">
    <header>
      <h3><img src="/pictures/${unit.product}.svg" alt="" width="44" height="44" /> ${unit.name}</h3>
      <span class="status ${unit.status}">${statusWords(unit)}</span>
    </header>
    <p class="reason">${unit.reason.text}</p>
    ${rhythmPlot(unit, today)}
    <div class="due-numbers">
      ${chance(unit)}
      <p class="quiet">
        ${interval(unit)}${unit.run_out && html` · runs out ${shortDay(unit.run_out)}`}${unit.next_date && html` · cart on ${shortDay(unit.next_date)}`}
        · ${method(unit)}
      </p>
    </div>
  </section>`;
}

/** The bar and the mark are also said in words, so neither colour nor length carries the meaning alone. */
function chance(unit: DueUnit): Html | null {
  if (unit.method === "never") return null;
  const [value, mark] = [Math.min(1, unit.chance), Math.min(1, unit.threshold)];
  return html`<div class="chance">
    <svg viewBox="0 0 200 14" width="200" height="14" aria-hidden="true">
      <rect class="chance-back" width="200" height="14" rx="7" />
      <rect class="chance-value" width="${(value * 200).toFixed(1)}" height="14" rx="7" />
      <line class="chance-mark" x1="${(mark * 200).toFixed(1)}" x2="${(mark * 200).toFixed(1)}" y1="0" y2="14" />
    </svg>
    <span
      >${percent(unit.chance)} chance this week, ${unit.chance >= unit.threshold ? "at or over" : "under"} the threshold
      of ${percent(unit.threshold)}</span
    >
  </div>`;
}

function statusWords(unit: DueUnit): string {
  switch (unit.status) {
    case "due":
      return "due";
    case "waiting":
      return "waiting";
    case "in_progress":
      return "an order is on its way";
    case "snoozed":
      return unit.snoozed_until ? `put off until ${shortDay(unit.snoozed_until)}` : "put off";
    case "never":
      return "never reminded";
  }
}

function method(unit: DueUnit): string {
  const source = unit.reason.source;
  if (unit.method === "never") return "left alone";
  if (unit.method === "fixed") return "fixed days for each pack";
  if (source === "product") return "rhythm of everybody who buys it";
  if (source === "category") return "rhythm of its category";
  if (source === "shop") return "rhythm of the shop";
  return "the customer’s own rhythm";
}

function interval(unit: DueUnit): string {
  if (unit.low_days === null || unit.high_days === null) return "no interval yet";
  const [low, high] = [Math.round(unit.low_days), Math.round(unit.high_days)];
  return low === high ? `every ${plural(low, "day")}` : `every ${low}–${high} days`;
}

/** The plots as a table. */
function twin(units: DueUnit[]): Html {
  return html`<details>
    <summary>The same as a table</summary>
    <div class="table" role="region" aria-label="What is due when" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Product</th>
            <th scope="col">Last bought</th>
            <th scope="col">Interval</th>
            <th scope="col">Expected</th>
            <th scope="col">Runs out</th>
            <th scope="col">Cart of</th>
            <th scope="col" class="number">Chance</th>
            <th scope="col" class="number">Threshold</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          ${units.map((unit) => {
            const expected = windowOf(unit);
            return html`<tr>
              <th scope="row">${unit.name}</th>
              <td>${day(unit.last_bought)}</td>
              <td>${interval(unit)}</td>
              <td>${expected ? `${day(expected.from)} – ${day(expected.until)}` : "–"}</td>
              <td>${day(unit.run_out)}</td>
              <td>${day(unit.next_date)}</td>
              <td class="number">${percent(unit.chance)}</td>
              <td class="number">${percent(unit.threshold)}</td>
              <td>${statusWords(unit)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
    ${units.map((unit) => html`<p class="quiet">${unit.name}: ${unit.history.map((entry) => `${day(entry.date)} (${entry.kind} ${entry.quantity})`).join(", ")}</p>`)}
  </details>`;
}

function messages(profile: ProfileAnswer | null, zone: string): Html {
  const list = (profile?.messages ?? []).slice(-MESSAGES_SHOWN).reverse();
  if (list.length === 0) return html`<p class="empty">None so far.</p>`;
  return html`<div class="table" role="region" aria-label="Letters" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Letter</th>
          <th scope="col">Journey</th>
          <th scope="col">What came of it</th>
          <th scope="col">Reason</th>
        </tr>
      </thead>
      <tbody>
        ${list.map(
          (message) =>
            html`<tr>
              <td>${moment(message.at, zone)}</td>
              <td>${message.template}</td>
              <td>${message.journey} · ${message.step}</td>
              <td><span class="status ${message.status}">${message.status}</span></td>
              <td>${message.reason ? message.reason.replaceAll("_", " ") : "–"}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function runs(profile: ProfileAnswer | null, zone: string): Html {
  if (!profile || profile.runs.length === 0) return html`<p class="empty">Nothing: no journey is under way.</p>`;
  return html`<ul class="plain-list">
    ${profile.runs.map(
      (run) =>
        html`<li>
          <strong>${run.journey}</strong> since ${moment(run.started_at, zone)}, at step
          “${run.step}”${run.waiting && html`, waiting ${localTimes(run.waiting, zone)}`}
        </li>`,
    )}
  </ul>`;
}

/** Instants in a sentence, as the customer's clock shows them. */
function localTimes(text: string, zone: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (instant) => moment(Date.parse(instant), zone));
}

function consent(profile: ProfileAnswer | null, customer: Customer): Html {
  const known = profile?.consent ?? [];
  return html`${
    known.length === 0
      ? html`<p class="empty">None on record: no marketing letter will ever leave.</p>`
      : html`<ul class="plain-list">
          ${known.map((entry) => html`<li><strong>${entry.channel}</strong>, ${entry.topic === "*" ? "every topic" : entry.topic}: ${entry.state} on ${moment(entry.at, customer.zone)}</li>`)}
        </ul>`
  }
  ${customer.mail_consent_proof && html`<p class="quiet">The shop’s proof: ${customer.mail_consent_proof}.</p>`}`;
}
