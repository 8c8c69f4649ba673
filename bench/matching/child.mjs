// One engine on one workload in a process of its own, so that no engine warms or pollutes another.
// node child.mjs <engine> <workload.json> <milliseconds>; the answer is one line of JSON.
import { readFileSync } from "node:fs";
import { engines } from "./engines.mjs";

/** Reading the clock costs as much as some matches, so it is read once in so many milliseconds. */
const readEveryMs = 2;

const [engine, file, milliseconds] = process.argv.slice(2);
const { events, rules } = JSON.parse(readFileSync(file, "utf8"));

const began = cpuMs();
const match = await engines[engine](rules);
const loadMs = cpuMs() - began;
const isAsync = engine === "json-rules-engine";

const results = [];
// The compiler of the runtime works while the engine does, so as much time goes to warming up.
await passes(Number(milliseconds), (found) => results.length < events.length && results.push(found.join(" ")));
const { count, ms } = await passes(Number(milliseconds), () => {});
console.log(JSON.stringify({ loadMs, perSecond: (count / ms) * 1000, count, results }));

/** Time of this process on a processor: on a shared machine the clock on the wall measures the neighbours. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Goes through the events, again and again, for so long; at least a few. */
async function passes(limit, take) {
  const since = cpuMs();
  let [count, ms, batch] = [0, 0, 1];
  while (ms < limit || count < 4) {
    for (let left = batch; left > 0; left--) {
      const event = events[count % events.length];
      take(isAsync ? await match(event) : match(event));
      count += 1;
    }
    const before = ms;
    ms = cpuMs() - since;
    if (ms - before < readEveryMs) batch *= 2;
  }
  return { count, ms };
}
