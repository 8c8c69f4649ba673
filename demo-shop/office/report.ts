import { reasons, weeks, type ReasonCount, type WeekFigures } from "comeback/measure";
import { money, plural, shortDay } from "../web/format.js";
import { html, type Html } from "../web/html.js";
import type { Visit } from "../web/visit.js";

const WEEKS_BACK = 13;
const WEEK_MS = 7 * 86_400_000;
const REASONS_SHOWN = 12;

/** What came of the carts, week by week, and why some letters never left. */
export async function reportPage(visit: Visit): Promise<Response> {
  const { comeback, store } = visit.demo;
  const [figures, held] = await Promise.all([
    weeks(store, { from: visit.now - WEEKS_BACK * WEEK_MS, until: visit.now + 1 }),
    reasons({ store, ask: (customer, question) => comeback.ask(customer, question) }),
  ]);
  const body = html`<section class="wide">
    <h1>Report</h1>
    ${figures.length === 0 ? html`<p class="empty">No cart has been sent yet. Move the clock to Monday and come back.</p>` : filled(figures)}
    ${notSent(held)} ${shopEvents(visit)}
  </section>`;
  return visit.page("Report", body, { section: "office" });
}

function filled(figures: WeekFigures[]): Html {
  const total = (value: (week: WeekFigures) => number) => figures.reduce((sum, week) => sum + value(week), 0);
  return html`<ul class="figures">
      ${figure("letters sent", String(total(sentIn)))}
      ${figure("carts opened by their link", String(total((week) => week.viewed)))}
      ${figure("carts confirmed", String(total((week) => week.confirmed)))}
      ${figure("carts postponed", String(total((week) => week.postponed)))}
      ${figure("ordered from carts", money(total((week) => week.revenue.GBP ?? 0)))}
    </ul>
    <h2>Week by week</h2>
    ${bars(figures)}
    <div class="table" role="region" aria-label="Week by week" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Week of</th>
            ${COLUMNS.map((column) => html`<th scope="col" class="number">${column.name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${figures.map(
            (week) =>
              html`<tr>
                <th scope="row">${shortDay(week.week)}</th>
                ${COLUMNS.map((column) => html`<td class="number">${column.value(week)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="quiet">
      Whether a letter was opened is not counted: mail programs open them by themselves. A followed link and a confirmed
      cart are.
    </p>`;
}

const COLUMNS: readonly { name: string; value(week: WeekFigures): string | number }[] = [
  { name: "Letters sent", value: sentIn },
  { name: "Not sent", value: (week) => Object.values(week.notSent).reduce((sum, count) => sum + count, 0) },
  { name: "Links followed", value: (week) => week.clicked },
  { name: "Carts opened", value: (week) => week.viewed },
  { name: "Confirmed", value: (week) => week.confirmed },
  { name: "Postponed", value: (week) => week.postponed },
  { name: "Orders", value: (week) => week.orders },
  { name: "Ordered", value: (week) => money(week.revenue.GBP ?? 0) },
  { name: "Added on the phone", value: (week) => week.itemsAdded },
];

function sentIn(week: WeekFigures): number {
  return Object.values(week.sent).reduce((sum, count) => sum + count, 0);
}

/** Sent, opened and confirmed side by side; the table below says the same in numbers. */
function bars(figures: WeekFigures[]): Html {
  const [width, height, floor] = [720, 190, 150];
  const most = Math.max(1, ...figures.map(sentIn));
  const step = Math.min(120, (width - 40) / figures.length);
  const bar = (x: number, value: number, kind: string) => {
    const tall = (value / most) * (floor - 24);
    return html`<rect
        class="bar ${kind}"
        x="${x.toFixed(1)}"
        y="${(floor - tall).toFixed(1)}"
        width="${(step / 5).toFixed(1)}"
        height="${tall.toFixed(1)}"
        rx="2"
      /><text x="${(x + step / 10).toFixed(1)}" y="${(floor - tall - 5).toFixed(1)}">${value > 0 && value}</text>`;
  };
  return html`<p class="key">
      <span><i class="k-bar sent"></i> letters sent</span> <span><i class="k-bar viewed"></i> carts opened</span>
      <span><i class="k-bar confirmed"></i> confirmed</span>
    </p>
    <svg
      class="bars"
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="Letters sent, carts opened and carts confirmed, week by week; the table below has the numbers"
    >
      <line class="axis" x1="10" x2="${width - 10}" y1="${floor}" y2="${floor}" />
      ${figures.map((week, index) => {
        const x = 20 + index * step;
        return html`${bar(x, sentIn(week), "sent")}${bar(x + step / 4.4, week.viewed, "viewed")}${bar(x + step / 2.2, week.confirmed, "confirmed")}<text
            class="week"
            x="${(x + step * 0.34).toFixed(1)}"
            y="${floor + 20}"
            >${shortDay(week.week).slice(4)}</text
          >`;
      })}
    </svg>`;
}

function notSent(held: ReasonCount[]): Html | null {
  const list = held.filter(({ reason }) => reason !== null).slice(0, REASONS_SHOWN);
  if (list.length === 0) return null;
  return html`<h2>Letters that did not leave</h2>
    <div class="table" role="region" aria-label="Letters that did not leave" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Why</th>
            <th scope="col">Journey</th>
            <th scope="col">State</th>
            <th scope="col" class="number">How many</th>
          </tr>
        </thead>
        <tbody>
          ${list.map(
            ({ journey, status, reason, count }) =>
              html`<tr>
                <th scope="row">${reason?.replaceAll("_", " ")}</th>
                <td>${journey}</td>
                <td><span class="status ${status}">${status}</span></td>
                <td class="number">${count}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

/** The shop's side of the bridge: nothing should wait here, and nothing should be refused. */
function shopEvents(visit: Visit): Html {
  const { bridge, grocer } = visit.demo;
  return html`<h2>Events from the shop</h2>
    <p class="quiet">
      ${plural(grocer.outbox.countWaiting(), "event")} waiting to be told, ${bridge.refused.length} refused.
    </p>
    ${
      bridge.refused.length > 0 &&
      html`<ul class="plain-list">
        ${bridge.refused.map((refusal) => html`<li>${refusal.type} <code>${refusal.id}</code>: ${refusal.why}</li>`)}
      </ul>`
    }`;
}

function figure(name: string, value: string): Html {
  return html`<li><strong>${value}</strong><span>${name}</span></li>`;
}
