import { Worker } from "node:worker_threads";

/** Kills this process from another thread, so that it also happens inside SQLite or in the middle of a write. */
export interface Assassin {
  /** SIGKILL, `microseconds` from now. */
  strike(microseconds: number): void;
}

const code = `
  const { workerData } = require("node:worker_threads");
  const cell = new Int32Array(workerData);
  Atomics.wait(cell, 0, 0);
  const end = process.hrtime.bigint() + BigInt(cell[0]) * 1000n;
  while (process.hrtime.bigint() < end);
  process.kill(process.pid, "SIGKILL");
`;

export function hireAssassin(): Assassin {
  const shared = new SharedArrayBuffer(4);
  const cell = new Int32Array(shared);
  new Worker(code, { eval: true, workerData: shared }).unref();
  return {
    strike(microseconds) {
      // The cell is 0 while nobody is to be killed.
      Atomics.store(cell, 0, Math.max(1, Math.round(microseconds)));
      Atomics.notify(cell, 0);
    },
  };
}
