import type { Art } from "./art.js";
import { darker, inkOn, lighter } from "./colour.js";
import { emblem } from "./emblems.js";

/** Draws the package standing on y = 268 of a 320 × 320 sheet. */
export function shape(art: Art): string {
  switch (art.shape) {
    case "bag":
      return bag(art);
    case "box":
      return box(art);
    case "tin":
      return tin(art);
    case "carton":
      return carton(art, 160, 1);
    case "case":
      return sixCartons(art);
    case "pouchbox":
      return pouchbox(art);
    case "sack":
      return sack(art);
    case "pouch":
      return pouch(art);
    case "jar":
      return jar(art);
    case "bottle":
      return bottle(art);
    case "cartridge":
      return cartridges(art);
    case "rolls":
      return rolls(art);
    case "kayak":
      return kayak(art);
    case "vest":
      return vest(art);
    case "oars":
      return oars(art);
    case "drybag":
      return drybag(art);
  }
}

const FONT = `font-family="Georgia, 'Iowan Old Style', 'Times New Roman', serif" text-anchor="middle"`;

/** A word that shrinks until it fits the width. */
function word(text: string, x: number, y: number, width: number, size: number, ink: string): string {
  const fitting = Math.min(size, (width / Math.max(1, text.length)) * 1.35);
  return `<text x="${x}" y="${y}" ${FONT} font-size="${fitting.toFixed(1)}" font-weight="700" letter-spacing="1" fill="${ink}">${text}</text>`;
}

function small(text: string, x: number, y: number, ink: string): string {
  return `<text x="${x}" y="${y}" font-family="system-ui, sans-serif" text-anchor="middle" font-size="12.5" font-weight="600" fill="${ink}">${text}</text>`;
}

/** Emblem, word and size on a paper label. */
function label(
  art: Art,
  box: { x: number; y: number; width: number; height: number; radius?: number },
  paper = art.accent,
): string {
  const ink = inkOn(paper) === "#fffaf2" ? "#fffaf2" : darker(art.base, 0.35);
  const readable = inkOn(paper) === "#fffaf2" ? ink : inkOn(lighter(paper, 0.2));
  const middle = box.x + box.width / 2;
  return `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="${box.radius ?? 8}" fill="${paper}"/>
<g transform="translate(${middle} ${box.y + box.height * 0.36}) scale(.86)">${emblem(art.emblem, ink, paper)}</g>
${word(art.label, middle, box.y + box.height * 0.76, box.width - 14, 19, readable)}
${small(art.size, middle, box.y + box.height * 0.93, readable)}`;
}

function bag(art: Art): string {
  const dark = darker(art.base, 0.22);
  return `<path d="M98 92h124l8 166c0 6-4 10-10 10H100c-6 0-10-4-10-10z" fill="${art.base}"/>
<path d="M98 92h22l-8 176h-12c-6 0-10-4-10-10z" fill="${dark}" opacity=".55"/>
<path d="M222 92h-14l6 176h6c6 0 10-4 10-10z" fill="${lighter(art.base, 0.2)}" opacity=".5"/>
<path d="M96 62h128v32H96z" fill="${dark}"/><path d="M96 78h128" stroke="${lighter(art.base, 0.25)}" stroke-width="3" stroke-dasharray="5 5"/>
<rect x="86" y="86" width="22" height="10" rx="3" fill="${art.accent}"/><rect x="212" y="86" width="22" height="10" rx="3" fill="${art.accent}"/>
${label(art, { x: 112, y: 124, width: 96, height: 112 }, lighter(art.accent, 0.55))}`;
}

function box(art: Art): string {
  return `<path d="M84 96l22-22h152l-22 22z" fill="${lighter(art.base, 0.28)}"/>
<path d="M236 96l22-22v172l-22 22z" fill="${darker(art.base, 0.25)}"/>
<rect x="84" y="96" width="152" height="172" rx="3" fill="${art.base}"/>
<rect x="84" y="236" width="152" height="14" fill="${art.accent}" opacity=".85"/>
${label(art, { x: 102, y: 116, width: 116, height: 106 }, lighter(art.accent, 0.4))}`;
}

