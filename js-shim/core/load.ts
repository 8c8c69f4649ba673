/**
 * Finds `core.wasm` beside this file: read from disk under Node, fetched in a browser. Runtimes that
 * import Wasm as a module (edge workers) pass it to `Core.load` instead.
 */
export async function loadModule(): Promise<WebAssembly.Module> {
  const url = new URL("./pkg/comeback_bg.wasm", import.meta.url);
  if (url.protocol === "file:") {
    const { readFile } = await import("node:fs/promises");
    return WebAssembly.compile(await readFile(url));
  }
  return WebAssembly.compileStreaming(fetch(url));
}
