import { html, type Html } from "../web/html.js";
import { clockTime, moment } from "../web/format.js";
import type { Router } from "../web/router.js";
import { backTo, type Visit } from "../web/visit.js";
import { SHOP_ZONE } from "./shop-clock.js";
import { addDays, dateIn, instantAt, nextMondayAtNine, wallTime } from "./wall-time.js";

const HOUR_MS = 3_600_000;

/** `+21d`, `+2h`: what a page that tells a story asks for. */
const AHEAD = /^\+(\d{1,3})([hd])$/;

/** Longest move by the date field: a year is enough to see anything, and keeps a slip of the finger short. */
const DAYS_AHEAD_MAX = 366;

/** Short moves are over before anybody would want to watch a progress page. */
const PATIENCE_MS = 2500;

export function clockRoutes(router: Router): void {
  router.post("/clock", move).get("/clock", progress);
}

export function timeBar(visit: Visit): Html {
  const { grocer, mailbox } = visit.demo;
  const unread = mailbox.countUnread();
  const today = dateIn(SHOP_ZONE, visit.now);
  const back = html`<input type="hidden" name="back" value="${visit.url.pathname + visit.url.search}" />`;
  return html`<aside class="timebar" aria-label="The shop’s clock">
    <p class="clock">
      <span class="label">Shop’s clock</span>
      <time datetime="${new Date(visit.now).toISOString()}">${moment(visit.now)}</time>
    </p>
    <form method="post" action="/clock" class="moves">
      ${back}
      <button name="to" value="hour">+1 hour</button>
      <button name="to" value="day">+1 day</button>
      <button name="to" value="monday">→ next Monday 09:00</button>
    </form>
    <form method="post" action="/clock" class="moves to-date">
      ${back}
      <label class="hidden" for="until">Move the clock to a date</label>
      <input
        id="until"
        type="date"
        name="date"
        required
        min="${addDays(today, 1)}"
        max="${addDays(today, DAYS_AHEAD_MAX)}"
      />
      <button name="to" value="date">Go</button>
    </form>
    <nav aria-label="Behind the shop">
      <a href="/scenarios">Scenarios</a>
      <a href="/mailbox"
        >Mailbox${unread > 0 && html` <span class="count">${unread}<span class="hidden"> unread</span></span>`}</a
      >
      <a href="/office"
        >Back
        office${grocer.tasks.countOpen() > 0 && html` <span class="count">${grocer.tasks.countOpen()}<span class="hidden"> open</span></span>`}</a
      >
    </nav>
  </aside>`;
}

async function move(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const target = targetOf(form, visit.now);
  const back = backTo(form);
  if (target === null) {
    visit.say("That is not a day the clock can move to: choose one after today, within a year.");
    return visit.redirect(back);
  }
  const { timeMachine } = visit.demo;
  timeMachine.moveTo(target);
  if (!(await timeMachine.arrived(PATIENCE_MS))) return visit.redirect(`/clock?back=${encodeURIComponent(back)}`);
  return arrived(visit, back);
}

function targetOf(form: URLSearchParams, now: number): number | null {
  const ahead = AHEAD.exec(form.get("to") ?? "");
  if (ahead) return aheadOf(now, Number(ahead[1]), ahead[2] === "d");
  switch (form.get("to")) {
    case "hour":
      return now + HOUR_MS;
    case "day":
      return now + 24 * HOUR_MS;
    case "monday":
      return nextMondayAtNine(now, SHOP_ZONE);
    case "date": {
      const date = form.get("date") ?? "";
      const today = dateIn(SHOP_ZONE, now);
      if (!/^\d{4}-\d\d-\d\d$/.test(date) || date <= today || date > addDays(today, DAYS_AHEAD_MAX)) return null;
      return instantAt(SHOP_ZONE, date, 9);
    }
    default:
      return null;
  }
}

/** Days keep the time of day, also over a change of the clocks. */
function aheadOf(now: number, count: number, days: boolean): number | null {
  if (count < 1 || count > DAYS_AHEAD_MAX) return null;
  if (!days) return now + count * HOUR_MS;
  const { hour, minute } = wallTime(now, SHOP_ZONE);
  return instantAt(SHOP_ZONE, addDays(dateIn(SHOP_ZONE, now), count), hour, minute) + (now % 60_000);
}

function progress(visit: Visit): Response {
  const { ride, moving } = visit.demo.timeMachine;
  const back = backTo(visit.url.searchParams);
  if (!ride || !moving) return arrived(visit, back);
  const share = ride.to === ride.from ? 1 : (ride.at - ride.from) / (ride.to - ride.from);
  const body = html`<section class="narrow moving">
    <h1>Time passes…</h1>
    <p>It is ${moment(ride.at)} and we are on the way to ${moment(ride.to)}, stopping wherever something is due.</p>
    <progress max="100" value="${Math.round(share * 100)}" aria-label="How far the clock has moved">
      ${Math.round(share * 100)} %
    </progress>
    <p class="quiet">${ride.stops} stops so far. This page refreshes itself.</p>
    <p><a href="/clock?back=${encodeURIComponent(back)}">Look again</a></p>
  </section>`;
  return visit.page("Time passes", body, { refresh: 1 });
}

function arrived(visit: Visit, back: string): Response {
  const { ride } = visit.demo.timeMachine;
  if (ride?.error) visit.say(`The clock stopped on the way, at ${moment(ride.at)}: ${ride.error}`);
  else
    visit.say(
      `It is now ${moment(visit.now)} in the shop${ride && ride.stops > 1 ? `; the clock stopped ${ride.stops} times on the way` : ""}. In Yekaterinburg it is ${clockTime(visit.now, "Asia/Yekaterinburg")}, in New York ${clockTime(visit.now, "America/New_York")}.`,
    );
  return visit.redirect(back);
}
