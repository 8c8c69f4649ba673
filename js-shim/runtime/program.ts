import { readFile } from "node:fs/promises";
import { InputRefused } from "./errors.js";

/** A program as the merchant wrote it: YAML text, the path of a YAML file, or its tree. */
export type ProgramSource = string | object;

/** The tree that the core checks and compiles. A text of one line is a path. */
export async function readProgram(source: ProgramSource): Promise<unknown> {
  if (typeof source !== "string") return source;
  const text = source.includes("\n") ? source : await readFile(source, "utf8");
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new InputRefused("bad_yaml", "program", error.message, { cause: error });
  return document.toJS();
}
