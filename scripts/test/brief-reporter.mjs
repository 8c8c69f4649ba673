// A reporter for node --test that says one line a file and shows in full only what failed: with
// thousands of vectors nobody finds a failure among the ticks.
import path from "node:path";
import { inspect } from "node:util";

const summary = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /;

export default async function* brief(source) {
  let file = null;
  let tally = null;
  for await (const { type, data } of source) {
    if (type === "test:dequeue" && isFile(data)) yield `.. ${path.relative(process.cwd(), data.name)}\n`;
    if (type === "test:stdout" || type === "test:stderr") yield data.message;
    if (type === "test:diagnostic" && !summary.test(data.message)) yield `${data.message}\n`;
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.file !== file) {
      if (tally) yield closing(file, tally);
      file = data.file;
      tally = { passed: 0, failed: 0, skipped: 0 };
    }
    if (data.details?.type === "suite") continue;
    if (data.skip !== undefined) tally.skipped += 1;
    else if (type === "test:pass") tally.passed += 1;
    else {
      tally.failed += 1;
      yield failure(data);
    }
  }
  if (tally) yield closing(file, tally);
}

// The runner treats each file as a test of its own, named after it.
const isFile = ({ nesting, name }) => nesting === 0 && path.isAbsolute(name) && name.endsWith(".test.js");

function closing(file, { passed, failed, skipped }) {
  const name = file ? path.relative(process.cwd(), file) : "(no file)";
  const more = `${failed ? `, ${failed} failed` : ""}${skipped ? `, ${skipped} skipped or long` : ""}`;
  return `${failed ? "!!" : "ok"} ${name}: ${passed} passed${more}\n`;
}

function failure({ name, details, file, line }) {
  const error = details.error;
  const cause = error?.cause instanceof Error ? error.cause : error;
  const text = error?.failureType === "subtestsFailed" ? "some of its tests failed" : inspect(cause, { depth: 6 });
  return `\n✖ ${name}\n  at ${file ?? "?"}:${line ?? "?"}\n${text.replace(/^/gm, "  ")}\n\n`;
}
