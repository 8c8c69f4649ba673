import * as wasm from "./pkg/comeback.js";
import type { Core } from "./core.js";

/**
 * An event as one flat object: its `type`, and under the name of each test what the test reads
 * (`product`, `category`, `url`, …; docs/matching.md has the list). Fields that no rule mentions cost nothing.
 */
export type FlatEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A journey that an event alone cannot decide. */
export interface LeftOut {
  journey: string;
  why: string;
}

type Form = "name" | "word" | "number" | "text";

/** What `matcher_layout` tells. */
interface Layout {
  names: string[];
  left_out: [journey: string, why: string][];
  kinds: { name: string; slots: number[] }[];
  slots: { field: string; form: Form; default: string | null; pages_only: boolean; symbols: [string, number][] }[];
}

/** One field of one kind of event, and where it is written. */
interface Slot {
  readonly at: number;
  readonly field: string;
  readonly symbols: ReadonlyMap<string, number>;
  /** Words met that are not among the symbols as they are written, with what they stand for; of words few recur much. */
  readonly others: Map<string, number>;
  /** What an absent field stands for. */
  readonly fallback: string | undefined;
  /** The kind has no such field, whatever the object says. */
  readonly hidden: boolean;
}

interface Kind {
  readonly number: number;
  /** Puts the fields of all slots into `values`, in this order of the slots. */
  readonly read: (event: FlatEvent, values: unknown[]) => void;
  readonly values: unknown[];
  readonly names: readonly Slot[];
  readonly words: readonly Slot[];
  readonly numbers: readonly Slot[];
  readonly texts: readonly Slot[];
}

const ABSENT = 0;
const UNKNOWN = 1;
const NOWHERE = 0xffffffff;
const OTHERS_MAX = 256;
/** Bytes of all texts of one event; the core takes no larger event either. */
const TEXT_BYTES_MAX = 256 * 1024;
/** As the core reads numbers from text. */
const numeral = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const encoder = new TextEncoder();

/**
 * Tells which journeys an event would begin, from the event's own fields: an index over triggers and
 * conditions, without customers, dates and entry rules. One event a call, in about a microsecond.
 */
export class Matcher {
  /** The journeys, by the numbers that `match` returns. */
  readonly names: readonly string[];
  /** Journeys of the program that are not matched, with the reason. */
  readonly leftOut: readonly LeftOut[];
  readonly #kinds: ReadonlyMap<string, Kind>;
  readonly #slots: number;
  #number: number;
  // Views of the core's memory. It may be replaced by any call into the core, which leaves them empty.
  #halves = new Uint32Array();
  #doubles = new Float64Array();
  #bytes = new Uint8Array();
  #found = new Uint32Array();
  /** Where the next list and the next text go. */
  #nextList = 0;
  #nextByte = 0;

