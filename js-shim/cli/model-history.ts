import { createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { ModelBuilder } from "../core/core.js";
import type { Io } from "./io.js";
import { readTextFile } from "./order-file.js";

/** What `--history` means to `model build` and `model refresh`. */
export const historyHelp = `  --history FILE       purchases kept from run to run: read where the file is there, and written again with
                       the orders of this run, so that the next needs only what came since; orders of
                       days it holds are not taken twice, and none later than now. It has no customers' ids, only their hashes`;

/** The purchases a model was learned from, kept beside it. What is written takes its place only with `keep`. */
export class HistoryFile {
  readonly #written: string;

  constructor(readonly path: string) {
    this.#written = `${path}.new`;
  }

  get exists(): boolean {
    return existsSync(this.path);
  }

  async read(builder: ModelBuilder, io: Io): Promise<void> {
    await readTextFile(this.path, (piece) => builder.pushHistory(piece), io);
    builder.endHistory();
    io.err(`${this.path}: ${builder.gathered.toLocaleString("en")} purchases kept from before\n`);
  }

  async write(builder: ModelBuilder): Promise<void> {
    await pipeline(Readable.from(builder.history()), createGzip({ level: 1 }), createWriteStream(this.#written));
  }

  async keep(): Promise<void> {
    await rename(this.#written, this.path);
  }

  /** Takes away what was written and not kept. */
  async discard(): Promise<void> {
    await rm(this.#written, { force: true });
  }
}
