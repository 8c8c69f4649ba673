import { readFile } from "node:fs/promises";
import { InputRefused } from "./errors.js";
import { mergePrograms } from "./merge.js";

/**
 * A program as the merchant wrote it: YAML text, the path of a YAML file, its tree, or a list of
 * these that are merged: the first says who the shop is, every further one adds to it.
 */
export type ProgramSource = string | object | (string | object)[];

/** The tree that the core checks and compiles. A text of one line is a path. */
export async function readProgram(source: ProgramSource): Promise<unknown> {
  if (Array.isArray(source)) return mergePrograms(await Promise.all(source.map((part) => readProgram(part))));
  if (typeof source !== "string") return source;
  const text = source.includes("\n") ? source : await readFile(source, "utf8");
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new InputRefused("bad_yaml", "program", error.message, { cause: error });
  return document.toJS();
}