function tin(art: Art): string {
  return `<rect x="98" y="98" width="124" height="170" rx="12" fill="${art.base}"/>
<rect x="98" y="98" width="26" height="170" rx="12" fill="${darker(art.base, 0.3)}" opacity=".45"/>
<rect x="92" y="70" width="136" height="38" rx="9" fill="${darker(art.base, 0.28)}"/><rect x="92" y="98" width="136" height="6" fill="${lighter(art.base, 0.3)}" opacity=".7"/>
${label(art, { x: 98, y: 134, width: 124, height: 106, radius: 0 }, lighter(art.accent, 0.3))}`;
}

function carton(art: Art, x: number, scale: number): string {
  return `<g transform="translate(${x} 268) scale(${scale}) translate(-160 -268)">
<path d="M108 116l14-46h76l14 46z" fill="${lighter(art.base, 0.35)}"/><path d="M120 50h80v24h-80z" fill="${darker(art.base, 0.16)}"/>
<circle cx="160" cy="92" r="13" fill="${art.accent}"/><circle cx="160" cy="92" r="7" fill="${lighter(art.accent, 0.3)}"/>
<path d="M108 116h104v146c0 3-3 6-6 6h-92c-3 0-6-3-6-6z" fill="${art.base}"/><path d="M108 116h18v152h-12c-3 0-6-3-6-6z" fill="${darker(art.base, 0.12)}"/>
<path d="M108 226c30-20 66 14 104-8v44c0 3-3 6-6 6h-92c-3 0-6-3-6-6z" fill="${art.accent}" opacity=".9"/>
<g transform="translate(165 152) scale(.92)">${emblem(art.emblem, art.accent, art.base)}</g>
${word(art.label, 165, 205, 84, 20, darker(art.accent, 0.25))}
${small(art.size, 165, 256, inkOn(art.accent))}</g>`;
}

function sixCartons(art: Art): string {
  const plain = { ...art, size: "" };
  return `${[96, 160, 224].map((x) => carton(plain, x, 0.68)).join("")}
<path d="M50 202h220v56c0 6-4 10-10 10H60c-6 0-10-4-10-10z" fill="#b98a58"/><path d="M50 202h220v12H50z" fill="#9c7145"/>
<rect x="110" y="222" width="100" height="34" rx="6" fill="#f3e3c8"/>${word(art.size, 160, 245, 92, 19, "#5a3d20")}`;
}

function pouchbox(art: Art): string {
  const pouch = (x: number, turn: number, tone: string) =>
    `<g transform="rotate(${turn} ${x} 120)"><path d="M${x - 30} 62h60l4 90h-68z" fill="${tone}"/><path d="M${x - 30} 62h60v9h-60z" fill="${darker(tone, 0.2)}"/></g>`;
  return `${pouch(116, -7, lighter(art.base, 0.3))}${pouch(162, 0, lighter(art.base, 0.14))}${pouch(206, 7, lighter(art.base, 0.3))}
<path d="M72 128h176l-6 132c0 5-4 8-9 8H87c-5 0-9-3-9-8z" fill="${art.base}"/><path d="M72 128h176l-1 16H73z" fill="${darker(art.base, 0.2)}"/>
${label(art, { x: 104, y: 156, width: 112, height: 98 }, art.accent)}`;
}

function sack(art: Art): string {
  return `<path d="M92 76c-8 60-12 130-4 184 1 5 5 8 10 8h124c5 0 9-3 10-8 8-54 4-124-4-184z" fill="${art.base}"/>
<path d="M92 76c-8 60-12 130-4 184 1 5 5 8 10 8h16c-10-60-8-130 0-192z" fill="${darker(art.base, 0.25)}" opacity=".5"/>
<path d="M88 56h144l-4 24H92z" fill="${darker(art.base, 0.3)}"/><path d="M92 68h136" stroke="${art.accent}" stroke-width="3" stroke-dasharray="9 6"/>
${label(art, { x: 106, y: 110, width: 108, height: 128, radius: 54 }, art.accent)}`;
}

