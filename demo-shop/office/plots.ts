import { shortDay } from "../web/format.js";
import { html, type Html } from "../web/html.js";

export interface Bar {
  label: string;
  value: number;
  /** The value in words, which stands beside the bar. */
  says: string;
}

/** Bars that lie, each with its label above and its value in words. */
export function barRows(title: string, bars: Bar[]): Html {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  return html`<ul class="bar-rows" aria-label="${title}">
    ${bars.map(
      ({ label, value, says }) =>
        html`<li>
          <span>${label} <span class="quiet">${says}</span></span>
          <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bar confirmed" width="${((100 * value) / most).toFixed(1)}" height="6" />
          </svg>
        </li>`,
    )}
  </ul>`;
}

export interface ShareLine {
  name: string;
  kind: "sent" | "viewed" | "confirmed";
  /** `null` for a week without any. */
  points: { week: string; share: number | null }[];
}

const [WIDTH, HEIGHT, FLOOR, LEFT] = [720, 220, 180, 44];

/** Shares over weeks, from nothing to all; a table beside it has the numbers. */
export function shareLines(title: string, lines: ShareLine[]): Html {
  const weeks = lines[0]?.points.map(({ week }) => week) ?? [];
  const x = (index: number) => LEFT + 24 + (index * (WIDTH - LEFT - 60)) / Math.max(1, weeks.length - 1);
  const y = (share: number) => FLOOR - share * (FLOOR - 16);
  return html`<p class="key">
      ${lines.map(({ name, kind }) => html`<span><i class="k-bar ${kind}"></i> ${name}</span> `)}
    </p>
    <svg
      class="bars"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="${title}; the table below has the numbers"
    >
      ${[0, 0.5, 1].map(
        (share) =>
          html`<line class="axis" x1="${LEFT}" x2="${WIDTH - 10}" y1="${y(share)}" y2="${y(share)}" /><text
              x="${LEFT - 20}"
              y="${y(share) + 4}"
              >${share * 100} %</text
            >`,
      )}
      ${lines.map(({ kind, points }) => line(kind, points, x, y))}
      ${weeks.map((week, index) => html`<text class="week" x="${x(index).toFixed(1)}" y="${FLOOR + 22}">${shortDay(week).slice(4)}</text>`)}
    </svg>`;
}

function line(
  kind: string,
  points: ShareLine["points"],
  x: (index: number) => number,
  y: (share: number) => number,
): Html {
  const known = points.flatMap(({ share }, index) => (share === null ? [] : [{ x: x(index), y: y(share) }]));
  const path = known.map((at) => `${at.x.toFixed(1)},${at.y.toFixed(1)}`).join(" ");
  return html`<polyline class="line ${kind}" points="${path}" />${known.map(
      (at) => html`<circle class="bar ${kind}" cx="${at.x.toFixed(1)}" cy="${at.y.toFixed(1)}" r="4.500" />`,
    )}`;
}
