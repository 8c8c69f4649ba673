import type { OperatorTaskView } from "../deps.js";
import { formatDayTime, formatMoney } from "../../templates/format.js";
import { reasonText } from "../../templates/reasons.js";
import { type Html, markup } from "./html.js";
import { type PageLocale, type PageWords, pageWords } from "./words.js";

export interface OperatorPage {
  view: OperatorTaskView;
  locale: PageLocale;
  once: string;
  /** The shop's, for the time to call by. */
  zone: string;
}

export function operatorBody(options: OperatorPage): Html {
  const { operator: words } = pageWords(options.locale);
  const { task, outcome, cancelled } = options.view;
  return markup`<h1>${words.title(task.name ?? task.customer)}</h1>
${cancelled && markup`<p class="note warn" role="alert">${words.cancelled}</p>`}
${outcome && markup`<p class="note" role="status">${words.recorded}. ${words.recorded_as[outcome]}</p>`}
<div class="card pad">${factsBody(options, words)}</div>
${task.cart && task.cart.lines.length > 0 && linesBody(options, words)}
${!cancelled && formBody(options, words)}`;
}

function factsBody({ view: { task }, locale, zone }: OperatorPage, words: PageWords["operator"]): Html {
  const phone = task.phone ? markup`<a href="tel:${task.phone.replace(/[^+\d]/g, "")}">${task.phone}</a>` : words.none;
  return markup`<dl><dt>${words.phone}</dt><dd><b>${phone}</b></dd><dt>${words.email}</dt><dd>${task.email ?? words.none}</dd>
${task.order && markup`<dt>${words.order}</dt><dd>${task.order.number ?? task.order.id} · ${formatMoney(task.order.total, task.order.currency, locale)}</dd>`}
<dt>${words.language}</dt><dd>${task.locale}</dd>
${task.due_at !== null && markup`<dt>${words.call_by}</dt><dd>${formatDayTime(task.due_at, locale, zone)}</dd>`}</dl>`;
}

function linesBody({ view: { task }, locale }: OperatorPage, words: PageWords["operator"]): Html {
  const cart = task.cart!;
  return markup`<section class="card pad"><h2>${words.lines}</h2><dl>${cart.lines
    .filter((line) => !line.removed)
    .map(
      (line) =>
        markup`<dt>${line.quantity} ×</dt><dd>${line.name}, ${formatMoney(line.price, cart.currency, locale)}</dd>`,
    )}</dl></section>`;
}

function formBody({ view, locale, once }: OperatorPage, words: PageWords["operator"]): Html {
  const { additions } = view.task;
  const radio = (value: "reached" | "not_reached") =>
    markup`<label class="check"><input type="radio" name="outcome" value="${value}" required${view.outcome === value && markup` checked`}>${words.outcomes[value]}</label>`;
  return markup`<form method="post"><input type="hidden" name="once" value="${once}">
${
  additions.length > 0 &&
  markup`<section class="card pad"><h2>${words.suggest}</h2><p class="quiet">${words.add}</p>${additions.map(
    (
      item,
    ) => markup`<label class="check"><input type="number" name="add:${item.product}" min="0" max="99" inputmode="numeric" placeholder="0">
<span><b>${item.name}</b>${item.price !== null && markup`, ${formatMoney(item.price, item.currency, locale)}`}<br><span class="quiet">${reasonText(item.reason, locale)}</span></span></label>`,
  )}</section>`
}
<fieldset class="card pad"><legend class="sr">${words.outcome}</legend><h2 aria-hidden="true">${words.outcome}</h2>${radio("reached")}${radio("not_reached")}
<label for="note">${words.note}</label><textarea id="note" name="note" rows="3" maxlength="1000" aria-describedby="hint"></textarea><p class="quiet" id="hint">${words.note_hint}</p></fieldset>
<p><button class="main">${words.save}</button></p></form>`;
}
