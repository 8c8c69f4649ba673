import type { CartLineView, CartView } from "../../core/types.js";
import { safeAddress } from "../../templates/context.js";
import { QUANTITY_MAX } from "../routes/cart-action.js";
import { dateIn, formatDay, formatMoney, formatTime } from "../../templates/format.js";
import { chanceText, reasonText } from "../../templates/reasons.js";
import { Html, markup } from "./html.js";
import { type PageLocale, type PageWords, pageWords } from "./words.js";

/** What the cart page shows. It never has the customer's name, address or phone: whoever holds the link sees it. */
export interface CartPage {
  cart: CartView;
  locale: PageLocale;
  /** The one-time value of this view. */
  once: string;
  now: number;
  zone: string;
  /** The shop's own, for people who would rather call. */
  shop_url: string;
  shop_phone: string | null;
  /** What has just been done, by its code in the address; shown as a note. */
  notice: CartNotice | null;
}

export type CartNotice = "stale" | "stopped" | "kept" | "edited";

export function cartTitle(cart: CartView, locale: PageLocale): string {
  const words = pageWords(locale);
  return cart.status === "ready" ? words.cart.title : statusTitle(cart, words);
}

export function cartBody(view: CartPage): Html {
  const words = pageWords(view.locale);
  return view.cart.status === "ready" ? readyBody(view, words) : closedBody(view, words);
}

/**
 * Buttons of the page belong to one form by its id: the one-time value is written once, and no key press in a field can
 * press a button that it doesn't belong to.
 */
const FORM = "f";

function readyBody(view: CartPage, words: PageWords): Html {
  const { cart, locale, once } = view;
  const kept = cart.lines.filter((line) => !line.removed);
  const removed = cart.lines.filter((line) => line.removed);
  return markup`<h1>${words.cart.title}</h1>
${noticeBody(view, words)}
<p class="lead">${words.cart.lead}</p>
<form id="${FORM}" method="post"><input type="hidden" name="once" value="${once}"></form>
${
  kept.length > 0
    ? markup`<div class="card"><ul class="lines">${kept.map((line) => lineBody(line, view, words))}</ul></div>`
    : markup`<div class="card pad"><p>${words.cart.nothing_left}</p></div>`
}
${removed.length > 0 && removedBody(removed, view.locale, words)}
${cart.left_out.length > 0 && leftOutBody(cart, words)}
${cart.ask_to_stop && stopBody(view, words)}
<details class="card pad"><summary>${words.cart.aside_all}</summary>
<p class="quiet">${words.cart.aside_all_lead}</p>
${asideForm(view, words, "postpone", "all", words.cart.aside_button)}
</details>
<p class="quiet">${words.cart.confirm_note}</p>
<div class="bar">
<div class="total"><span>${words.cart.total}</span> <b>${formatMoney(cart.total, cart.currency, locale)}</b></div>
${kept.length > 0 && markup`<button class="main" form="${FORM}" name="do" value="confirm">${words.cart.confirm}</button>`}
</div>`;
}

function lineBody(line: CartLineView, view: CartPage, words: PageWords): Html {
  const { cart, locale } = view;
  const url = safeAddress(line.url);
  const before = line.price_before !== null && line.price_before !== line.price ? line.price_before : null;
  return markup`<li>${picture(line)}
<h2>${url ? markup`<a href="${url}">${line.name}</a>` : line.name}</h2>
<div class="sum">${formatMoney(line.price * line.quantity, cart.currency, locale)}${
    before !== null &&
    markup`<s><span class="sr">${words.cart.was} </span>${formatMoney(before * line.quantity, cart.currency, locale)}</s>`
  }</div>
<div class="about">${line.chance > 0 && markup`<p>${chanceText(line.chance, locale)}. ${runOut(line, view, words)}.</p>`}
<p>${reasonText(line.reason, locale)}.</p>${before !== null && markup`<p>${words.cart.price_changed}</p>`}</div>
<div class="acts">${quantityBody(line, view, words)}
<button class="plain" form="${FORM}" name="do" value="remove ${line.product}" aria-label="${words.cart.take_out_of(line.name)}">${words.cart.take_out}</button>
<details class="aside"><summary aria-label="${words.cart.aside_line_of(line.name)}">${words.cart.aside_line}</summary>
${asideForm(view, words, `postpone ${line.product}`, line.product, words.cart.aside_line_of(line.name))}</details></div></li>`;
}

