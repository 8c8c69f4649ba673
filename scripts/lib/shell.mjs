// Runs a command with a log, a time limit and a way to end it with all its children.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { logs, root } from "./paths.mjs";

const tailLength = 15;
const running = new Set();

/** A command that ended badly: its last lines, where its whole log is, and what may help. */
export class CommandFailed extends Error {
  constructor(how, { command, tail, log, timedOut, remedy }) {
    super(`${command} ${how}`);
    Object.assign(this, { command, tail, log, timedOut, remedy });
  }
}

/** Something a person has to set right; the remedy says how. */
export class NeedsHelp extends Error {
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}

/**
 * Runs a command to its end, its output in `.cache/logs/<log>.log`; gives back what it printed.
 * `limit` is in seconds. `onLine` sees each line as it comes, also those a progress bar rewrites.
 */
export function run(command, args, options = {}) {
  const { cwd = root, env = {}, limit = 900, log = path.basename(command), onLine, remedy } = options;
  mkdirSync(logs, { recursive: true });
  const logPath = path.join(logs, `${log}.log`);
  const file = openSync(logPath, options.append ? "a" : "w");
  writeSync(file, `$ ${[command, ...args].join(" ")}\n`);
  return new Promise((resolve, reject) => {
    // A group of its own, so that a time limit or Ctrl-C ends grandchildren too.
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    running.add(child);
    const tail = [];
    let output = "";
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      endGroup(child);
    }, limit * 1000);
    const finish = (how) => {
      clearTimeout(timer);
      running.delete(child);
      closeSync(file);
      if (how === null) return resolve(output);
      reject(new CommandFailed(how, { command: path.basename(command), tail, log: logPath, timedOut, remedy }));
    };
    const take = linesOf((line) => {
      if (line.trim()) tail.push(line);
      if (tail.length > tailLength) tail.shift();
      onLine?.(line);
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        writeSync(file, text);
        if (stream === child.stdout) output += text;
        take(text);
      });
    }
    child.on("error", (error) => finish(`could not be started: ${error.message}`));
    child.on("close", (code, signal) => {
      if (timedOut) finish(`took longer than ${limit} s and was ended`);
      else if (code === 0) finish(null);
      else finish(signal ? `was ended by ${signal}` : `ended with code ${code}`);
    });
  });
}

/** Asks a quick question; null when the command is missing or says no. */
export function ask(command, args, { cwd = root, env = {}, limit = 20 } = {}) {
  const answer = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    timeout: limit * 1000,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return answer.status === 0 ? answer.stdout.trim() : null;
}

/** What `handOver` resolves with when a person pressed Ctrl-C or the process was told to end. */
export const interrupted = 130;

/** Hands the terminal to a command; resolves with its exit code, or `interrupted`. */
export function handOver(command, args, { cwd = root, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: "inherit" });
    let stopping = false;
    // The terminal sends Ctrl-C to both of us; the child decides when it has finished tidying up.
    const wait = () => (stopping = true);
    // A signal sent to this process alone is passed on.
    const pass = () => {
      stopping = true;
      child.kill("SIGTERM");
    };
    process.on("SIGINT", wait);
    process.on("SIGTERM", pass);
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("SIGINT", wait);
      process.off("SIGTERM", pass);
      resolve(stopping ? interrupted : (code ?? 1));
    });
  });
}

/** Ends everything this process started with `run`. */
export function endAll() {
  for (const child of running) endGroup(child);
}

function endGroup(child) {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}

function linesOf(onLine) {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split(/[\r\n]+/);
    rest = lines.pop();
    lines.forEach(onLine);
  };
}
