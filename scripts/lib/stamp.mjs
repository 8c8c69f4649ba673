// Remembers what a step was last done with, so that doing it again takes no time.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root, stamps } from "./paths.mjs";

const skipped = new Set(["node_modules", "dist", "pkg", "target", ".cache", ".git"]);

/** A short hash of any JSON value. */
export const hashOf = (value) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 24);

/** A hash over the contents of files and folders, named from the top of the checkout. */
export function hashFiles(names, accept = () => true) {
  const hash = createHash("sha256");
  for (const name of names) {
    for (const file of filesUnder(path.join(root, name), accept)) {
      hash.update(path.relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
    }
  }
  return hash.digest("hex").slice(0, 24);
}

/** Every file under a folder in a fixed order, without what builds leave behind. */
export function filesUnder(start, accept = () => true) {
  if (!existsSync(start)) return [];
  let entries;
  try {
    entries = readdirSync(start, { withFileTypes: true });
  } catch {
    return accept(start) ? [start] : [];
  }
  return entries
    .filter((entry) => !skipped.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(start, entry.name);
      if (entry.isDirectory()) return filesUnder(file, accept);
      return accept(file) ? [file] : [];
    });
}

/** What the step left when it was last done, or null. */
export function readStamp(name) {
  try {
    return JSON.parse(readFileSync(stampPath(name), "utf8"));
  } catch {
    return null;
  }
}

/** Writes the stamp whole, so that a crash leaves the old one or the new one. */
export function writeStamp(name, stamp) {
  mkdirSync(stamps, { recursive: true });
  const unfinished = `${stampPath(name)}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(stamp, null, 2)}\n`);
  renameSync(unfinished, stampPath(name));
}

const stampPath = (name) => path.join(stamps, `${name}.json`);
