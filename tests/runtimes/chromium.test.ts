import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { launchBrowser, noBrowser } from "../browser.js";
import { asker, checkVectors, glue, wasm, type Answer } from "./vectors.js";

const page = `<!doctype html><title>vectors</title><script type="module">
import { askAll } from "./asker.js";
window.ask = async (questions) =>
  askAll(await WebAssembly.compileStreaming(fetch("./comeback_bg.wasm")), questions);
</script>`;

const files: Record<string, [type: string, body: () => string | Buffer]> = {
  "/": ["text/html", () => page],
  "/asker.js": ["text/javascript", () => asker],
  "/comeback.js": ["text/javascript", glue],
  "/comeback_bg.wasm": ["application/wasm", wasm],
};

async function askInPage(questions: string[]): Promise<Answer[]> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ""];
    if (!file) return response.writeHead(404).end();
    return response.writeHead(200, { "content-type": file[0] }).end(file[1]());
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const browser = await launchBrowser();
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await tab.waitForFunction("window.ask");
    return await tab.evaluate<Answer[], string[]>(
      (all) => (window as unknown as { ask: (all: string[]) => Promise<Answer[]> }).ask(all),
      questions,
    );
  } finally {
    await browser.close();
    server.close();
  }
}

if (noBrowser) await test("Chromium: the vectors", { skip: noBrowser }, () => {});
else await checkVectors("Chromium", askInPage);
