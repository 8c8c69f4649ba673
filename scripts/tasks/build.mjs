// npm run build: the Wasm package and the host, ready to be used.
import { alone } from "../lib/lock.mjs";
import { line } from "../lib/progress.mjs";
import { doSteps } from "../lib/steps.mjs";
import { typescript } from "../steps/typescript.mjs";
import { describeSizes, wasmPackage } from "../steps/wasm-package.mjs";

export default async function build() {
  const since = Date.now();
  const value = await alone(() => doSteps([typescript]));
  line(`core.wasm: ${describeSizes(value(wasmPackage).sizes)}`);
  line(`built in ${((Date.now() - since) / 1000).toFixed(1)} s`);
}
