// What the core may ask of its home: wasm-bindgen's glue and nothing else. A new line in
// tests/wasm-imports.txt is a design decision: a clock, randomness or I/O would end "same input, same bytes".
import { test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { wasm } from "./vectors.js";

const listFile = resolve("tests/wasm-imports.txt");
const forbidden = /date|time|clock|now|random|crypto|fetch|console|performance|process|require|global|window/i;

/** One import a line, without the hash that wasm-bindgen appends and changes with each version. */
function imports(): string[] {
  const module = new WebAssembly.Module(new Uint8Array(wasm()));
  return WebAssembly.Module.imports(module)
    .map(({ module, name, kind }) => `${module} ${name.replace(/_[0-9a-f]{16}$/, "")} ${kind}`)
    .sort();
}

test("the core imports what tests/wasm-imports.txt lists", () => {
  const found = imports();
  // `UPDATE_IMPORTS=1 npm test -- vectors` writes the list anew, to be read in the diff.
  if (process.env["UPDATE_IMPORTS"]) writeFileSync(listFile, `${found.join("\n")}\n`);
  const listed = existsSync(listFile) ? readFileSync(listFile, "utf8").split("\n").filter(Boolean) : [];
  assert.deepEqual(found, listed);
});

test("no import is a clock, randomness or I/O", () => {
  assert.deepEqual(
    imports().filter((line) => forbidden.test(line)),
    [],
  );
});
