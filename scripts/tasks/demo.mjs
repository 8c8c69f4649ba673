// npm run demo: builds what is needed and opens the demo shop. PORT sets its port.
import { alone } from "../lib/lock.mjs";
import { inRoot } from "../lib/paths.mjs";
import { handOver, interrupted } from "../lib/shell.mjs";
import { doSteps } from "../lib/steps.mjs";
import { typescript } from "../steps/typescript.mjs";

export default async function demo(args) {
  await alone(() => doSteps([typescript]));
  const code = await handOver(process.execPath, ["--enable-source-maps", inRoot("demo-shop/dist/main.js"), ...args]);
  // Ctrl-C is how a demo ends, not a failure.
  return code === interrupted ? 0 : code;
}
