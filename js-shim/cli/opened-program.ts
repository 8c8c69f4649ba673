import { readFile } from "node:fs/promises";
import type { Core, Env } from "../core/core.js";
import type { Environment } from "../stores/store.js";
import { problemsOf } from "./check.js";
import { InputProblem } from "./io.js";
import { readProducts } from "./products-file.js";
import { readProgramFile } from "./program-file.js";

export interface ProgramFiles {
  /** Without one, a program that says nothing. */
  program?: string | undefined;
  products?: string | undefined;
  model?: string | undefined;
}

/** Compiles and opens what the files say; a program with errors ends the command with the first of them. */
export async function openProgram(core: Core, files: ProgramFiles): Promise<{ env: Env; parts: Environment }> {
  const program = core.compile(files.program === undefined ? { comeback: 1 } : await readTree(files.program));
  const catalogue = core.catalogue(files.products === undefined ? [] : await readProducts(files.products));
  const model = files.model === undefined ? null : await readFile(files.model);
  const env = core.open({ program, model, catalogue });
  env.checkModel();
  const blob = (bytes: Uint8Array) => ({ hash: core.hash(bytes), bytes });
  const parts = {
    program: blob(program),
    catalogue: blob(catalogue),
    model: model && { hash: core.modelHash(model), bytes: model },
  };
  return { env, parts: { hash: env.hash, ...parts } };
}

/** A program's tree; one with errors ends the command with the first of them. */
export async function readTree(path: string): Promise<unknown> {
  const file = await readProgramFile(path);
  const error = (await problemsOf(file)).find(({ severity }) => severity === "error");
  if (!error) return file.tree;
  const { line, column, message } = error;
  throw new InputProblem(`${path}:${line}:${column} ${message}; \`comeback check ${path}\` lists all problems`);
}
