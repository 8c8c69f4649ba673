// Does steps in the order of their needs, side by side where they allow it, each once, and not at
// all when its inputs are those of last time and what it left is still there.
//
// A step is { name, title, about?, lane?, needs?, inputs?, intact?, run }:
//   about   seconds it usually takes, for the progress line
//   lane    steps of one lane never run at the same time
//   inputs  (value of a need) => anything JSON; its hash is the stamp. Without it the step always runs
//   intact  (its value) => whether what it left is still there
//   run     ({ value, detail }) => its value, kept in the stamp
import { detail, failed, finished, line, started } from "./progress.mjs";
import { hashOf, readStamp, writeStamp } from "./stamp.mjs";

/** Does the steps and all they need; resolves with a function from step to its value. */
export async function doSteps(goals) {
  const begun = new Map();
  const values = new Map();
  const lanes = new Map();
  const fresh = [];
  const value = (step) => values.get(step);

  const reach = (step) => {
    if (!begun.has(step)) begun.set(step, attempt(step));
    return begun.get(step);
  };

  async function attempt(step) {
    await Promise.all((step.needs ?? []).map(reach));
    const inputs = step.inputs ? hashOf(await step.inputs(value)) : null;
    const stamp = readStamp(step.name);
    if (inputs && stamp?.inputs === inputs && (await (step.intact ?? yes)(stamp.value))) {
      values.set(step, stamp.value);
      fresh.push(step.title);
      return;
    }
    await inLane(step.lane, () => carryOut(step, inputs));
  }

  async function carryOut(step, inputs) {
    started(step.name, step.title, step.about);
    const since = Date.now();
    try {
      const result = (await step.run({ value, detail: (text) => detail(step.name, text) })) ?? null;
      values.set(step, result);
      if (inputs) writeStamp(step.name, { inputs, value: result, seconds: (Date.now() - since) / 1000 });
      finished(step.name, result?.note);
    } catch (error) {
      failed(step.name);
      throw error;
    }
  }

  function inLane(name, work) {
    if (!name) return work();
    const turn = (lanes.get(name) ?? Promise.resolve()).then(work);
    lanes.set(
      name,
      turn.catch(() => {}),
    );
    return turn;
  }

  await Promise.all(goals.map(reach));
  if (fresh.length) line(`ok up to date: ${fresh.join(", ")}`);
  return value;
}

const yes = () => true;
