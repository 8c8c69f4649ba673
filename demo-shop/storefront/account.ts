import type { ProfileAnswer } from "comeback";
import { SHOP_ZONE } from "../clock/shop-clock.js";
import type { Customer, Profile } from "../shop/customers.js";
import { orderTotal, type Order } from "../shop/orders.js";
import type { Coupon } from "../shop/coupons.js";
import { money, moment, plural } from "../web/format.js";
import { html, trusted, type Html } from "../web/html.js";
import type { Router } from "../web/router.js";
import { backTo, type Visit } from "../web/visit.js";
import { productCard } from "./product-card.js";

const ZONES = ["Europe/London", "Europe/Berlin", "Europe/Moscow", "America/New_York", "Asia/Yekaterinburg"];
const CONSENT_TEXT = "Send me letters about what I may be running out of, and news from the shop";

export function accountRoutes(router: Router): void {
  router
    .get("/login", logInPage)
    .post("/login", logIn)
    .post("/logout", logOut)
    .get("/register", (visit) => visit.page("Register", registerForm(visit, null, friendCode(visit.url.searchParams))))
    .post("/register", register)
    .get("/account", account)
    .post("/account", saveProfile)
    .post("/account/consent", saveConsent);
}

function logInPage(visit: Visit): Response {
  const words = (visit.url.searchParams.get("q") ?? "").toLowerCase().slice(0, 60);
  const customers = visit.demo.grocer.customers.all();
  const featured = customers.filter((customer) => customer.note !== null);
  const found = words
    ? customers
        .filter((customer) => `${customer.name} ${customer.email} ${customer.city}`.toLowerCase().includes(words))
        .slice(0, 30)
    : [];
  const back = backTo(visit.url.searchParams, "/account");
  const body = html`<section class="wide">
    <h1>Log in</h1>
    <p class="lede">
      There are no passwords here: choose whom to be. Or <a href="/register">register</a> as somebody new.
    </p>
    <ul class="people">
      ${featured.map((customer) => personButton(customer, back))}
    </ul>
    <form class="inline" action="/login">
      <label for="who">Look for somebody else among ${plural(customers.length, "customer")}</label>
      <input id="who" name="q" type="search" value="${words}" /><input
        type="hidden"
        name="back"
        value="${back}"
      /><button>Find</button>
    </form>
    ${
      words &&
      (found.length > 0
        ? html`<ul class="people">
            ${found.map((customer) => personButton(customer, back))}
          </ul>`
        : html`<p class="empty">Nobody of that name.</p>`)
    }
  </section>`;
  return visit.page("Log in", body);
}

function personButton(customer: Customer, back: string): Html {
  return html`<li>
    <form method="post" action="/login">
      <input type="hidden" name="customer" value="${customer.id}" /><input type="hidden" name="back" value="${back}" />
      <button>
        <strong>${customer.name}</strong
        ><span class="quiet">${customer.city}${customer.note && html` · ${customer.note}`}</span>
      </button>
    </form>
  </li>`;
}

async function logIn(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const { customers } = visit.demo.grocer;
  const customer = customers.find(form.get("customer") ?? "");
  if (!customer) return visit.redirect("/login");
  if (!visit.customer) broughtAlong(visit, customer.id);
  customers.logIn(customer.id, visit.now);
  visit.logIn(customer.id);
  visit.say(`Hello, ${customer.name}.`);
  return visit.redirect(backTo(form, "/account"));
}

/** The basket and the coupons of the visitor they were a moment ago. */
function broughtAlong(visit: Visit, customer: string): void {
  visit.demo.grocer.carts.adopt(visit.visitor, customer, visit.now);
  visit.demo.grocer.coupons.adopt(visit.visitor, customer);
}

async function logOut(visit: Visit): Promise<Response> {
  visit.logOut();
  return visit.redirect(backTo(await visit.form()));
}

/** The code on an invitation, as it was followed or typed. */
function friendCode(from: URLSearchParams): string {
  return (from.get("friend") ?? "").trim().toUpperCase().slice(0, 40);
}

function registerForm(visit: Visit, problem: string | null, friend: string): Html {
  return html`<section class="narrow">
    <h1>Register</h1>
    ${problem && html`<p class="notice" role="alert">${problem}</p>`}
    <form method="post" action="/register" class="stack">
      ${profileFields({ name: "", email: "", phone: "", locale: "en", zone: SHOP_ZONE, city: "London", birthday: null })}
      <label for="friend">A friend’s code, if one sent you</label
      ><input id="friend" name="friend" autocomplete="off" maxlength="40" value="${friend}" />
      <label class="choice"><input type="checkbox" name="consent" value="yes" /> ${CONSENT_TEXT}</label>
      <button class="button">Register</button>
    </form>
    <p class="quiet">Everything stays on this machine.</p>
  </section>`;
}

