import { writeFile } from "node:fs/promises";

/** Rows and customers that an import could not use, for a person to look at. */
export class RefusedRows {
  readonly #path: string | undefined;
  readonly #lines: string[] = [];
  customers = 0;

  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** In words, the first of them. */
  get first(): string {
    return this.#lines[0]?.replaceAll('"', "") ?? "";
  }

  row(line: number, reason: string): void {
    this.#lines.push(`${line},${quoted(reason)}`);
  }

  customer(name: string, reason: string): void {
    this.customers += 1;
    this.#lines.push(`,${quoted(`customer ${name}: ${reason}`)}`);
  }

  /** A CSV of line and reason; written also when it is empty, so that an old one does not mislead. */
  async write(): Promise<void> {
    if (this.#path !== undefined) await writeFile(this.#path, ["line,reason", ...this.#lines, ""].join("\n"));
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
