/** Colours of drawings. Mixing in plain RGB is good enough for flat shapes. */
type Rgb = [number, number, number];

export function mix(a: string, b: string, share: number): string {
  const [from, to] = [parse(a), parse(b)];
  return `#${from
    .map((value, index) =>
      Math.round(value + ((to[index] ?? 0) - value) * share)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

export function lighter(colour: string, share: number): string {
  return mix(colour, "#ffffff", share);
}

export function darker(colour: string, share: number): string {
  return mix(colour, "#1c1410", share);
}

/** Ink that can be read on the colour. */
export function inkOn(colour: string): string {
  const [r, g, b] = parse(colour);
  return 0.299 * r + 0.587 * g + 0.114 * b > 150 ? darker(colour, 0.72) : "#fffaf2";
}

function parse(colour: string): Rgb {
  const hex = (at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  return [hex(1), hex(3), hex(5)];
}
