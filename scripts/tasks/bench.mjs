// npm run bench: measurements, each beside its physical neighbour in the same run.
//
// A benchmark is a module bench/<name>.mjs that exports
//   describe  one line: what is measured, beside what
//   run(args) measures and prints; a number below its promise throws
import { existsSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { alone } from "../lib/lock.mjs";
import { inRoot } from "../lib/paths.mjs";
import { NeedsHelp } from "../lib/shell.mjs";
import { doSteps } from "../lib/steps.mjs";
import { testPackages } from "../steps/npm-packages.mjs";
import { typescript } from "../steps/typescript.mjs";

export default async function bench([wanted, ...args]) {
  const benches = await load();
  if (wanted === "--list") return benches.forEach((one) => console.log(`${one.name.padEnd(16)} ${one.describe}`));
  const chosen = wanted ? benches.filter((one) => one.name === wanted) : benches;
  if (chosen.length === 0) {
    throw new NeedsHelp(
      `no benchmark named \`${wanted}\``,
      `there are: ${benches.map((one) => one.name).join(", ") || "none yet"}`,
    );
  }
  await alone(() => doSteps([typescript, testPackages]));
  let missed = 0;
  for (const one of chosen) {
    console.log(`\n== ${one.name}: ${one.describe}`);
    try {
      await one.run(args);
    } catch (error) {
      console.error(`!! ${one.name}: ${error.stack ?? error}`);
      missed += 1;
    }
  }
  return missed ? 1 : 0;
}

// Loaded before anything is built, so a benchmark imports what it measures inside `run`.
async function load() {
  if (!existsSync(inRoot("bench"))) return [];
  const files = readdirSync(inRoot("bench")).filter((file) => file.endsWith(".mjs"));
  return Promise.all(
    files.sort().map(async (file) => {
      const { describe, run } = await import(pathToFileURL(inRoot("bench", file)).href);
      return { name: file.replace(/\.mjs$/, ""), describe, run };
    }),
  );
}
