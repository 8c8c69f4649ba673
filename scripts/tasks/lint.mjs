// npm run lint: every check, also after one has failed, so that all is fixed in one go.
import { alone } from "../lib/lock.mjs";
import { inRoot, shown } from "../lib/paths.mjs";
import { CommandFailed, run } from "../lib/shell.mjs";
import { doSteps } from "../lib/steps.mjs";
import { testPackages } from "../steps/npm-packages.mjs";
import { rust } from "../steps/rust.mjs";
import { typescriptTests } from "../steps/typescript.mjs";

const prettier = [inRoot("tests/node_modules/prettier/bin/prettier.cjs"), "--check", "--log-level=warn", "."];

const checks = [
  ["rustfmt", "cargo", ["fmt", "--check"], "npm run format"],
  ["clippy", "cargo", ["clippy", "--all-targets", "--all-features", "--", "-D", "warnings"]],
  [
    "clippy without the boundary",
    "cargo",
    ["clippy", "--all-targets", "--no-default-features", "--", "-D", "warnings"],
  ],
  ["prettier", process.execPath, prettier, "npm run format"],
];

export default async function lint() {
  const since = Date.now();
  const problems = [];
  // The TypeScript is checked by compiling it: the projects are strict.
  await alone(() => doSteps([rust, testPackages, typescriptTests])).catch((error) => {
    if (!(error instanceof CommandFailed)) throw error;
    problems.push(["typescript", error]);
  });
  for (const [name, command, args, remedy] of checks) {
    try {
      await run(command, args, { log: `lint-${name.replaceAll(" ", "-")}`, remedy });
      console.log(`ok ${name}`);
    } catch (error) {
      problems.push([name, error]);
      console.log(`!! ${name}`);
    }
  }
  for (const [name, error] of problems) {
    console.log(`\n${name}: ${error.message}\n${error.tail.join("\n")}\nwhole log: ${shown(error.log)}`);
    if (error.remedy) console.log(`remedy: ${error.remedy}`);
  }
  console.log(
    `\nlint: ${problems.length ? `${problems.length} of ${checks.length + 1} failed` : "clean"}, ${((Date.now() - since) / 1000).toFixed(1)} s`,
  );
  return problems.length ? 1 : 0;
}
