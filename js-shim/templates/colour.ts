/**
 * The shop's colour made readable. Any colour may be given; what is drawn keeps at least 4.5:1 of contrast, as
 * WCAG 2.2 AA asks of text.
 */
export interface Palette {
  /** The shop's colour, as given. */
  accent: string;
  /** Text on it: near black or white, whichever reads better. */
  on_accent: string;
  /** The colour as text on white paper: darkened until it reads. */
  accent_text: string;
  /** The same on a dark page: lightened until it reads. */
  accent_dark: string;
  on_accent_dark: string;
}

export const DEFAULT_COLOUR = "#8a4b2d";

const CONTRAST_MIN = 4.5;
const PAPER = "#f6f1ea";
const NIGHT = "#26221f";
const INK = "#1c1815";

/** A colour that is not `#rgb` or `#rrggbb` is replaced by the default one. */
export function createPalette(colour: string | null | undefined): Palette {
  const accent = normalise(colour) ?? DEFAULT_COLOUR;
  const accent_dark = lightenUntil(accent, NIGHT);
  return {
    accent,
    on_accent: readable(accent),
    accent_text: mixUntil(accent, "#000000", PAPER),
    accent_dark,
    on_accent_dark: readable(accent_dark),
  };
}

function readable(background: string): string {
  return contrast("#ffffff", background) >= CONTRAST_MIN
    ? "#ffffff"
    : contrast(INK, background) >= CONTRAST_MIN
      ? INK
      : "#000000";
}

function mixUntil(colour: string, towards: string, background: string): string {
  for (let share = 0; share <= 1; share += 0.05) {
    const mixed = mix(colour, towards, share);
    if (contrast(mixed, background) >= CONTRAST_MIN) return mixed;
  }
  return towards;
}

/** Raises the lightness alone: mixing with white would turn a warm brown into a dusty pink. */
function lightenUntil(colour: string, background: string): string {
  const { hue, saturation, lightness } = toHsl(colour);
  for (let light = lightness; light < 1; light += 0.02) {
    const lighter = fromHsl(hue, saturation, light);
    if (contrast(lighter, background) >= CONTRAST_MIN + 0.4) return lighter;
  }
  return "#ffffff";
}

function toHsl(colour: string): { hue: number; saturation: number; lightness: number } {
  const [r, g, b] = channels(colour).map((value) => value / 255) as [number, number, number];
  const max = Math.max(r, g, b);
  const min = Math.min(r, g, b);
  const lightness = (max + min) / 2;
  const span = max - min;
  if (span === 0) return { hue: 0, saturation: 0, lightness };
  const saturation = span / (1 - Math.abs(2 * lightness - 1));
  const hue = max === r ? ((g - b) / span + 6) % 6 : max === g ? (b - r) / span + 2 : (r - g) / span + 4;
  return { hue, saturation, lightness };
}

function fromHsl(hue: number, saturation: number, lightness: number): string {
  const chroma = (1 - Math.abs(2 * lightness - 1)) * saturation;
  const second = chroma * (1 - Math.abs((hue % 2) - 1));
  const [r, g, b] = [
    [chroma, second, 0],
    [second, chroma, 0],
    [0, chroma, second],
    [0, second, chroma],
    [second, 0, chroma],
    [chroma, 0, second],
  ][Math.floor(hue) % 6]!;
  return toHex([r!, g!, b!].map((value) => (value + lightness - chroma / 2) * 255));
}

function normalise(colour: string | null | undefined): string | null {
  const match = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour ?? "");
  if (match === null) return null;
  const digits = match[1]!.toLowerCase();
  return `#${digits.length === 3 ? [...digits].map((digit) => digit + digit).join("") : digits}`;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

function mix(a: string, b: string, share: number): string {
  const to = channels(b);
  return toHex(channels(a).map((value, i) => value + (to[i]! - value) * share));
}

function toHex(values: number[]): string {
  const whole = values.map((value) => Math.min(255, Math.max(0, Math.round(value))));
  return `#${whole.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** Contrast ratio of WCAG 2.2, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
