import { html, type Html } from "../web/html.js";
import type { Router } from "../web/router.js";
import type { Visit } from "../web/visit.js";
import { SCENARIOS, type Act, type Scenario } from "./scenarios.js";

export function scenarioRoutes(router: Router): void {
  router.get("/scenarios", show);
}

function show(visit: Visit): Response {
  const body = html`<section class="wide">
    <h1>Scenarios</h1>
    <p class="lede">
      Everything this shop does to bring customers back, to click through. All of it runs at once; the bar at the top
      moves the clock, and so do the buttons here.
    </p>
    <p class="quiet">
      You are ${visit.customer ? html`<strong>${visit.customer.name}</strong>` : "nobody the shop knows"}. Buttons that
      begin with “Be” log you in as somebody else.
    </p>
    <nav aria-label="Scenarios">
      <ul class="variants">
        ${SCENARIOS.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
      </ul>
    </nav>
    ${SCENARIOS.map(scenario)}
  </section>`;
  return visit.page("Scenarios", body);
}

function scenario({ id, title, story, steps, program }: Scenario): Html {
  return html`<article class="scenario" id="${id}">
    <h2>${title}</h2>
    <p>
      ${story} <span class="quiet">Program <code>${program}.yaml</code></span>
    </p>
    <ol>
      ${steps.map(
        ({ text, act }) =>
          html`<li>
            <span>${text}</span>
            ${act && control(act, `/scenarios#${id}`)}
          </li>`,
      )}
    </ol>
  </article>`;
}

function control(act: Act, here: string): Html {
  if ("go" in act) return html`<a class="button plain" href="${act.go}">${act.name}</a>`;
  if ("wait" in act)
    return html`<form method="post" action="/clock">
      <input type="hidden" name="back" value="${act.then}" /><button class="button" name="to" value="${act.wait}">
        ${act.name}
      </button>
    </form>`;
  if (act.as === null)
    return html`<form method="post" action="/logout">
      <input type="hidden" name="back" value="${here}" /><button class="quiet-button">${act.name}</button>
    </form>`;
  return html`<form method="post" action="/login">
    <input type="hidden" name="customer" value="${act.as}" /><input type="hidden" name="back" value="${here}" />
    <button class="quiet-button">${act.name}</button>
  </form>`;
}