function runOut(line: CartLineView, { locale, now, zone }: CartPage, words: PageWords): string {
  const day = formatDay(line.run_out, locale);
  return line.run_out < dateIn(now, zone) ? words.cart.ran_out(day) : words.cart.runs_out(day);
}

/** Up to here a quantity is changed one by one; above, people type it. */
const STEPPER_MAX = 20;

function quantityBody(line: CartLineView, view: CartPage, words: PageWords): Html {
  if (line.quantity <= STEPPER_MAX) return stepper(line, words);
  return markup`<form method="post" class="typed"><input type="hidden" name="once" value="${view.once}">
<input type="number" name="quantity" value="${line.quantity}" min="1" max="${QUANTITY_MAX}" inputmode="numeric" aria-label="${words.cart.quantity_of(line.name)}"><button class="second" name="do" value="quantity ${line.product}">${words.cart.change}</button></form>`;
}

/** The value says the quantity wanted and not "one more", so that a press that arrives twice changes it once. */
function stepper(line: CartLineView, words: PageWords): Html {
  const step = (to: number, sign: string, label: string) =>
    markup`<button form="${FORM}" name="do" value="quantity ${to} ${line.product}" aria-label="${label}"${to < 1 && new Html(" disabled")}>${sign}</button>`;
  return markup`<div class="step" role="group" aria-label="${words.cart.quantity}">${step(line.quantity - 1, "−", words.cart.one_less(line.name))}<span>${
    line.quantity
  }</span>${step(line.quantity + 1, "+", words.cart.one_more(line.name))}</div>`;
}

function asideForm(view: CartPage, words: PageWords, action: string, id: string, label: string): Html {
  const min = new Date(view.now + 86_400_000).toISOString().slice(0, 10);
  const max = new Date(view.now + 366 * 86_400_000).toISOString().slice(0, 10);
  return markup`<form method="post" class="row"><input type="hidden" name="once" value="${view.once}">
<label for="d-${id}">${words.cart.until}<input id="d-${id}" type="date" name="until" min="${min}" max="${max}"></label>
<button class="second" name="do" value="${action}" aria-label="${label}">${words.cart.aside_button}</button></form>
<p class="quiet">${words.cart.until_hint}</p>`;
}

function removedBody(lines: CartLineView[], locale: PageLocale, words: PageWords): Html {
  return markup`<section class="card pad"><h2>${words.cart.taken_out}</h2>
${lines.map(
  (
    line,
  ) => markup`<div class="acts"><span class="gone">${line.name}${line.next_date && markup`, ${words.status.comes_back(formatDay(line.next_date, locale))}`}</span>
<button class="plain" form="${FORM}" name="do" value="restore ${line.product}" aria-label="${words.cart.put_back_of(line.name)}">${words.cart.put_back}</button></div>`,
)}</section>`;
}

function leftOutBody(cart: CartView, words: PageWords): Html {
  return markup`<section class="card pad"><h2>${words.cart.left_out}</h2>
${cart.left_out.map((item) => markup`<p class="quiet">${item.name}: ${words.cart.left_out_reasons[item.reason] ?? item.reason}</p>`)}</section>`;
}

function closedBody(view: CartPage, words: PageWords): Html {
  const { cart, locale } = view;
  const { status } = words;
  const next = cart.next_delivery_day;
  return markup`<h1>${statusTitle(cart, words)}</h1>
${noticeBody(view, words)}
${statusBody(view, words)}
${cart.ask_to_stop && cart.status === "postponed" && view.notice !== "stopped" && view.notice !== "kept" && stopBody(view, words)}
${["lapsed", "superseded", "empty", "undone"].includes(cart.status) && next && markup`<p class="quiet">${status.next(formatDay(next, locale, "long"))}</p>`}
${view.shop_phone && markup`<p class="quiet">${status.call_us(view.shop_phone)}</p>`}
<p><a class="button second" href="${safeAddress(view.shop_url) ?? "#"}">${status.to_shop}</a></p>`;
}