  /** @internal Use `core.matcher`. */
  constructor(
    private readonly core: Core,
    private readonly tables: Uint8Array,
  ) {
    this.#number = core.guard(() => wasm.matcher_open(tables));
    const layout = JSON.parse(core.guard(() => wasm.matcher_layout(this.#number))) as Layout;
    this.names = layout.names;
    this.leftOut = layout.left_out.map(([journey, why]) => ({ journey, why }));
    this.#slots = layout.slots.length;
    this.#kinds = kindsOf(layout);
  }

  /** Numbers of the journeys that the event would begin, in the order of the program. */
  match(event: FlatEvent): number[] {
    const kind = this.#kinds.get(event.type);
    if (kind === undefined) return [];
    if (this.#halves.length === 0) this.#attach();
    this.#write(event, kind);
    const count = this.#run(kind.number);
    const numbers: number[] = [];
    for (let at = 0; at < count; at++) numbers.push(this.#found[at]!);
    return numbers;
  }

  close(): void {
    this.core.forget(this);
    this.core.guard(() => wasm.matcher_close(this.#number));
  }

  /** @internal After a trap. */
  reopen(): void {
    this.#number = wasm.matcher_open(this.tables);
    this.#halves = new Uint32Array();
  }

  #run(kind: number): number {
    try {
      return wasm.matcher_run(this.#number, kind);
    } catch (cause) {
      return this.core.guard(() => {
        throw cause;
      });
    }
  }

  #attach(): void {
    const place = this.core.guard(() => wasm.matcher_place(this.#number));
    const [words, wordsLength, text, textLength, found] = place as unknown as [number, number, number, number, number];
    const { buffer } = this.core.memory;
    this.#halves = new Uint32Array(buffer, words, wordsLength * 2);
    this.#doubles = new Float64Array(buffer, words, wordsLength);
    this.#bytes = new Uint8Array(buffer, text, textLength);
    this.#found = new Uint32Array(buffer, found, this.names.length);
  }

  #write(event: FlatEvent, { read, values, names, words, numbers, texts }: Kind): void {
    read(event, values);
    let next = 0;
    this.#nextList = this.#slots;
    this.#nextByte = 0;
    for (const slot of names) this.#writeName(slot, values[next++] ?? slot.fallback);
    // Lists may have moved the memory; nothing below does before texts.
    const [halves, doubles] = [this.#halves, this.#doubles];
    for (const slot of words) {
      // No list ever stands here, so the upper half is always zero.
      const value = values[next++] ?? slot.fallback;
      halves[slot.at * 2] = slot.hidden ? ABSENT : wordSymbol(slot, value);
    }
    for (const slot of numbers) {
      const value = values[next++];
      doubles[slot.at] = typeof value === "number" ? value : numberOf(value);
    }
    for (const slot of texts) {
      const value = values[next++] ?? slot.fallback;
      if (value === undefined || slot.hidden) this.#writeHalves(slot.at, NOWHERE, 0);
      else this.#writeText(slot, textOf(slot, value));
    }
  }

  #writeName(slot: Slot, value: unknown): void {
    if (Array.isArray(value)) this.#writeList(slot, value);
    else this.#writeHalves(slot.at, nameSymbol(slot, value), 0);
  }

  #writeHalves(at: number, low: number, high: number): void {
    this.#halves[at * 2] = low;
    this.#halves[at * 2 + 1] = high;
  }

  #writeList(slot: Slot, list: readonly unknown[]): void {
    const from = this.#nextList;
    this.#nextList += list.length;
    if (this.#nextList * 2 > this.#halves.length) this.#reserve(this.#nextList - this.#slots, 0);
    for (let at = 0; at < list.length; at++) this.#writeHalves(from + at, nameSymbol(slot, list[at]), 0);
    this.#writeHalves(slot.at, list.length ? from : ABSENT, list.length);
  }

  /** Text is nearly always ASCII: its bytes are its characters, and a bit makes them lower case. */
  #writeText(slot: Slot, text: string): void {
    const from = this.#nextByte;
    if (from + text.length * 3 > this.#bytes.length) this.#makeRoom(slot, from + text.length * 3);
    const bytes = this.#bytes;
    const length = text.length;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code > 127) return this.#writeForeign(slot, text);
      bytes[from + at] = code >= 65 && code <= 90 ? code | 32 : code;
    }
    this.#nextByte = from + length;
    this.#writeHalves(slot.at, from, length);
  }

  #writeForeign(slot: Slot, text: string): void {
    const from = this.#nextByte;
    const lower = text.toLowerCase();
    // A letter may take more room in lower case.
    if (from + lower.length * 3 > this.#bytes.length) this.#makeRoom(slot, from + lower.length * 3);
    const { written } = encoder.encodeInto(lower, this.#bytes.subarray(from));
    this.#nextByte = from + written;
    this.#writeHalves(slot.at, from, written);
  }

  #makeRoom({ field }: Slot, bytes: number): void {
    if (bytes > 3 * TEXT_BYTES_MAX) throw new RangeError(`field \`${field}\` of an event is too long`);
    this.#reserve(0, bytes);
  }

  /** Room for more; what was written stays. */
  #reserve(listWords: number, textBytes: number): void {
    this.core.guard(() => wasm.matcher_reserve(this.#number, listWords, textBytes));
    this.#attach();
  }
}

function kindsOf({ kinds, slots }: Layout): Map<string, Kind> {
  const symbols = slots.map((slot) => new Map(slot.symbols));
  return new Map(
    kinds.map((kind, number) => {
      const slotOf = (at: number): Slot & { form: Form } => {
        const { field, form, default: fallback, pages_only } = slots[at]!;
        const hidden = pages_only && kind.name !== "page.visited";
        return {
          at,
          field,
          form,
          symbols: symbols[at]!,
          others: new Map<string, number>(),
          fallback: fallback ?? undefined,
          hidden,
        };
      };
      const all = kind.slots.map(slotOf);
      const of = (form: Form) => all.filter((slot) => slot.form === form);
      const [names, words, numbers, texts] = [of("name"), of("word"), of("number"), of("text")];
      const fields = [...names, ...words, ...numbers, ...texts].map((slot) => slot.field);
      return [
        kind.name,
        { number, read: reader(fields), values: fields.map(() => undefined), names, words, numbers, texts },
      ];
    }),
  );
}

/**
 * Reads fields whose names are known only now. Where code may be made from text, a function with the
 * names written out: the runtime then knows where in an object they are. Elsewhere the same, slower.
 */
function reader(fields: readonly string[]): Kind["read"] {
  try {
    const lines = fields.map((field, at) => `values[${at}] = event[${JSON.stringify(field)}];`);
    return new Function("event", "values", lines.join("\n")) as Kind["read"];
  } catch {
    return (event, values) => fields.forEach((field, at) => (values[at] = event[field]));
  }
}

function nameSymbol(slot: Slot, value: unknown): number {
  if (value === undefined) return ABSENT;
  return slot.symbols.get(typeof value === "string" ? value : textOf(slot, value)) ?? UNKNOWN;
}

/** Rules know words in lower case; most values are so already. */
function wordSymbol(slot: Slot, value: unknown): number {
  if (value === undefined) return ABSENT;
  const text = typeof value === "string" ? value : textOf(slot, value);
  const symbol = slot.symbols.get(text);
  if (symbol !== undefined) return symbol;
  const known = slot.others.get(text);
  if (known !== undefined) return known;
  const found = slot.symbols.get(text.toLowerCase()) ?? UNKNOWN;
  if (slot.others.size < OTHERS_MAX) slot.others.set(text, found);
  return found;
}

function numberOf(value: unknown): number {
  return typeof value === "string" && numeral.test(value) ? Number(value) : NaN;
}

function textOf(slot: Slot, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new TypeError(`field \`${slot.field}\` of an event must be text, a number or a boolean`);
}
