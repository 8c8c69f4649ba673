import type { Art } from "./art.js";

/** A small sign for the label, drawn around (0, 0) within 24 units each way. */
export function emblem(kind: Art["emblem"], ink: string, paper: string): string {
  switch (kind) {
    case "bean":
      return `<g transform="rotate(28)"><ellipse rx="13" ry="20" fill="${ink}"/><path d="M-2-19c9 10-7 26 3 38" fill="none" stroke="${paper}" stroke-width="3.4" stroke-linecap="round"/></g>`;
    case "leaf":
      return `<path d="M-17 16C-20-10 0-21 19-18 20 4 8 20-17 16z" fill="${ink}"/><path d="M-19 20C-8 6 2-3 11-10" fill="none" stroke="${paper}" stroke-width="3" stroke-linecap="round"/>`;
    case "oat":
      return `<path d="M0 24V-10" stroke="${ink}" stroke-width="3" stroke-linecap="round"/>${[
        [-9, -8, -24],
        [9, -8, 24],
        [-10, 7, -24],
        [10, 7, 24],
        [0, -18, 0],
      ]
        .map(
          ([x, y, turn]) =>
            `<ellipse cx="${x}" cy="${y}" rx="5" ry="10" transform="rotate(${turn} ${x} ${y})" fill="${ink}"/>`,
        )
        .join("")}`;
    case "wheat":
      return `<path d="M0 24V-20" stroke="${ink}" stroke-width="3" stroke-linecap="round"/>${[-14, -3, 8]
        .map(
          (y) =>
            `<path d="M0 ${y + 6}c-12 0-15-8-14-14 9 0 14 5 14 14zm0 0c12 0 15-8 14-14-9 0-14 5-14 14z" fill="${ink}"/>`,
        )
        .join("")}`;
    case "cat":
      return `<path d="M-20 18V-20l11 9h18l11-9v38c0 6-40 6-40 0z" fill="${ink}"/><circle cx="-8" cy="2" r="3" fill="${paper}"/><circle cx="8" cy="2" r="3" fill="${paper}"/><path d="M-4 10h8l-4 4z" fill="${paper}"/>`;
    case "dog":
      return `<path d="M-14-14h28c6 0 8 8 8 18 0 6-8 6-8 0v8c0 12-28 12-28 0V4c0 6-8 6-8 0 0-10 2-18 8-18z" fill="${ink}"/><circle cx="-6" cy="-1" r="2.8" fill="${paper}"/><circle cx="6" cy="-1" r="2.8" fill="${paper}"/><ellipse cy="9" rx="5" ry="3.6" fill="${paper}"/>`;
    case "drop":
      return `<path d="M0-23C9-9 17 0 17 9a17 17 0 0 1-34 0C-17 0-9-9 0-23z" fill="${ink}"/><path d="M-9 9a9 9 0 0 0 7 9" fill="none" stroke="${paper}" stroke-width="3" stroke-linecap="round"/>`;
    case "flower":
      return `${[0, 60, 120, 180, 240, 300].map((turn) => `<ellipse cy="-13" rx="7" ry="11" transform="rotate(${turn})" fill="${ink}"/>`).join("")}<circle r="7" fill="${paper}"/>`;
    case "cup":
      return `<path d="M-18-6h30v12c0 10-6 14-15 14S-18 16-18 6z" fill="${ink}"/><path d="M12-2c10-2 10 13-1 13" fill="none" stroke="${ink}" stroke-width="4"/><path d="M-9-12c-4-5 4-6 0-11M3-12c-4-5 4-6 0-11" fill="none" stroke="${ink}" stroke-width="3" stroke-linecap="round"/>`;
    case "moon":
      return `<path d="M9-20A21 21 0 1 0 19 11 17 17 0 0 1 9-20z" fill="${ink}"/>`;
    case "sun":
      return `<circle r="11" fill="${ink}"/>${[0, 45, 90, 135, 180, 225, 270, 315].map((turn) => `<path d="M0-16v-6" transform="rotate(${turn})" stroke="${ink}" stroke-width="4" stroke-linecap="round"/>`).join("")}`;
    case "star":
      return `<path d="M0-22l6 14 15 1-12 10 4 15L0 10l-13 8 4-15-12-10 15-1z" fill="${ink}"/>`;
    case "berry":
      return `<circle cx="-8" cy="6" r="10" fill="${ink}"/><circle cx="9" cy="8" r="10" fill="${ink}"/><circle cx="1" cy="-7" r="10" fill="${ink}"/><path d="M1-17c2-6 8-7 13-5-2 6-7 8-13 5z" fill="${ink}"/>`;
    case "none":
      return "";
  }
}
