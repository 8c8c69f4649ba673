import type { Store } from "../stores/store.js";
import type { Pipeline } from "./pipeline.js";
import { wakeInput } from "./work.js";

/** Wakes handed to the pipeline at a time. Intake gets its turn between two of these. */
const wakesAtOnce = 256;
/** Rounds without a pause; with the size above, half a million wakes. */
const roundsMax = 2000;

/** Steps every customer whose wake has come; answers how many. */
export async function runWakes(store: Store, pipeline: Pipeline, now: () => number): Promise<number> {
  let stepped = 0;
  for (let round = 0; round < roundsMax; round++) {
    const due = await store.due(now(), wakesAtOnce);
    if (due.length === 0) break;
    const works = due.map(({ customer }) => ({ customer, input: wakeInput, settled: null }));
    await Promise.all(works.map((work) => pipeline.submit(work)));
    stepped += due.length;
  }
  return stepped;
}
