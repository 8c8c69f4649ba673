/** Where a command reads its surroundings and writes its answers. Tests give their own. */
export interface Io {
  out(text: string): void;
  /** Problems and progress; never mixed into the output. */
  err(text: string): void;
  /** Whether `err` is looked at by a person, who wants to see how far things are. */
  isTerminal: boolean;
  color: boolean;
  env: Readonly<Record<string, string | undefined>>;
}

export function processIo(): Io {
  const isTerminal = process.stderr.isTTY === true;
  // `comeback replay … | head` closes the pipe when it has seen enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal,
    color: isTerminal && !process.env["NO_COLOR"],
    env: process.env,
  };
}

export const exit = { fine: 0, problems: 1, usage: 2 } as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

/** The command was called wrongly: `comeback` prints it with the command's usage and exits 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The input has a problem that ends the command: printed as it is, exit 1. */
export class InputProblem extends Error {
  override readonly name = "InputProblem";
}

type Style = "red" | "yellow" | "bold" | "dim";
const codes: Record<Style, string> = { red: "31", yellow: "33", bold: "1", dim: "2" };

export function styled(text: string, style: Style, io: Io): string {
  return io.color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
}
