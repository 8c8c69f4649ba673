import {
  makeReport,
  toCsv,
  type Lift,
  type LostCartsRow,
  type PaidOrdersWeek,
  type Report,
  type StepFigures,
} from "comeback/measure";
import { money, percent, plural, shortDay } from "../web/format.js";
import { html, type Html } from "../web/html.js";
import type { Visit } from "../web/visit.js";
import { barRows, shareLines, type Bar } from "./plots.js";

const STEPS_SHOWN = 25;
const FORMATS = /^([a-z-]+)\.(csv|json)$/;

/** What all of it comes to: what was lost, what was paid, what each step did and what it added. */
export async function resultsPage(visit: Visit): Promise<Response> {
  const [lost, paid, steps, lift] = await Promise.all([
    report(visit, "lost-carts"),
    report(visit, "paid-orders"),
    report(visit, "steps"),
    report(visit, "lift"),
  ]);
  const body = html`<section class="wide">
    <h1>Results</h1>
    <p class="lede">The last thirteen weeks, from what was heard and what was sent. Imported history is not in it.</p>
    ${lostCarts(lost)} ${paidOrders(paid)} ${added(lift)} ${stepTable(steps)}
  </section>`;
  return visit.page("Results", body, { section: "office" });
}

/** `/office/results/lost-carts.csv` and the like. */
export async function resultsFile(visit: Visit): Promise<Response> {
  const [, name = "", format] = FORMATS.exec(visit.param("file")) ?? [];
  const found = await report(visit, name);
  if (!found) return visit.notFound("Report");
  if (format === "json") return Response.json(found);
  return new Response(toCsv(found), { headers: { "content-type": "text/csv; charset=utf-8" } });
}

function report({ demo, now }: Visit, name: string): Promise<Report | null> {
  const { store, comeback, program } = demo;
  return makeReport(
    { store, ask: (customer, question) => comeback.ask(customer, question), program, now: () => now },
    name,
  );
}

function files(name: string): Html {
  return html`<p class="quiet">
    The rows as <a href="/office/results/${name}.csv">CSV</a> or <a href="/office/results/${name}.json">JSON</a>.
  </p>`;
}

const CART_WORDS: readonly [name: string, words: string][] = [
  ["bought", "bought"],
  ["recovered", "came back and bought"],
  ["lost", "lost"],
  ["open", "still open"],
  ["emptied", "emptied"],
];

function lostCarts(found: Report | null): Html {
  const rows = (found?.rows ?? []) as LostCartsRow[];
  const carts = (found?.summary["carts"] ?? {}) as Record<string, number>;
  const value = rows.reduce((sum, row) => sum + row.value, 0);
  return html`<h2 id="lost-carts">Baskets that were left</h2>
    ${
      rows.length === 0
        ? html`<p class="empty">None lost yet. A basket counts as lost when nothing happened to it for two days.</p>`
        : html`<ul class="figures">
              ${CART_WORDS.map(([name, words]) => html`<li><strong>${carts[name] ?? 0}</strong><span>${words}</span></li>`)}
              <li><strong>${money(value)}</strong><span>in the lost ones</span></li>
            </ul>
            <div class="columns">
              ${plot(
                "By the last step",
                by(rows, ({ step }) => step),
              )}
              ${plot(
                "By quoted delivery",
                by(rows, ({ shipping }) =>
                  shipping === null ? "not quoted" : shipping === 0 ? "free" : money(shipping),
                ),
              )}
              ${plot(
                "By what was seen to go wrong",
                by(rows, ({ observed }) => words(observed ?? "nothing seen")),
              )}
              ${plot(
                "By what they said",
                by(rows, ({ asked }) => asked ?? "did not say"),
              )}
            </div>`
    }
    ${files("lost-carts")}`;
}

function words(code: string): string {
  return code.replaceAll("_", " ");
}

/** Carts and their value, the most valuable first. */
function by(rows: LostCartsRow[], name: (row: LostCartsRow) => string): Bar[] {
  const sums = new Map<string, { carts: number; value: number }>();
  for (const row of rows) {
    const { carts, value } = sums.get(name(row)) ?? { carts: 0, value: 0 };
    sums.set(name(row), { carts: carts + row.carts, value: value + row.value });
  }
  return [...sums]
    .map(([label, { carts, value }]) => ({ label, value, says: `${money(value)} in ${plural(carts, "basket")}` }))
    .sort((a, b) => b.value - a.value);
}

function plot(title: string, bars: Bar[]): Html {
  return html`<div>
    <h3>${title}</h3>
    ${barRows(title, bars)}
  </div>`;
}