async function register(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const profile = readProfile(form);
  if (typeof profile === "string")
    return visit.page("Register", registerForm(visit, profile, friendCode(form)), { status: 422 });
  const { db, customers } = visit.demo.grocer;
  const customer = db.transaction(() => {
    const made = customers.register(profile, visit.now);
    if (form.get("consent") === "yes")
      customers.setMailConsent(made.id, {
        granted: true,
        at: visit.now,
        proof: `ticked “${CONSENT_TEXT}” when registering`,
      });
    if (!visit.customer) broughtAlong(visit, made.id);
    tellReferral(visit, made, friendCode(form));
    return made;
  })();
  visit.logIn(customer.id);
  visit.say(`Welcome, ${customer.name}.`);
  return visit.redirect("/account");
}

/** A second account with the same address is no friend. */
function tellReferral(visit: Visit, friend: Customer, code: string): void {
  const { customers, coupons, outbox } = visit.demo.grocer;
  const referrer = code === "" ? null : coupons.invitedBy(code, visit.now);
  if (referrer === null || (friend.email !== null && customers.find(referrer)?.email === friend.email)) return;
  outbox.record({ type: "referral.used", at: visit.now, customer: friend.id, data: { referrer, code } });
}

async function account(visit: Visit): Promise<Response> {
  const { customer } = visit;
  if (!customer) return visit.redirect("/login");
  const agreed = await hasAgreed(visit, customer);
  const preferences = await visit.demo.links.url("preferences", { customer: customer.id, now: visit.now });
  const { orders, wishlist, products, coupons } = visit.demo.grocer;
  const wished = wishlist.products(customer.id).flatMap((id) => products.find(id) ?? []);
  const mine = coupons.of(customer.id).filter((coupon) => !coupon.used_by_order);
  const body = html`<section class="wide">
    <div class="split-head">
      <h1>${customer.name}</h1>
      <form method="post" action="/logout"><button class="quiet-button">Log out</button></form>
    </div>
    <p class="quiet">
      Curious what the shop knows? <a href="/office/customers/${customer.id}">See this account from the back office.</a>
    </p>
    ${
      mine.length > 0 &&
      html`<h2>Coupons</h2>
        <ul>
          ${mine.map((coupon) => html`<li><strong>${coupon.code}</strong> ${couponWorth(coupon)}</li>`)}
        </ul>`
    }
    <h2>Orders</h2>
    ${orderList(orders.of(customer.id, 12))}
    <h2>Wishlist</h2>
    ${
      wished.length > 0
        ? html`<ul class="grid">
            ${wished.map((product) => productCard(product))}
          </ul>`
        : html`<p class="empty">Nothing wished for.</p>`
    }
    <div class="columns">
      <div>
        <h2>Letters</h2>
        ${consentForm(customer, agreed, preferences)}
      </div>
      <div>
        <h2>You</h2>
        <form method="post" action="/account" class="stack">
          ${profileFields(customer)}<button class="button">Save</button>
        </form>
      </div>
    </div>
  </section>`;
  return visit.page("Your account", body);
}

function couponWorth({ offer, percent, fixed, free_shipping, minimum, expires_at }: Coupon): Html {
  const until = expires_at !== null && html`, until ${moment(expires_at)}`;
  if (offer === "invite") return html`for a friend, who gives it when registering${until}`;
  const worth = free_shipping ? "free delivery" : percent !== null ? `${percent} % off` : `${money(fixed ?? 0)} off`;
  return html`${worth}${minimum !== null && html` from ${money(minimum)}`}${until}`;
}

