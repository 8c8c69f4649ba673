// npm run demo: builds what is needed and opens the demo shop. PORT sets its port.
import { alone } from "../lib/lock.mjs";
import { inRoot } from "../lib/paths.mjs";
import { handOver } from "../lib/shell.mjs";
import { doSteps } from "../lib/steps.mjs";
import { typescript } from "../steps/typescript.mjs";

export default async function demo(args) {
  await alone(() => doSteps([typescript]));
  return handOver(process.execPath, ["--enable-source-maps", inRoot("demo-shop/dist/main.js"), ...args]);
}
