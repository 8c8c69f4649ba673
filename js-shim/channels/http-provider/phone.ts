/** A phone number as providers want it, `+442079460018`, or `null`. A national number is not guessed into a country. */
export function parsePhone(text: string): string | null {
  const digits = text
    .trim()
    .replace(/[\s().-]/g, "")
    .replace(/^00/, "+");
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : null;
}
