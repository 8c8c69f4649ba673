import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Core } from "comeback/core";
import type { Grocer } from "../shop/grocer.js";

/** Orders in one piece for the builder. */
const PIECE = 500;

/**
 * What the shop's year of orders teaches: rhythms of products, companions, weights. Learned once and
 * kept in a file, as `comeback model build` would do from a CSV. Returns the file's path.
 */
export function learnedModel(grocer: Grocer, core: Core, data: string, log: (line: string) => void): string {
  const path = join(data, "model.bin");
  if (existsSync(path) && isOfThisRelease(core, path)) return path;
  const since = Date.now();
  const builder = core.modelBuilder({ until: grocer.clock.now() });
  for (const piece of ordersCsv(grocer)) builder.push(new TextEncoder().encode(piece));
  const { model, read } = builder.finish();
  // Whole or absent: a half-written model must not be found by the next start.
  writeFileSync(`${path}.new`, model);
  renameSync(`${path}.new`, path);
  log(`learned from ${read.orders.rows} order lines in ${((Date.now() - since) / 1000).toFixed(1)} s`);
  return path;
}

function isOfThisRelease(core: Core, path: string): boolean {
  try {
    core.modelHash(readFileSync(path));
    return true;
  } catch {
    return false;
  }
}

function* ordersCsv(grocer: Grocer): Generator<string> {
  yield "order_id,customer_id,product_id,ordered_at,quantity,unit_price\n";
  let lines: string[] = [];
  for (const order of grocer.orders.changedSince(0)) {
    if (order.status === "cancelled") continue;
    const at = new Date(order.placed_at).toISOString();
    for (const line of order.lines) {
      if (!line.status)
        lines.push(
          `${order.id},${order.customer},${line.product},${at},${line.quantity},${(line.price / 100).toFixed(2)}\n`,
        );
    }
    if (lines.length < PIECE) continue;
    yield lines.join("");
    lines = [];
  }
  yield lines.join("");
}
