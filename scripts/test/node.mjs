// Compiled TypeScript tests through Node's own runner.
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { inRoot, logs } from "../lib/paths.mjs";
import { handOver, interrupted } from "../lib/shell.mjs";
import { chromium } from "../steps/chromium.mjs";

const reporter = (name) => inRoot("scripts/test", `${name}-reporter.mjs`);
const longestTest = { usual: 10 * 60, long: 75 * 60 };

/** A part that runs the compiled test files which `belongs` picks. */
export const nodeTests =
  (belongs) =>
  async ({ value, long }) => {
    const files = testFiles().filter(belongs);
    if (files.length === 0) return { passed: 0, failed: 0, skipped: 0, later: 0 };
    mkdirSync(logs, { recursive: true });
    const counted = path.join(logs, `counts-${process.pid}.json`);
    rmSync(counted, { force: true });
    const args = [
      "--enable-source-maps",
      "--test",
      `--test-timeout=${1000 * (long ? longestTest.long : longestTest.usual)}`,
      `--test-reporter=${reporter("brief")}`,
      "--test-reporter-destination=stdout",
      `--test-reporter=${reporter("counts")}`,
      `--test-reporter-destination=${counted}`,
      ...files,
    ];
    const code = await handOver(process.execPath, args, { env: testEnv(value, long) });
    if (code === interrupted) process.exit(interrupted);
    return countsIn(counted, code);
  };

function testEnv(value, long) {
  const browser = value(chromium)?.path;
  return { ...(browser && { COMEBACK_CHROMIUM: browser }), ...(long && { COMEBACK_LONG: "1" }) };
}

function testFiles() {
  return ["js-shim", "demo-shop", "tests"].flatMap((folder) => {
    const dist = path.join(folder, "dist");
    const files = safeList(inRoot(dist)).filter((file) => file.endsWith(".test.js"));
    return files.sort().map((file) => path.join(dist, file));
  });
}

const safeList = (folder) => {
  try {
    return readdirSync(folder, { recursive: true });
  } catch {
    return [];
  }
};

function countsIn(file, code) {
  let counts = { passed: 0, failed: 0, skipped: 0, later: 0 };
  try {
    counts = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // The runner itself fell over before it could count.
  }
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}
