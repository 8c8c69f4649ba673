import { html, type Html } from "../web/html.js";
import type { Router } from "../web/router.js";
import { backTo, type Visit } from "../web/visit.js";
import type { StepName, TourStep } from "./tour.js";

export function tourRoutes(router: Router): void {
  router.get("/tour", (visit) => {
    visit.demo.tour.dismiss(false);
    return visit.redirect("/");
  });
  router.post("/tour", async (visit) => {
    visit.demo.tour.dismiss(true);
    return visit.redirect(backTo(await visit.form()));
  });
}

/** The whole checklist on the home page, one line of it elsewhere, nothing once dismissed. */
export function tourStrip(visit: Visit): Html | null {
  const { tour } = visit.demo;
  if (tour.dismissed || visit.url.pathname === "/scenarios") return null;
  const steps = tour.steps();
  if (visit.url.pathname === "/") return checklist(visit, steps);
  const index = steps.findIndex((step) => !step.done);
  const step = steps[index];
  if (!step) return null;
  return html`<aside class="tour-line" aria-label="Tour">
    <p>
      <span class="badge">${index + 1} of ${steps.length}</span> ${step.title}. <span class="quiet">${step.hint}</span>
    </p>
    <div class="tour-actions">${action(visit, step.name)}${hide(visit)}</div>
  </aside>`;
}

function checklist(visit: Visit, steps: TourStep[]): Html {
  const next = steps.find((step) => !step.done);
  return html`<section class="tour" aria-labelledby="tour-title">
    <div class="tour-head">
      <h2 id="tour-title">${next ? "A tour in five steps" : "That was the tour"}</h2>
      ${hide(visit)}
    </div>
    ${!next && html`<p>A cart came out of real order history, a customer confirmed it and somebody knows to call. Now try a quiet customer: leave a cart unopened and move the clock by days. Or see <a href="/scenarios">everything else the shop does</a>.</p>`}
    <ol>
      ${steps.map(
        (step) =>
          html`<li class="${step.done ? "done" : step === next ? "next" : "later"}">
            <span class="tick" aria-hidden="true">${step.done ? "✓" : ""}</span>
            <div>
              <strong>${step.title}</strong>${step.done && html`<span class="hidden"> (done)</span>`}
              ${
                step === next &&
                html`<p>${step.hint}</p>
                  ${action(visit, step.name)}`
              }
            </div>
          </li>`,
      )}
    </ol>
  </section>`;
}

function action(visit: Visit, step: StepName): Html {
  switch (step) {
    case "rhythms":
      return html`<a class="button" href="/office/customers/c001">Anna’s page</a>`;
    case "monday":
      return html`<form method="post" action="/clock">
        <input type="hidden" name="back" value="/mailbox" /><button class="button" name="to" value="monday">
          Move to Monday 09:00
        </button>
      </form>`;
    case "mail":
      return html`<a class="button" href="/mailbox">The mailbox</a>`;
    case "confirm": {
      const letter = visit.demo.mailbox.latestTo("anna.whitfield@example.com");
      return html`<a class="button" href="${letter ? `/mailbox/${letter.id}` : "/mailbox"}">Anna’s letter</a>`;
    }
    case "call":
      return html`<a class="button" href="/office">The back office</a>`;
  }
}

function hide(visit: Visit): Html {
  return html`<form method="post" action="/tour">
    <input type="hidden" name="back" value="${visit.url.pathname}" /><button class="link">Hide the tour</button>
  </form>`;
}
