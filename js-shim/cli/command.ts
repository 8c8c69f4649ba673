import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError, type ExitCode, type Io } from "./io.js";

export type Options = NonNullable<ParseArgsConfig["options"]>;

/** One command of `comeback`, in a file of its own. */
export interface Command {
  /** As it is typed: `check`, `model build`. */
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** What `--help` prints: the call, the options with their units, an example. */
  help: string;
  run(args: string[], io: Io): Promise<ExitCode>;
}

/** Reads the arguments of a command; a mistake in them is a `UsageError`. */
export function readArgs<O extends Options>(
  args: string[],
  options: O,
  positionals: { min: number; max: number },
): Parsed<O> {
  const parsed = parse(args, options);
  const { length } = parsed.positionals;
  if (length < positionals.min) throw new UsageError("an argument is missing");
  if (length > positionals.max) throw new UsageError(`unexpected argument \`${parsed.positionals[positionals.max]}\``);
  return parsed;
}

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true; strict: true }>
>;

function parse<O extends Options>(args: string[], options: O): Parsed<O> {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/\. To specify a positional.*$/s, ""));
  }
}

/** An option that the command can't do without. */
export function required(value: string | undefined, name: string): string {
  if (value === undefined || value === "") throw new UsageError(`option \`--${name}\` is missing`);
  return value;
}

/** An instant as RFC 3339 or a date, which is its first moment in UTC. */
export function readInstant(value: string, name: string): number {
  const instant = Date.parse(value);
  if (!/^\d{4}-\d\d-\d\d/.test(value) || !Number.isFinite(instant)) {
    throw new UsageError(`\`--${name}\` must be an instant such as \`2026-03-02T09:15:00Z\`, found \`${value}\``);
  }
  return instant;
}

export function readCount(value: string, name: string): number {
  const count = Number(value);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new UsageError(`\`--${name}\` must be a whole number, found \`${value}\``);
  }
  return count;
}
