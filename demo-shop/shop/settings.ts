import type { Db } from "./database.js";

/** Small named values that outlive the process: the clock, the tour, keys. */
export class Settings {
  readonly #read;
  readonly #write;

  constructor(db: Db) {
    this.#read = db.prepare<[string], { value: string }>("SELECT value FROM settings WHERE name = ?");
    this.#write = db.prepare(
      "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    );
  }

  read(name: string): string | null {
    return this.#read.get(name)?.value ?? null;
  }

  write(name: string, value: string): void {
    this.#write.run(name, value);
  }
}
