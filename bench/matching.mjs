export const describe =
  "which rules an event fires, at 10 to 10,000 rules, beside other engines and hand-written closures";

// npm run bench -- matching [--quick]
//
// Every engine gets the same rules and events and runs in a process of its own; the engines take turns,
// and a ratio is the median of the ratios of one turn: on a busy machine absolute numbers wander, ratios
// much less. Results are compared for every event that an engine came to.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const EVENTS = 20_000;
const SEED = 20_261_121;
const sizes = [10, 100, 1_000, 10_000];
const rivals = ["closures", "json-logic", "json-rules-engine"];

/** What may not be missed, by number of rules. */
const floors = {
  "json-rules-engine": [90, 650, 8_000, 80_000],
  closures: [0.5, 3, 30, 170],
};
/** What is aimed at. */
const targets = {
  "json-rules-engine": [250, 1_500, 20_000, 200_000],
  closures: [1, 6, 70, 450],
};
/** Events per second at 10,000 rules over those at 100. */
const slowdownFloor = 0.35;

export async function run(args) {
  const quick = args.includes("--quick");
  const [turns, milliseconds] = quick ? [1, 500] : [3, 1_500];
  const { makeEvents } = await import("./matching/events.mjs");
  const { makeRules } = await import("./matching/rules.mjs");
  const events = makeEvents(EVENTS, SEED);
  const folder = mkdtempSync(path.join(tmpdir(), "comeback-matching-"));
  try {
    const columns = sizes.map((size, index) => {
      const file = path.join(folder, `${size}.json`);
      writeFileSync(file, JSON.stringify({ events, rules: makeRules(size, SEED + index) }));
      return { size, file, firings: 0, compared: 0, turns: [] };
    });
    for (let turn = 1; turn <= turns; turn++) {
      for (const column of columns) {
        progress(`turn ${turn} of ${turns}, ${column.size} rules`);
        await measure(column, milliseconds);
      }
    }
    progress("");
    show(columns);
    judge(columns);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(column, milliseconds) {
  const measured = {};
  for (const engine of ["comeback", ...rivals]) measured[engine] = await measureOne(engine, column.file, milliseconds);
  compare(measured, column);
  column.turns.push(measured);
}

async function measureOne(engine, file, milliseconds) {
  const child = fileURLToPath(new URL("./matching/child.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [child, engine, file, String(milliseconds)], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout);
}

/** No wrong firing: whatever an engine came to, all that came to it must agree. */
function compare(measured, column) {
  const { results } = measured.closures;
  for (const [engine, { results: its }] of Object.entries(measured)) {
    const common = Math.min(its.length, results.length);
    for (let event = 0; event < common; event++) {
      if (its[event] !== results[event])
        throw new Error(
          `event ${event}, ${column.size} rules: ${engine} fires [${its[event]}], closures [${results[event]}]`,
        );
    }
    if (engine !== "closures") column.compared += common;
  }
  const fired = results.reduce((sum, found) => sum + (found ? found.split(" ").length : 0), 0);
  column.firings = fired / results.length;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const perSecond = ({ turns }, engine) => median(turns.map((turn) => turn[engine].perSecond));
const ratio = ({ turns }, rival) => median(turns.map((turn) => turn.comeback.perSecond / turn[rival].perSecond));
const loadMs = ({ turns }) => median(turns.map((turn) => turn.comeback.loadMs));
const slowdown = (columns) => {
  const at = (size) => columns.find((column) => column.size === size);
  return median(
    at(10_000).turns.map((turn, index) => turn.comeback.perSecond / at(100).turns[index].comeback.perSecond),
  );
};

function show(columns) {
  row(
    "rules",
    columns.map(({ size }) => size.toLocaleString("en")),
  );
  for (const engine of ["comeback", ...rivals]) {
    row(
      `${engine}, events/s`,
      columns.map((column) => short(perSecond(column, engine))),
    );
  }
  for (const rival of rivals) {
    row(
      `x ${rival}`,
      columns.map((column) => short(ratio(column, rival))),
    );
    if (floors[rival])
      row(
        "   floor / target",
        floors[rival].map((floor, at) => `${short(floor)} / ${short(targets[rival][at])}`),
      );
  }
  row(
    "firings an event",
    columns.map(({ firings }) => firings.toFixed(2)),
  );
  row(
    "results compared",
    columns.map(({ compared }) => compared.toLocaleString("en")),
  );
  row(
    "check, compile, load, ms",
    columns.map((column) => loadMs(column).toFixed(0)),
  );
  console.log(`events/s at 10,000 rules over those at 100: ${slowdown(columns).toFixed(2)}, floor ${slowdownFloor}`);
}

function judge(columns) {
  const missed = [];
  for (const [rival, least] of Object.entries(floors)) {
    columns.forEach((column, at) => {
      const reached = ratio(column, rival);
      if (reached < least[at])
        missed.push(`${short(reached)} x ${rival} at ${column.size} rules, promised ${short(least[at])}`);
    });
  }
  if (slowdown(columns) < slowdownFloor)
    missed.push(`${slowdown(columns).toFixed(2)} of the speed at 100 rules, promised ${slowdownFloor}`);
  if (missed.length) throw new Error(`missed: ${missed.join("; ")}`);
  console.log("every floor is reached, no result differs");
}

function row(name, cells) {
  console.log(name.padEnd(28) + cells.map((cell) => String(cell).padStart(16)).join(""));
}

/** Three digits: 4.27M, 12.9k, 0.64. */
function short(number) {
  const [scaled, unit] = number >= 1e6 ? [number / 1e6, "M"] : number >= 1e4 ? [number / 1e3, "k"] : [number, ""];
  return `${scaled >= 100 ? Math.round(scaled).toLocaleString("en") : Number(scaled.toPrecision(3))}${unit}`;
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
