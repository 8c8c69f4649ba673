/**
 * A value that must not reach a log: an address, a phone number, a token. Printed in any way it says `[redacted]`;
 * reading it takes the word `reveal`, which is easy to find in a review.
 */
export class Redacted<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return "[redacted]";
  }

  toJSON(): string {
    return "[redacted]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[redacted]";
  }
}

/** A provider's answer with everything that may be an address, a phone number or a link taken out. At most 160 characters. */
export function redactText(text: string): string {
  return text
    .replace(/[\r\n\t ]+/g, " ")
    .replace(/<[^>]*@[^>]*>|\S+@\S+/g, "[address]")
    .replace(/https?:\/\/\S+/g, "[link]")
    .replace(/\+?\d[\d ()-]{7,}\d/g, "[number]")
    .trim()
    .slice(0, 160);
}