function statusTitle(cart: CartView, words: PageWords): string {
  return cart.status === "ready" ? words.cart.title : words.status[cart.status];
}

function statusBody(view: CartPage, words: PageWords): Html {
  const { cart } = view;
  const { status } = words;
  switch (cart.status) {
    case "ordered":
      return markup`<div class="note" role="status">${cart.order?.number && markup`<b>${status.ordered_number(cart.order.number)}</b><br>`}${status.ordered_lead}</div>
${linesBody(view, words, false)}${undoBody(view, words)}`;
    case "confirming":
      return markup`<p class="lead" role="status">${status.confirming_lead}</p><p><a class="button main" href="">${status.look_again}</a></p>`;
    case "postponed":
      return markup`<p class="lead">${status.postponed_lead}</p>${linesBody(view, words, true)}`;
    case "quoting":
      return markup`<p class="lead">${status.quoting_lead}</p>`;
    case "undone":
      return markup`<p class="lead" role="status">${status.undone_lead}</p>`;
    case "lapsed":
      return markup`<p class="lead">${status.lapsed_lead}</p>`;
    case "superseded":
      return markup`<p class="lead">${status.superseded_lead}</p>`;
    case "empty":
      return markup`<p class="lead">${status.empty_lead}</p>${cart.left_out.length > 0 && leftOutBody(cart, words)}`;
    case "ready":
      return markup``;
  }
}

function undoBody(view: CartPage, words: PageWords): Html | null {
  const until = view.cart.undo_until;
  if (until === null || until <= view.now) return null;
  const minutes = Math.max(1, Math.floor((until - view.now) / 60_000));
  return markup`<form class="card pad" method="post"><input type="hidden" name="once" value="${view.once}">
<p>${words.status.undo_lead(formatTime(until, view.locale, view.zone), minutes)}</p>
<button class="second" name="do" value="undo">${words.status.undo}</button></form>`;
}

function linesBody(view: CartPage, words: PageWords, dates: boolean): Html {
  const { cart, locale } = view;
  const lines = cart.lines.filter((line) => !line.removed || (dates && line.next_date));
  if (lines.length === 0) return markup``;
  return markup`<div class="card"><ul class="lines">${lines.map(
    (line) => markup`<li>${picture(line)}<h2>${line.name}</h2>
<div class="sum">${!dates && formatMoney(line.price * line.quantity, cart.currency, locale)}</div>
<div class="about">${
      dates
        ? line.next_date
          ? words.status.comes_back(formatDay(line.next_date, locale, "long"))
          : words.status.no_date
        : `${line.quantity} × ${formatMoney(line.price, cart.currency, locale)}`
    }</div></li>`,
  )}</ul></div>
${!dates && markup`<p class="total"><span>${words.cart.total}</span> <b>${formatMoney(cart.total, cart.currency, locale)}</b></p>`}`;
}

function stopBody(view: CartPage, words: PageWords): Html {
  return markup`<form class="card pad" method="post"><input type="hidden" name="once" value="${view.once}">
<h2>${words.stop.title}</h2><p>${words.stop.lead(view.cart.postponed_in_a_row)}</p>
<div class="row"><button class="second" name="do" value="stop">${words.stop.stop}</button><button class="second" name="do" value="keep">${words.stop.keep}</button></div></form>`;
}

function noticeBody(view: CartPage, words: PageWords): Html | null {
  switch (view.notice) {
    case "stale":
      return markup`<p class="note warn" role="alert">${words.cart.stale}</p>`;
    case "stopped":
      return markup`<p class="note" role="status">${words.status.stopped}. ${words.status.stopped_lead}</p>`;
    case "kept":
      return markup`<p class="note" role="status">${words.status.kept}</p>`;
    case "edited":
      return markup`<p class="note" role="status">${words.cart.edited}</p>`;
    case null:
      return null;
  }
}

function picture(line: CartLineView): Html {
  const image = safeAddress(line.image);
  return image
    ? markup`<img class="pic" src="${image}" alt="" width="64" height="64" loading="lazy">`
    : markup`<div class="pic" aria-hidden="true">${[...line.name][0] ?? ""}</div>`;
}