function pouch(art: Art): string {
  return `<path d="M102 60h116l10 190c1 10-6 18-16 18H108c-10 0-17-8-16-18z" fill="${art.base}"/>
<path d="M102 60h116l1 20H101z" fill="${darker(art.base, 0.18)}"/><path d="M106 70h108" stroke="${lighter(art.base, 0.4)}" stroke-width="2.5"/>
<path d="M92 250c20-14 116-14 136 0 1 10-6 18-16 18H108c-10 0-17-8-16-18z" fill="${darker(art.base, 0.15)}"/>
<ellipse cx="160" cy="222" rx="34" ry="18" fill="${lighter(art.base, 0.55)}" opacity=".75"/>
${label(art, { x: 110, y: 98, width: 100, height: 98 }, lighter(art.base, 0.72))}`;
}

function jar(art: Art): string {
  return `<rect x="112" y="62" width="96" height="34" rx="8" fill="${darker(art.base, 0.35)}"/><rect x="112" y="84" width="96" height="6" fill="${lighter(art.base, 0.2)}" opacity=".6"/>
<path d="M106 96h108c14 8 18 20 18 36v112c0 14-10 24-24 24h-96c-14 0-24-10-24-24V132c0-16 4-28 18-36z" fill="${lighter(art.base, 0.18)}"/>
<path d="M88 150h144v94c0 14-10 24-24 24h-96c-14 0-24-10-24-24z" fill="${art.base}"/>
<path d="M98 132c0-14 4-22 12-28" fill="none" stroke="#fff" stroke-opacity=".55" stroke-width="6" stroke-linecap="round"/>
${label(art, { x: 104, y: 138, width: 112, height: 106 }, art.accent)}`;
}

function bottle(art: Art): string {
  return `<path d="M142 52h36v26h-36z" fill="${darker(art.base, 0.35)}"/><path d="M136 46h48v16h-48z" rx="4" fill="${darker(art.base, 0.45)}"/>
<path d="M142 76h36c2 20 44 24 44 58v112c0 12-10 22-22 22h-80c-12 0-22-10-22-22V134c0-34 42-38 44-58z" fill="${art.base}"/>
<path d="M98 134c0-18 12-27 24-34-6 30-6 110 0 168h-2c-12 0-22-10-22-22z" fill="${darker(art.base, 0.22)}" opacity=".5"/>
<path d="M206 132v100" stroke="#fff" stroke-opacity=".35" stroke-width="7" stroke-linecap="round"/>
${label(art, { x: 112, y: 142, width: 96, height: 104 }, art.accent)}`;
}

function cartridges(art: Art): string {
  const one = (x: number, scale: number) => `<g transform="translate(${x} 268) scale(${scale}) translate(-160 -268)">
<ellipse cx="160" cy="96" rx="52" ry="14" fill="${lighter(art.base, 0.55)}"/><path d="M108 96h104v34H108z" fill="${art.base}"/>
<path d="M118 130h84l-6 130c0 5-4 8-9 8h-54c-5 0-9-3-9-8z" fill="${lighter(art.base, 0.62)}"/><path d="M122 190h76l-3 70c0 5-4 8-9 8h-52c-5 0-9-3-9-8z" fill="#54616b" opacity=".55"/>
<g transform="translate(160 160)">${emblem("drop", art.base, "#ffffff")}</g><path d="M126 206h68M127 222h66M128 238h64" stroke="#fff" stroke-opacity=".4" stroke-width="4"/></g>`;
  return art.size === "3" ? one(98, 0.8) + one(222, 0.8) + one(160, 0.95) : one(160, 1.05);
}

function rolls(art: Art): string {
  const roll = (x: number, y: number) =>
    `<rect x="${x - 34}" y="${y}" width="68" height="62" fill="#fdfbf6"/><ellipse cx="${x}" cy="${y + 62}" rx="34" ry="11" fill="#eee8dc"/><ellipse cx="${x}" cy="${y}" rx="34" ry="11" fill="#fffefb" stroke="#e3dccd"/><ellipse cx="${x}" cy="${y}" rx="11" ry="4" fill="#b99e78"/>`;
  return `${[102, 160, 218].map((x) => roll(x, 86)).join("")}${[102, 160, 218].map((x) => roll(x, 176)).join("")}
<path d="M62 138h196v76H62z" fill="${art.base}"/><g transform="translate(100 176)">${emblem(art.emblem, lighter(art.base, 0.75), art.base)}</g>
${word(art.label, 186, 174, 110, 22, inkOn(art.base))}${small(`${art.size} rolls`, 186, 195, inkOn(art.base))}`;
}