export function orderList(orders: readonly Order[], folder = "/orders"): Html {
  if (orders.length === 0) return html`<p class="empty">No orders yet.</p>`;
  return html`<div class="table" role="region" aria-label="Orders" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Order</th>
          <th scope="col">Placed</th>
          <th scope="col">Status</th>
          <th scope="col" class="number">Total</th>
        </tr>
      </thead>
      <tbody>
        ${orders.map(
          (order) =>
            html`<tr>
              <td><a href="${folder}/${order.id}">${order.number}</a></td>
              <td>${moment(order.placed_at)}</td>
              <td><span class="status ${order.status}">${order.status}</span></td>
              <td class="number">${money(orderTotal(order))}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Comeback hears of an unsubscription first: what it knows is the truth, what the shop wrote down is the proof. */
async function hasAgreed(visit: Visit, customer: Customer): Promise<boolean> {
  await visit.demo.bridge.deliver();
  const profile = await visit.demo.comeback.ask<ProfileAnswer | null>(customer.id, { ask: "profile" });
  const letters = (profile?.consent ?? []).filter(({ channel }) => channel === "email");
  return (
    letters.some(({ state }) => state === "granted") &&
    !letters.some(({ topic, state }) => topic === "*" && state === "denied")
  );
}

function consentForm(customer: Customer, agreed: boolean, preferences: string): Html {
  return html`<form method="post" action="/account/consent" class="stack">
    <label class="choice"
      ><input type="checkbox" name="consent" value="yes" ${agreed && trusted(" checked")} /> ${CONSENT_TEXT}</label
    >
    <button class="button">Save</button>
    <p class="quiet">
      ${
        agreed && customer.mail_consent_proof && customer.mail_consent_at !== null
          ? html`On record: ${customer.mail_consent_proof}, ${moment(customer.mail_consent_at)}.`
          : "You get no letters from us but those about your orders."
      }
    </p>
    <p><a href="${preferences}">Choose topic by topic</a></p>
  </form>`;
}

async function saveConsent(visit: Visit): Promise<Response> {
  if (!visit.customer) return visit.redirect("/login");
  const granted = (await visit.form()).get("consent") === "yes";
  if (granted !== (await hasAgreed(visit, visit.customer))) {
    const proof = `${granted ? "ticked" : "unticked"} “${CONSENT_TEXT}” on the account page`;
    visit.demo.grocer.customers.setMailConsent(visit.customer.id, { granted, at: visit.now, proof });
  }
  visit.say(granted ? "You will hear from us when something runs out." : "No letters, then.");
  return visit.redirect("/account");
}

async function saveProfile(visit: Visit): Promise<Response> {
  if (!visit.customer) return visit.redirect("/login");
  const profile = readProfile(await visit.form());
  if (typeof profile === "string") visit.say(profile);
  else {
    visit.demo.grocer.customers.update(visit.customer.id, profile, visit.now);
    visit.say("Saved.");
  }
  return visit.redirect("/account");
}

function profileFields(profile: Profile): Html {
  return html` <label for="name">Name</label
    ><input id="name" name="name" autocomplete="name" required maxlength="100" value="${profile.name}" />
    <label for="email">E-mail</label
    ><input id="email" name="email" type="email" autocomplete="email" maxlength="200" value="${profile.email}" />
    <label for="phone">Telephone</label
    ><input id="phone" name="phone" type="tel" autocomplete="tel" maxlength="40" value="${profile.phone}" />
    <label for="city">City</label
    ><input id="city" name="city" autocomplete="address-level2" maxlength="60" value="${profile.city}" />
    <label for="zone">Time zone</label
    ><select id="zone" name="zone">
      ${ZONES.map((zone) => html`<option${zone === profile.zone && trusted(" selected")}>${zone}</option>`)}
    </select>
    <label for="locale">Language of letters</label
    ><select id="locale" name="locale">
      <option value="en" ${profile.locale === "en" && trusted(" selected")}>English</option>
      <option value="ru" ${profile.locale === "ru" && trusted(" selected")}>Русский</option>
    </select>
    <label for="birthday">Birthday, if you like</label
    ><input id="birthday" name="birthday" type="date" autocomplete="bday" value="${profile.birthday}" />`;
}

/** The profile, or what is wrong with it. */
function readProfile(form: URLSearchParams): Profile | string {
  const text = (name: string, longest: number) => (form.get(name) ?? "").trim().slice(0, longest);
  const [name, email, zone] = [text("name", 100), text("email", 200), text("zone", 60)];
  const birthday = text("birthday", 10);
  if (name === "") return "We need a name to write on the parcel.";
  if (email !== "" && !/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(email))
    return "That does not look like an e-mail address.";
  return {
    name,
    email: email || null,
    phone: text("phone", 40) || null,
    locale: text("locale", 2) === "ru" ? "ru" : "en",
    zone: ZONES.includes(zone) ? zone : SHOP_ZONE,
    city: text("city", 60) || "London",
    birthday: /^\d{4}-\d\d-\d\d$/.test(birthday) ? birthday : null,
  };
}
