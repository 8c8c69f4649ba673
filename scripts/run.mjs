// The one way in: `node scripts/run.mjs <task>`. It needs nothing installed, and each task brings
// about what it needs before it starts.
import { readdirSync } from "node:fs";
import { shown } from "./lib/paths.mjs";
import { CommandFailed, NeedsHelp, endAll } from "./lib/shell.mjs";

const tasks = new URL("./tasks/", import.meta.url);
const [name = "", ...args] = process.argv.slice(2);
const known = readdirSync(tasks).map((file) => file.replace(/\.mjs$/, ""));

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    // With a child in charge of the terminal, that child decides when to end.
    if (process.listenerCount(signal) > 1) return;
    endAll();
    process.exit(130);
  });
}

if (known.includes(name)) {
  try {
    const { default: task } = await import(new URL(`${name}.mjs`, tasks));
    process.exitCode = (await task(args)) ?? 0;
  } catch (error) {
    endAll();
    tell(error);
    process.exit(1);
  }
} else {
  console.error(`usage: node scripts/run.mjs ${known.join("|")}`);
  process.exit(2);
}

function tell(error) {
  if (error instanceof CommandFailed) {
    console.error(`\n${error.tail.map((line) => `    ${line}`).join("\n")}\n`);
    console.error(`error: ${error.message}\n  whole log: ${shown(error.log)}`);
  } else if (error instanceof NeedsHelp) {
    console.error(`\nerror: ${error.message}`);
  } else {
    console.error(error);
  }
  if (error.remedy) console.error(`  remedy: ${error.remedy}`);
}
