import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Transform, Writable, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { UsageError, type Io } from "./io.js";
import { progress } from "./progress.js";

/** Fields of an order line that a column can be mapped to. */
export const orderFields = [
  "order_id",
  "customer_id",
  "product_id",
  "ordered_at",
  "quantity",
  "unit_price",
  "line_total",
] as const;

export type ColumnMap = Partial<Record<(typeof orderFields)[number], string>>;

export const mapHelp = `  --map FIELD=COLUMN   where the usual names do not fit; may be given again. Fields: ${orderFields.join(", ")}`;

/** `--map customer_id=Client` given any number of times. */
export function readMap(given: readonly string[]): ColumnMap {
  return Object.fromEntries(given.map(readMapping));
}

function readMapping(text: string): [string, string] {
  const [field = "", ...rest] = text.split("=");
  const column = rest.join("=");
  if (!(orderFields as readonly string[]).includes(field) || column === "") {
    throw new UsageError(`\`--map\` is FIELD=COLUMN with a field of ${orderFields.join(", ")}; found \`${text}\``);
  }
  return [field, column];
}

/** Reads the whole file, unpacked, in pieces; how far it is shows on a terminal. */
export async function readTextFile(path: string, push: (text: Uint8Array) => void, io: Io): Promise<void> {
  const { size } = await stat(path);
  const shown = progress("reading", "MB", io);
  let read = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      read += chunk.length;
      shown.at(read / 1e6, size / 1e6);
      done(null, chunk);
    },
  });
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const sink = eachChunk(push);
  if (await isGzip(path)) await pipeline(file, counted, createGunzip(), sink);
  else await pipeline(file, counted, sink);
  shown.end();
}

/** What `push` throws ends the pipeline and comes out of it as it was. */
function eachChunk(push: (text: Uint8Array) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        push(chunk);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** The name of an import: the same content and mapping have the same one, wherever the file lies. */
export async function nameOfImport(path: string, columns: ColumnMap): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(columns));
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) hash.update(chunk);
  });
  return hash.digest("hex").slice(0, 32);
}
