// Rust tests through cargo: what passes is counted, what does not is shown.
import { CommandFailed, run } from "../lib/shell.mjs";

const noise =
  /^test .*\.\.\. (ok|ignored)|^\s*(Compiling|Downloaded|Downloading|Blocking|Locking|Adding)|^running \d+ test|^$/;
const closing = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/;

/** Runs them; ignored ones are the long ones, left for `npm run test:long`. */
export async function cargoTests({ long }) {
  const counts = { passed: 0, failed: 0, skipped: 0, later: 0 };
  const take = (line) => {
    const [, passed, failed, ignored] = closing.exec(line) ?? [];
    if (passed === undefined) {
      if (!noise.test(line)) console.log(line);
      return;
    }
    counts.passed += Number(passed);
    counts.failed += Number(failed);
    counts.later += Number(ignored);
  };
  const chosen = ["--no-default-features", "--features", "schema", "--no-fail-fast"];
  const args = ["test", ...chosen, "--", ...(long ? ["--include-ignored"] : [])];
  try {
    await run("cargo", args, { limit: long ? 4500 : 1200, log: "cargo-test", onLine: take });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    console.log(`cargo test: ${error.message}; whole log: .cache/logs/cargo-test.log`);
    // Tests that could not even be compiled are one failure, so that the sum says so.
    if (counts.failed === 0) counts.failed = 1;
  }
  return counts;
}
