// npm test: every part, or those named (`npm test -- rust host`), and one line that sums them up.
import { alone } from "../lib/lock.mjs";
import { NeedsHelp } from "../lib/shell.mjs";
import { doSteps } from "../lib/steps.mjs";
import { parts } from "../test/parts.mjs";

export default async function test(args) {
  const long = args.includes("--long") || process.env.COMEBACK_LONG === "1";
  const chosen = choose(args.filter((arg) => arg !== "--long"));
  const value = await alone(() => doSteps([...new Set(chosen.flatMap((part) => part.needs))]));
  const results = [];
  for (const part of chosen) {
    console.log(`\n== ${part.name}: ${part.title}`);
    const since = Date.now();
    const counts = await part.run({ value, long });
    results.push({ name: part.name, ...counts, seconds: Math.round((Date.now() - since) / 1000) });
  }
  return close(results);
}

function choose(names) {
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length) {
    throw new NeedsHelp(
      `no test part named \`${unknown.join("`, `")}\``,
      `parts: ${parts.map((part) => part.name).join(", ")}`,
    );
  }
  return names.length ? parts.filter((part) => names.includes(part.name)) : parts;
}

function close(results) {
  console.log("");
  for (const { name, passed, failed, skipped, later, seconds } of results) {
    const more = `${skipped ? `, ${skipped} skipped` : ""}${later ? `, ${later} left for test:long` : ""}`;
    console.log(`${name.padEnd(10)} ${passed} passed, ${failed} failed${more} in ${seconds} s`);
  }
  const sum = (field) => results.reduce((total, result) => total + result[field], 0);
  const skipped = sum("skipped");
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed${skipped ? `, ${skipped} skipped` : ""}`);
  return sum("failed") ? 1 : 0;
}
