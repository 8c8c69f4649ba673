import { Core } from "../core/core.js";
import { readArgs, type Command } from "./command.js";
import { exit, styled, type Io } from "./io.js";
import { readProgramFile, type PlacedProblem, type ProgramFile } from "./program-file.js";

/** `comeback check`: every problem of a program at once, each with its place and what to do. */
export const command: Command = {
  name: "check",
  summary: "every problem of a program, with line, column and remedy",
  help: `
usage: comeback check <program.yaml> [--json]

Reads a program and prints every problem as \`file:line:column severity message\`, with what to do
about it on the next line. Exits 1 when there is an error; warnings alone exit 0.

  --json   one object: {"file", "problems": [{"severity", "line", "column", "path", "code", "message", "remedy"}]}
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, { json: { type: "boolean" } }, { min: 1, max: 1 });
    const file = await readProgramFile(positionals[0]!);
    const problems = await problemsOf(file);
    if (values.json) io.out(`${JSON.stringify({ file: file.path, problems })}\n`);
    else print(file.path, problems, io);
    return problems.some(({ severity }) => severity === "error") ? exit.problems : exit.fine;
  },
};

/** Problems of the text, or else those the core finds in the tree, in the order of the file. */
export async function problemsOf(file: ProgramFile): Promise<PlacedProblem[]> {
  if (file.problems.some(({ severity }) => severity === "error")) return file.problems;
  const core = await Core.load();
  const found = core.check(file.tree).problems.map(file.place);
  return [...file.problems, ...found].sort((a, b) => a.line - b.line || a.column - b.column);
}

function print(path: string, problems: PlacedProblem[], io: Io): void {
  for (const { line, column, severity, message, remedy } of problems) {
    const color = severity === "error" ? "red" : "yellow";
    io.out(`${path}:${line}:${column} ${styled(severity, color, io)} ${message}\n`);
    if (remedy) io.out(`  remedy: ${remedy}\n`);
  }
  io.out(`${summary(path, problems)}\n`);
}

function summary(path: string, problems: PlacedProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  return `${path}: ${counted(errors, "error")}, ${counted(warnings, "warning")}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
