#!/usr/bin/env node
import type { Command } from "./command.js";
import { exit, processIo, styled, UsageError, type ExitCode, type Io } from "./io.js";

/** Loaded when asked for, so that `comeback check` does not open a database driver. */
const commands: Record<string, () => Promise<{ command: Command }>> = {
  check: () => import("./check.js"),
  replay: () => import("./replay.js"),
  explain: () => import("./explain.js"),
  preview: () => import("./preview.js"),
  "what-if": () => import("./what-if.js"),
  "model build": () => import("./model-build.js"),
  "model refresh": () => import("./model-refresh.js"),
  predict: () => import("./predict.js"),
  import: () => import("./import.js"),
  doctor: () => import("./doctor.js"),
  journal: () => import("./journal.js"),
  report: () => import("./report.js"),
  parked: () => import("./parked.js"),
  unpark: () => import("./unpark.js"),
  export: () => import("./export.js"),
  erase: () => import("./erase.js"),
};

/** Runs one command line and answers its exit code: 0 fine, 1 the input has problems, 2 wrong usage. */
export async function main(argv: string[], io: Io): Promise<ExitCode> {
  const [load, args] = find(argv);
  if (!load) return overview(argv, io);
  const { command } = await load();
  if (args.includes("--help") || args.includes("-h")) {
    io.out(`${command.help.trim()}\n`);
    return exit.fine;
  }
  try {
    return await command.run(args, io);
  } catch (error) {
    return tell(error, command, io);
  }
}

function find(argv: string[]): [(() => Promise<{ command: Command }>) | undefined, string[]] {
  const two = argv.slice(0, 2).join(" ");
  if (commands[two]) return [commands[two], argv.slice(2)];
  return [Object.hasOwn(commands, argv[0] ?? "") ? commands[argv[0]!] : undefined, argv.slice(1)];
}

function tell(error: unknown, command: Command, io: Io): ExitCode {
  if (error instanceof UsageError) {
    const usage = command.help.trim().split("\n\n")[0]!;
    io.err(`${styled("error:", "red", io)} ${error.message}\n${usage}\n`);
    return exit.usage;
  }
  if (isForPeople(error)) {
    io.err(`${styled("error:", "red", io)} ${error.message}\n`);
    return exit.problems;
  }
  throw error;
}

/** What says itself what is wrong, with a file, a store or a text: there a stack would not help. */
const toldByMessage = new Set(["InputProblem", "InputRefused", "StoreUnavailable", "StoreUnusable", "CoreError"]);

function isForPeople(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return toldByMessage.has(error.name) || (code !== undefined && syscall !== undefined);
}

async function overview(argv: string[], io: Io): Promise<ExitCode> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  const lines = loaded.map(({ command: { name, summary } }) => `  ${name.padEnd(14)} ${summary}`);
  const text = [
    "usage: comeback <command> [options]",
    "",
    ...lines,
    "",
    "`comeback <command> --help` tells the options of each.",
    "Exit codes: 0 fine, 1 the input has problems (listed), 2 wrong usage.",
  ].join("\n");
  const asked = argv.length > 0 && ["--help", "-h", "help"].includes(argv[0]!);
  if (asked) io.out(`${text}\n`);
  else io.err(argv.length > 0 ? `error: no command \`${argv[0]}\`\n${text}\n` : `${text}\n`);
  return asked ? exit.fine : exit.usage;
}

if (import.meta.url === (await entryUrl())) process.exitCode = await main(process.argv.slice(2), processIo());

/** `npx` starts this file through a symbolic link. */
async function entryUrl(): Promise<string> {
  const [{ realpath }, { pathToFileURL }] = await Promise.all([import("node:fs/promises"), import("node:url")]);
  return pathToFileURL(await realpath(process.argv[1] ?? ".")).href;
}
