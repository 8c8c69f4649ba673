import type { DueUnit } from "comeback";
import { addDays, daysBetween } from "../clock/wall-time.js";
import { shortDay, day } from "../web/format.js";
import { html, trusted, type Html } from "../web/html.js";

const HEIGHT = 118;
const MARGIN = 16;
const AXIS = 74;
const DAYS_AHEAD_MIN = 14;
const DAYS_AHEAD_MAX = 90;

/** Two sheets, of which the stylesheet shows the one that fits: text keeps its size on a phone. */
interface Sheet {
  name: "broad" | "slim";
  width: number;
  /** How much of the past is shown: enough for the rhythm to be seen. */
  days_back: number;
}

const SHEETS: readonly Sheet[] = [
  { name: "broad", width: 720, days_back: 200 },
  { name: "slim", width: 330, days_back: 75 },
];

interface Scale {
  from: string;
  to: string;
  right: number;
  x(date: string): number;
}

/**
 * The rhythm of one thing: past purchases as dots on a time line, the predicted window as a band,
 * the run-out day and the delivery day marked. Everything in it is also said in words beside it.
 */
export function rhythmPlot(unit: DueUnit, today: string): Html {
  return html`${SHEETS.map((sheet) => draw(unit, today, sheet))}`;
}

function draw(unit: DueUnit, today: string, sheet: Sheet): Html {
  const scale = scaleFor(unit, today, sheet);
  const id = `${sheet.name}-${unit.unit.replace(/[^a-z0-9-]/gi, "-")}`;
  return html`<svg
    class="rhythm ${sheet.name}"
    viewBox="0 0 ${sheet.width} ${HEIGHT}"
    role="img"
    aria-labelledby="${id}"
  >
    <title id="${id}">${inWords(unit, today)}</title>
    ${band(unit, scale)}
    <line class="axis" x1="${MARGIN}" y1="${AXIS}" x2="${scale.right}" y2="${AXIS}" />
    ${months(scale)} ${todayMark(today, scale)} ${runOut(unit, scale)} ${delivery(unit, scale)} ${dots(unit, scale)}
  </svg>`;
}

function scaleFor(unit: DueUnit, today: string, sheet: Sheet): Scale {
  const earliest = addDays(today, -sheet.days_back);
  const first = unit.history.map((entry) => entry.date).find((date) => date >= earliest) ?? addDays(today, -60);
  const ahead = [unit.run_out, unit.next_date, windowOf(unit)?.until].filter((date): date is string => Boolean(date));
  const nearest = addDays(today, DAYS_AHEAD_MIN);
  const furthest = ahead.reduce((latest, date) => (date > latest ? date : latest), nearest);
  const limit = addDays(today, DAYS_AHEAD_MAX);
  const from = addDays(first, -4);
  const to = addDays(furthest > limit ? limit : furthest, 6);
  const days = Math.max(1, daysBetween(from, to));
  const right = sheet.width - MARGIN;
  const inside = (date: string) => Math.min(Math.max(daysBetween(from, date), 0), days);
  return { from, to, right, x: (date) => MARGIN + ((right - MARGIN) * inside(date)) / days };
}

/** When the next purchase is expected, from the gaps seen so far. */
export function windowOf(unit: DueUnit): { from: string; until: string } | null {
  if (!unit.last_bought || unit.low_days === null || unit.high_days === null) return null;
  return {
    from: addDays(unit.last_bought, Math.round(unit.low_days)),
    until: addDays(unit.last_bought, Math.round(unit.high_days)),
  };
}

function band(unit: DueUnit, scale: Scale): Html | null {
  const expected = windowOf(unit);
  if (!expected || expected.until < scale.from || expected.from > scale.to) return null;
  const [from, until] = [scale.x(expected.from), scale.x(expected.until)];
  return html`<rect
    class="band"
    x="${round(from)}"
    y="30"
    width="${round(Math.max(4, until - from))}"
    height="${AXIS - 30}"
    rx="4"
  />`;
}

function months(scale: Scale): Html[] {
  const marks: Html[] = [];
  let month = `${scale.from.slice(0, 7)}-01`;
  for (;;) {
    month = `${addDays(month, 32).slice(0, 7)}-01`;
    if (month > scale.to) return marks;
    const x = round(scale.x(month));
    const name = new Intl.DateTimeFormat("en-GB", { month: "short", timeZone: "UTC" }).format(Date.parse(month));
    marks.push(
      html`<line class="tick" x1="${x}" y1="${AXIS}" x2="${x}" y2="${AXIS + 6}" /><text
          class="month"
          x="${x}"
          y="${AXIS + 19}"
          >${name}</text
        >`,
    );
  }
}

function todayMark(today: string, scale: Scale): Html {
  const x = round(scale.x(today));
  return html`<line class="today" x1="${x}" y1="22" x2="${x}" y2="${AXIS + 8}" /><text
      class="note today-note"
      x="${x}"
      y="${AXIS + 34}"
      text-anchor="${anchor(x, scale)}"
      >today</text
    >`;
}

function runOut(unit: DueUnit, scale: Scale): Html | null {
  if (!unit.run_out || unit.run_out > scale.to) return null;
  const x = round(scale.x(unit.run_out));
  return html`<path class="run-out" d="M${x} ${AXIS - 8}l7 8-7 8-7-8z" />`;
}

function delivery(unit: DueUnit, scale: Scale): Html | null {
  if (!unit.next_date || unit.next_date > scale.to) return null;
  const x = round(scale.x(unit.next_date));
  return html`<line class="delivery" x1="${x}" y1="22" x2="${x}" y2="${AXIS}" /><path
      class="delivery-flag"
      d="M${x} 22h16l-4 5 4 5h-16z"
    /><text class="note" x="${x}" y="16" text-anchor="${anchor(x, scale)}">cart on ${shortDay(unit.next_date)}</text>`;
}

function dots(unit: DueUnit, scale: Scale): Html[] {
  return unit.history
    .filter((entry) => entry.date >= scale.from)
    .map((entry) => {
      const radius = Math.min(9, 4.5 + entry.quantity);
      const x = round(scale.x(entry.date));
      const title = trusted(`<title>${day(entry.date)}: ${entry.kind} ${entry.quantity}</title>`);
      if (entry.kind === "bought")
        return html`<circle class="dot" cx="${x}" cy="${AXIS}" r="${radius}">${title}</circle>`;
      return html`<g class="cross"><path d="M${x - 5} ${AXIS - 5}l10 10m0-10l-10 10" />${title}</g>`;
    });
}

/** The same as the picture, for those who read or hear it. */
export function inWords(unit: DueUnit, today: string): string {
  const bought = unit.history.filter((entry) => entry.kind === "bought");
  const last = unit.last_bought
    ? `last bought on ${day(unit.last_bought)}, ${daysBetween(unit.last_bought, today)} days ago`
    : "not bought yet";
  const expected = windowOf(unit);
  const window = expected ? `expected again between ${day(expected.from)} and ${day(expected.until)}` : "no rhythm yet";
  const out = unit.run_out ? `runs out on ${day(unit.run_out)}` : "";
  const cart = unit.next_date ? `goes into the cart of ${day(unit.next_date)}` : "in no cart so far";
  return `${unit.name}: ${bought.length} purchases, ${[last, window, out, cart].filter(Boolean).join("; ")}.`;
}

function anchor(x: number, scale: Scale): string {
  if (x > scale.right - 60) return "end";
  return x < MARGIN + 60 ? "start" : "middle";
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
