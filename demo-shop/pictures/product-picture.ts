import type { Art } from "./art.js";
import { lighter } from "./colour.js";
import { shape } from "./shapes.js";

const BACKDROPS: Record<string, string> = {
  coffee: "#efe2d2",
  tea: "#e2ead6",
  "oat-milk": "#e6e6d6",
  pets: "#f3dfd1",
  "gluten-free": "#f4e8c8",
  household: "#dce8ea",
  outdoor: "#d8e6ee",
};

/** The picture of a product: its package on the colour of its category. */
export function productPicture(art: Art, category: string, title: string): string {
  const backdrop = BACKDROPS[category] ?? "#ece6da";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" width="320" height="320" role="img" aria-label="${attribute(title)}">
<rect width="320" height="320" fill="${backdrop}"/><circle cx="160" cy="164" r="128" fill="${lighter(backdrop, 0.42)}"/>
<ellipse cx="160" cy="270" rx="104" ry="11" fill="#3b2f24" opacity=".16"/>
<g transform="translate(160 268) scale(${art.scale ?? 1}) translate(-160 -268)">${shape(art)}</g>
</svg>`;
}

function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
