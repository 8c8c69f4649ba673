// What the core may ask of its home: wasm-bindgen's glue and nothing else. A new line in
// tests/wasm-imports.txt is a design decision: a clock, randomness or I/O would end "same input, same bytes".
import { test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { glue, wasm } from "./vectors.js";

const listFile = resolve("tests/wasm-imports.txt");
const forbidden =
  /\b(Date|performance|Temporal|Math\.random|crypto|fetch|XMLHttpRequest|WebSocket|console|process|require|globalThis|window|setTimeout|setInterval)\b/;

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

test("what stands behind the imports is no clock, randomness or I/O", () => {
  const [, body] = /function __wbg_get_imports\(\) \{\n([^]*?)\n\}\n/.exec(glue()) ?? [];
  assert.ok(body, "the glue has no list of imports");
  assert.deepEqual(
    body.split("\n").filter((line) => forbidden.test(line)),
    [],
  );
});