function kayak(art: Art): string {
  const seats = art.label === "2" ? [118, 202] : [160];
  return `<path d="M30 262c30-12 60 12 90 0s60 12 90 0 60 12 80 2" fill="none" stroke="#7fb2c9" stroke-width="6" stroke-linecap="round"/>
<path d="M60 282c24-9 48 9 72 0s48 9 72 0 40 9 56 2" fill="none" stroke="#a9cfdf" stroke-width="5" stroke-linecap="round"/>
<path d="M22 176c40 10 236 10 276 0-18 44-70 70-138 70S40 220 22 176z" fill="${art.base}"/>
<path d="M22 176c40 10 236 10 276 0-4 10-10 18-17 26-70 14-172 14-242 0-7-8-13-16-17-26z" fill="${lighter(art.base, 0.22)}"/>
<path d="M60 214c60 14 140 14 200 0" fill="none" stroke="${art.accent}" stroke-width="6"/>
${seats.map((x) => `<ellipse cx="${x}" cy="184" rx="30" ry="11" fill="${darker(art.base, 0.5)}"/><path d="M${x + 14} 180c4-18 14-22 18-20l-6 24z" fill="${darker(art.base, 0.3)}"/>`).join("")}
<path d="M62 96l196 130" stroke="#7b5b3a" stroke-width="7" stroke-linecap="round"/><path d="M40 78c16-4 34 6 40 24-18 6-36-4-40-24z" fill="${art.accent}"/><path d="M280 244c-16 4-34-6-40-24 18-6 36 4 40 24z" fill="${art.accent}"/>`;
}

function vest(art: Art): string {
  return `<path d="M104 62c10 0 18-4 24-8 6 30 58 30 64 0 6 4 14 8 24 8 2 26 10 44 24 56v140c0 6-4 10-10 10H90c-6 0-10-4-10-10V118c14-12 22-30 24-56z" fill="${art.base}"/>
<path d="M152 84h16v184h-16z" fill="${darker(art.base, 0.3)}"/><path d="M160 84v184" stroke="#fff" stroke-opacity=".6" stroke-width="2" stroke-dasharray="4 4"/>
<rect x="80" y="150" width="160" height="17" fill="${darker(art.base, 0.55)}"/><rect x="80" y="214" width="160" height="17" fill="${darker(art.base, 0.55)}"/>
<rect x="142" y="144" width="36" height="29" rx="5" fill="${art.accent}"/><rect x="142" y="208" width="36" height="29" rx="5" fill="${art.accent}"/>
<path d="M104 92h34M182 92h34" stroke="${art.accent}" stroke-width="9" stroke-linecap="round"/>`;
}

function oars(art: Art): string {
  const oar = (
    turn: number,
  ) => `<g transform="rotate(${turn} 160 170)"><path d="M160 40v250" stroke="${art.base}" stroke-width="9" stroke-linecap="round"/>
<path d="M160 22c24 8 30 40 18 74h-36c-12-34-6-66 18-74z" fill="${art.accent}"/><path d="M160 30v60" stroke="${darker(art.accent, 0.25)}" stroke-width="4" stroke-linecap="round"/>
<path d="M160 250v36" stroke="${lighter(art.base, 0.4)}" stroke-width="12" stroke-linecap="round"/></g>`;
  return oar(-24) + oar(24);
}

function drybag(art: Art): string {
  return `<path d="M104 96h112c6 50 8 110 4 158-1 9-8 14-16 14h-88c-8 0-15-5-16-14-4-48-2-108 4-158z" fill="${art.base}"/>
<path d="M104 96h26c-8 60-8 120-4 172h-10c-8 0-15-5-16-14-4-48-2-108 4-158z" fill="${darker(art.base, 0.25)}" opacity=".5"/>
<path d="M98 66h124v34H98z" fill="${darker(art.base, 0.2)}"/><path d="M98 78h124M98 90h124" stroke="${darker(art.base, 0.4)}" stroke-width="3"/>
<rect x="134" y="58" width="52" height="18" rx="5" fill="${art.accent}"/><rect x="96" y="200" width="128" height="14" fill="${art.accent}"/>
${word(art.label, 160, 168, 90, 32, art.accent)}`;
}
