import type { Io } from "./io.js";

/** How far a long command is: one line that is written over, or nothing when nobody looks. */
export interface Progress {
  at(done: number, of: number): void;
  /** Clears the line. */
  end(): void;
}

/** A line a tenth of a second apart; more only costs time. */
const pauseMs = 100;

/** `what` is the work, `unit` what is counted: `reading`, `MB`. */
export function progress(what: string, unit: string, io: Io, now: () => number = Date.now): Progress {
  if (!io.isTerminal) return { at: () => {}, end: () => {} };
  const since = now();
  let shownAt = 0;
  return {
    at(done, of) {
      if (now() - shownAt < pauseMs && done < of) return;
      shownAt = now();
      io.err(`\r\u001b[K${line(what, unit, done, of, shownAt - since)}`);
    },
    end: () => io.err("\r\u001b[K"),
  };
}

/** `reading  45%  1.2 of 2.7 MB  3.4 MB/s  0:05 left` */
export function line(what: string, unit: string, done: number, of: number, ms: number): string {
  const rate = ms > 0 ? (done / ms) * 1000 : 0;
  const percent = of > 0 ? Math.floor((done / of) * 100) : 0;
  const left = rate > 0 ? `${clock((of - done) / rate)} left` : "";
  return `${what}  ${percent}%  ${short(done)} of ${short(of)} ${unit}  ${short(rate)} ${unit}/s  ${left}`.trimEnd();
}

function short(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1);
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
