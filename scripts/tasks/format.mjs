// npm run format: lays out Rust and everything prettier knows the way `npm run lint` wants it.
import { alone } from "../lib/lock.mjs";
import { inRoot } from "../lib/paths.mjs";
import { handOver } from "../lib/shell.mjs";
import { doSteps } from "../lib/steps.mjs";
import { testPackages } from "../steps/npm-packages.mjs";
import { rust } from "../steps/rust.mjs";

export default async function format(files) {
  await alone(() => doSteps([rust, testPackages]));
  const only = files.length ? files : ["."];
  const prettier = [inRoot("tests/node_modules/prettier/bin/prettier.cjs"), "--write", "--log-level=warn", ...only];
  const rustfmt = files.length ? 0 : await handOver("cargo", ["fmt"]);
  return rustfmt || handOver(process.execPath, prettier);
}
