// Says what is being done, how far it is and how long it took: on one rewritten line in a terminal,
// as a line now and then in a log.
const terminal = process.stderr.isTTY === true && !process.env.CI;
const quietFor = terminal ? 0.2 : 15;

const active = new Map();
let timer = null;
let drawn = false;

export function started(name, title, about) {
  active.set(name, { title, about, since: Date.now(), detail: "" });
  if (!terminal) line(`.. ${title}${about ? ` (about ${about} s)` : ""}`);
  timer ??= setInterval(draw, quietFor * 1000);
  timer.unref();
}

export function detail(name, text) {
  const step = active.get(name);
  if (step && text.trim()) step.detail = text.trim().replace(/\s+/g, " ");
}

export function finished(name, note = "") {
  const step = leave(name);
  line(`ok ${step.title}: ${seconds(step)}${note ? `, ${note}` : ""}`);
}

export function failed(name) {
  const step = leave(name);
  line(`!! ${step.title}: failed after ${seconds(step)}`);
}

/** Prints a line of its own without tearing the status line. */
export function line(text) {
  wipe();
  process.stderr.write(`${text}\n`);
}

function leave(name) {
  const step = active.get(name);
  active.delete(name);
  if (active.size === 0) {
    clearInterval(timer);
    timer = null;
  }
  return step;
}

function draw() {
  if (!terminal) {
    for (const step of active.values()) process.stderr.write(`   ${status(step)}\n`);
    return;
  }
  wipe();
  const width = (process.stderr.columns ?? 80) - 1;
  process.stderr.write([...active.values()].map(status).join("  |  ").slice(0, width));
  drawn = true;
}

function wipe() {
  if (drawn) process.stderr.write("\r\x1b[2K");
  drawn = false;
}

const status = (step) =>
  `${step.title}: ${seconds(step)}${step.about ? ` of about ${step.about} s` : ""}${step.detail ? `, ${step.detail.slice(0, 60)}` : ""}`;

const seconds = (step) => `${((Date.now() - step.since) / 1000).toFixed(active.size && terminal ? 0 : 1)} s`;
