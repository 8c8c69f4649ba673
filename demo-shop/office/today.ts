import type { ProductCard } from "comeback";
import type { ShopTask } from "../shop/operator-tasks.js";
import { money, moment, plural } from "../web/format.js";
import { html, type Html } from "../web/html.js";
import type { Visit } from "../web/visit.js";

/** Monday's work: whom to ring, why, and what to suggest. */
export function todayPage(visit: Visit): Response {
  const { tasks } = visit.demo.grocer;
  visit.demo.tour.saw("call");
  const [open, closed] = [tasks.open(), tasks.closed(15)];
  const body = html`<section class="wide">
    <h1>Today</h1>
    <p class="lede">
      ${open.length === 0 ? "Nobody to ring. Calls appear here as customers confirm their carts." : `${plural(open.length, "task")} to do.`}
    </p>
    ${open.map((task) => openTask(visit, task))}
    ${
      closed.length > 0 &&
      html`<h2>Done lately</h2>
        <ul class="plain-list">
          ${closed.map((task) => closedTask(visit, task))}
        </ul>`
    }
  </section>`;
  return visit.page("Today", body, { section: "office" });
}

function openTask(visit: Visit, task: ShopTask): Html {
  const late = task.due_at !== null && task.due_at < visit.now;
  const { told } = task;
  return html`<article class="task ${late && "late"}" id="${task.id}">
    <header>
      <h2>${task.title}</h2>
      ${late && html`<span class="status late">late</span>`}${task.reminded_at !== null && html`<span class="status late">reminded ${moment(task.reminded_at)}</span>`}
    </header>
    <p>
      <a href="/office/customers/${task.customer}"><strong>${told.name ?? task.customer}</strong></a>
      ${told.phone ? html`<a class="phone" href="tel:${told.phone.replaceAll(" ", "")}">${told.phone}</a>` : html`<span class="quiet">no telephone number${told.email && html`; write to ${told.email}`}</span>`}
      ${told.locale === "ru" && html`<span class="badge">speaks Russian</span>`}
    </p>
    ${cartPart(task)}
    <form method="post" action="/office/tasks/${task.id}">
      ${additions(task)}
      <p class="quiet">
        Asked ${moment(task.created_at)}${task.due_at !== null && html`, to be done by ${moment(task.due_at)}`}.
      </p>
      <div class="actions">${buttons(task)}</div>
    </form>
  </article>`;
}

function cartPart({ told }: ShopTask): Html | null {
  const lines = told.cart?.lines.filter((line) => !line.removed) ?? [];
  if (lines.length === 0 && !told.order) return null;
  return html`${told.order && html`<p>Order <a href="/office/orders/${told.order.id}">${told.order.number ?? told.order.id}</a>, ${money(told.order.total)}, waits to be confirmed.</p>`}
  ${
    lines.length > 0 &&
    html`<ul class="summary">
      ${lines.map(
        (line) =>
          html`<li>
            <span>${line.quantity} × ${line.name} <span class="quiet">${line.reason.text}</span></span
            ><span>${money(line.price * line.quantity)}</span>
          </li>`,
      )}
    </ul>`
  }`;
}

function additions(task: ShopTask): Html | null {
  const offered = task.told.additions;
  if (offered.length === 0) return null;
  return html`<fieldset class="additions">
    <legend>${task.order_id ? "Suggest, and tick what is added to the order" : "Worth mentioning"}</legend>
    ${offered.map((card) => addition(card, task))}
  </fieldset>`;
}

function addition(card: ProductCard, task: ShopTask): Html {
  const field = `${task.id}-${card.product}`;
  return html`<div class="addition">
    ${task.order_id && html`<input type="checkbox" id="${field}" name="add" value="${card.product}" />`}
    <img src="/pictures/${card.product}.svg" alt="" width="48" height="48" />
    <label for="${field}"
      ><strong>${card.name}</strong>${card.price !== null && html` ${money(card.price)}`}<span class="quiet"
        >${card.reason?.text}</span
      ></label
    >
  </div>`;
}

function buttons(task: ShopTask): Html {
  if (task.kind === "call") {
    return html`<button class="button" name="outcome" value="reached">Reached: confirm the order</button
      ><button class="quiet-button" name="outcome" value="not_reached">Not reached</button>`;
  }
  return html`<button class="button" name="outcome" value="reached">Spoke with them</button
    ><button class="quiet-button" name="outcome" value="not_reached">Not reached</button
    ><button class="quiet-button" name="outcome" value="done">Nothing to do</button>`;
}

function closedTask(visit: Visit, task: ShopTask): Html {
  const added = addedNames(visit, task);
  return html`<li>
    ${task.title}, <a href="/office/customers/${task.customer}">${task.told.name ?? task.customer}</a>:
    <span class="status ${task.status}">${task.status.replace("_", " ")}</span>
    ${task.status === "cancelled" && task.outcome && html`<span class="quiet">${task.outcome.replaceAll("_", " ")}</span>`}
    ${added.length > 0 && html`<span class="quiet">added ${added.join(", ")}</span>`}
    ${task.closed_at !== null && html`<time class="quiet">${moment(task.closed_at)}</time>`}
  </li>`;
}

function addedNames(visit: Visit, task: ShopTask): string[] {
  if (task.status === "cancelled" || !task.outcome) return [];
  const added = JSON.parse(task.outcome) as { product: string }[];
  return added.map(({ product }) => visit.demo.grocer.products.name(product));
}

/** Reached: what was added goes onto the order, which is confirmed and paid; Comeback hears of both. */
export async function finishTask(visit: Visit): Promise<Response> {
  const { db, tasks, orders, products } = visit.demo.grocer;
  const form = await visit.form();
  const task = tasks.find(visit.param("id"));
  const outcome = form.get("outcome");
  if (!task) return visit.notFound("Task");
  if (task.status !== "open") visit.say("That task was finished already.");
  else if (outcome === "reached" || outcome === "not_reached" || outcome === "done") {
    const added = outcome === "reached" && task.order_id ? chosen(form, task, products) : [];
    db.transaction(() => {
      if (task.order_id && outcome === "reached") {
        orders.addLines(task.order_id, added, visit.now);
        orders.confirm(task.order_id, visit.now);
      }
      tasks.finish(task.id, { outcome, added, at: visit.now });
    })();
    visit.say(
      `Noted: ${outcome.replace("_", " ")}${added.length > 0 ? `, ${plural(added.length, "product")} added` : ""}.`,
    );
  }
  return visit.redirect("/office");
}

/** Only what was suggested can be ticked. */
function chosen(form: URLSearchParams, task: ShopTask, products: Visit["demo"]["grocer"]["products"]) {
  const offered = new Set(task.told.additions.map((card) => card.product));
  return [...new Set(form.getAll("add"))]
    .filter((id) => offered.has(id))
    .flatMap((id) => {
      const product = products.find(id);
      return product ? [{ product: id, quantity: 1, price: product.price }] : [];
    });
}
