import { Miniflare } from "miniflare";
import { asker, checkVectors, glue, wasm, type Answer } from "./vectors.js";

const worker = `
import module from "./comeback_bg.wasm";
import { askAll } from "./asker.js";
export default {
  fetch: async (request) => Response.json(askAll(module, await request.json())),
};
`;

await checkVectors("workerd", async (questions) => {
  const home = new Miniflare({
    modules: [
      { type: "ESModule", path: "worker.js", contents: worker },
      { type: "ESModule", path: "asker.js", contents: asker },
      { type: "ESModule", path: "comeback.js", contents: glue() },
      { type: "CompiledWasm", path: "comeback_bg.wasm", contents: new Uint8Array(wasm()) },
    ],
    compatibilityDate: "2026-04-01",
    // Otherwise it asks a server on the internet for a sample request.
    cf: false,
  });
  try {
    const answer = await home.dispatchFetch("http://vectors.test/", {
      method: "POST",
      body: JSON.stringify(questions),
    });
    return (await answer.json()) as Answer[];
  } finally {
    await home.dispose();
  }
});
