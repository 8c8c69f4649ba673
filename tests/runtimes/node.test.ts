import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { asker, checkVectors, glue, wasm, type Answer } from "./vectors.js";

await checkVectors("Node", async (questions) => {
  const folder = mkdtempSync(join(tmpdir(), "comeback-vectors-"));
  try {
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    writeFileSync(join(folder, "comeback.js"), glue());
    writeFileSync(join(folder, "asker.js"), asker);
    const { askAll } = (await import(pathToFileURL(join(folder, "asker.js")).href)) as {
      askAll: (module: WebAssembly.Module, questions: string[]) => Answer[];
    };
    return askAll(new WebAssembly.Module(new Uint8Array(wasm())), questions);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