function paidOrders(found: Report | null): Html {
  const weeks = (found?.rows ?? []) as PaidOrdersWeek[];
  const lift = (found?.summary["lift"] ?? null) as { value: number; low: number; high: number } | null;
  const share = ({ of, count }: { of: number; count: number }) =>
    of === 0 ? "–" : html`${percent(count / of)} <span class="quiet">of ${of}</span>`;
  return html`<h2 id="paid">Orders that get paid</h2>
    ${
      weeks.length === 0
        ? html`<p class="empty">None old enough yet: an order is counted when its two weeks to be paid are over.</p>`
        : html`${shareLines("Share of placed orders paid within two weeks, week by week", [
              {
                name: "all orders",
                kind: "sent",
                points: weeks.map((week) => point(week.week, { of: week.placed, count: week.paid })),
              },
              {
                name: "unpaid, reminded",
                kind: "confirmed",
                points: weeks.map((week) => point(week.week, week.reminded)),
              },
              {
                name: "unpaid, never reminded",
                kind: "viewed",
                points: weeks.map((week) => point(week.week, week.heldOut)),
              },
            ])}
            <div class="table" role="region" aria-label="Orders that get paid" tabindex="0">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Week of</th>
                    <th scope="col" class="number">Placed</th>
                    <th scope="col" class="number">Paid</th>
                    <th scope="col" class="number">Reminded</th>
                    <th scope="col" class="number">Never reminded</th>
                    <th scope="col" class="number">Needed no reminder</th>
                  </tr>
                </thead>
                <tbody>
                  ${weeks.map(
                    (week) =>
                      html`<tr>
                        <th scope="row">${shortDay(week.week)}</th>
                        <td class="number">${week.placed}</td>
                        <td class="number">${percent(week.placed === 0 ? 0 : week.paid / week.placed)}</td>
                        <td class="number">${share(week.reminded)}</td>
                        <td class="number">${share(week.heldOut)}</td>
                        <td class="number">${share(week.unreminded)}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>
            <p>
              ${
                lift
                  ? html`Reminders change the share that is paid by <strong>${signed(lift.value)} points</strong>; with
                      95 % certainty by ${signed(lift.low)} to ${signed(lift.high)}.`
                  : "Nobody to compare with yet: one customer in ten is never reminded."
              }
            </p>`
    }
    ${files("paid-orders")}`;
}

function point(week: string, { of, count }: { of: number; count: number }): { week: string; share: number | null } {
  return { week, share: of === 0 ? null : count / of };
}

function signed(share: number): string {
  return `${share < 0 ? "−" : "+"}${Math.abs(share * 100).toFixed(1)}`;
}

function added(found: Report | null): Html {
  const rows = (found?.rows ?? []) as Lift[];
  return html`<h2 id="lift">What it adds</h2>
    ${
      rows.length === 0
        ? html`<p class="empty">Nothing to compare yet.</p>`
        : html`<div class="table" role="region" aria-label="What it adds" tabindex="0">
            <table>
              <thead>
                <tr>
                  <th scope="col">Journey</th>
                  <th scope="col">Compared</th>
                  <th scope="col" class="number">Written to</th>
                  <th scope="col" class="number">Compared with</th>
                  <th scope="col">Verdict</th>
                </tr>
              </thead>
              <tbody>
                ${rows.map(liftRow)}
              </tbody>
            </table>
          </div>`
    }
    <p class="quiet">
      Customers who came to the goal within a week of the first message, against those who were left alone on purpose,
      or one arm of a test against its last one.
    </p>
    ${files("lift")}`;
}

function liftRow({ journey, arm, against, treated, control, sample, says }: Lift): Html {
  const share = ({ of, count }: { of: number; count: number }) => html`${count} <span class="quiet">of ${of}</span>`;
  return html`<tr>
    <th scope="row">${journey}</th>
    <td>${arm ? `${arm} against ${against}` : "against nobody written to"}</td>
    <td class="number">${share(treated)}</td>
    <td class="number">${share(control)}</td>
    <td class="wide-cell">
      ${says}${sample?.mismatch && html` <span class="status late">the groups are not as large as they should be</span>`}
    </td>
  </tr>`;
}

function stepTable(found: Report | null): Html {
  const rows = ((found?.rows ?? []) as StepFigures[]).slice(0, STEPS_SHOWN);
  return html`<h2 id="steps">Step by step</h2>
    ${
      rows.length === 0
        ? html`<p class="empty">Nothing was decided yet.</p>`
        : html`<div class="table" role="region" aria-label="Step by step" tabindex="0">
            <table>
              <thead>
                <tr>
                  <th scope="col">Journey and step</th>
                  ${["Decided", "Sent", "Links followed", "Orders after it", "Revenue", "Each letter"].map((name) => html`<th scope="col" class="number">${name}</th>`)}
                  <th scope="col">Not sent</th>
                </tr>
              </thead>
              <tbody>
                ${rows.map(stepRow)}
              </tbody>
            </table>
          </div>`
    }
    <p class="quiet">
      An order is credited to the last letter in the week before it. That is what came after, not what came of it.
    </p>
    ${files("steps")}`;
}

function stepRow({ journey, step, decided, sent, clicked, orders, revenue, notSent }: StepFigures): Html {
  const pounds = revenue["GBP"] ?? 0;
  return html`<tr>
    <th scope="row">${journey} <span class="quiet">${/^\d+$/.test(step) ? `step ${step}` : step}</span></th>
    <td class="number">${decided}</td>
    <td class="number">${sent}</td>
    <td class="number">${clicked}</td>
    <td class="number">${orders}</td>
    <td class="number">${money(pounds)}</td>
    <td class="number">${sent === 0 ? "–" : money(Math.round(pounds / sent))}</td>
    <td class="wide-cell">
      ${Object.entries(notSent)
        .map(([reason, count]) => `${count} ${words(reason)}`)
        .join(", ")}
    </td>
  </tr>`;
}
