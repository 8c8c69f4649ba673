// One build at a time in a checkout: two would write the same files.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cache } from "./paths.mjs";
import { line } from "./progress.mjs";

const holder = path.join(cache, "lock");

/** Runs the work while no other process of this checkout builds. */
export async function alone(work) {
  mkdirSync(cache, { recursive: true });
  let told = false;
  while (!take()) {
    if (!told) line(`.. waiting for another build in this checkout (process ${owner()})`);
    told = true;
    await sleep(500);
  }
  process.on("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

function take() {
  try {
    writeFileSync(holder, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    // The owner may have been killed; its lock is then worth nothing.
    if (!alive(owner())) release();
    return false;
  }
}

function owner() {
  try {
    return Number(readFileSync(holder, "utf8"));
  } catch {
    return 0;
  }
}

// An empty file is a lock being written this moment: count it as alive.
function alive(pid) {
  if (!pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

const release = () => rmSync(holder, { force: true });
