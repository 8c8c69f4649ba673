// The vectors as every home is given them. See tests/vectors/README.md for the format.
import { test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

export interface Vector {
  name: string;
  call: string;
  args: unknown;
  expect: string;
}

/** What a home made of one question: the core's text, or what went wrong instead. */
export type Answer = { text: string } | { thrown: string };

/** Runs in the home itself, so it uses nothing but its arguments. */
export type AskAll = (questions: string[]) => Promise<Answer[]>;

const folder = resolve("tests/vectors");
export const packageFolder = resolve("js-shim/dist/core/pkg");

export const glue = (): string => readFileSync(join(packageFolder, "comeback.js"), "utf8");
export const wasm = (): Buffer => readFileSync(join(packageFolder, "comeback_bg.wasm"));

/** Every vector of every file, named after both. */
export function readVectors(): Vector[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".json")) : [];
  return files.sort().flatMap((file) => {
    const { version, vectors } = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
      version: number;
      vectors: Vector[];
    };
    assert.equal(version, 1, `${file} is of a version this runner does not know`);
    return vectors.map((vector) => ({ ...vector, name: `${file.replace(/\.json$/, "")}: ${vector.name}` }));
  });
}

/** One test per vector: the home's bytes are the expected ones. */
export async function checkVectors(home: string, askAll: AskAll): Promise<void> {
  const vectors = readVectors();
  await test(`${home} has vectors to try`, () => assert.ok(vectors.length > 0, "tests/vectors holds none"));
  const answers = await askAll(vectors.map(({ call, args }) => JSON.stringify({ call, args })));
  for (const [index, { name, expect }] of vectors.entries()) {
    await test(`${home}: ${name}`, () => assert.deepEqual(answers[index], { text: expect }));
  }
}

/**
 * The module that every home loads beside the glue: it makes an instance the way our loader does,
 * with `initSync` and a compiled module, and asks all questions of it.
 */
export const asker = `
import { initSync, run_vector } from "./comeback.js";
export function askAll(module, questions) {
  initSync({ module });
  return questions.map((question) => {
    try {
      return { text: run_vector(question) };
    } catch (error) {
      return { thrown: String(error) };
    }
  });
}
`;
