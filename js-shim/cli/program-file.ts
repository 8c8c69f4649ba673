import { readFile } from "node:fs/promises";
import { LineCounter, isCollection, isMap, isPair, isScalar, parseDocument, type Document, type Node } from "yaml";
import type { Problem } from "../core/types.js";

/** A problem with its place in the file, lines and columns counted from 1. */
export interface PlacedProblem extends Problem {
  line: number;
  column: number;
}

/** A program's file, parsed with positions. JSON is read too: it is YAML. */
export interface ProgramFile {
  path: string;
  tree: unknown;
  /** What is wrong with the text itself; with any of these there is no tree worth checking. */
  problems: PlacedProblem[];
  /** Gives the core's problems, which name a JSON pointer, a line and a column. */
  place(problem: Problem): PlacedProblem;
}

export async function readProgramFile(path: string): Promise<ProgramFile> {
  return parseProgram(path, await readFile(path, "utf8"));
}

export function parseProgram(path: string, text: string): ProgramFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const found = [
    ...document.errors.map((error) => ({ error, severity: "error" as const })),
    ...document.warnings.map((error) => ({ error, severity: "warning" as const })),
  ];
  const problems: PlacedProblem[] = found.map(({ error, severity }) => ({
    severity,
    path: "",
    code: `yaml_${error.code.toLowerCase()}`,
    message: lowerFirst(error.message),
    remedy: null,
    ...at(error.pos[0]),
  }));
  if (document.errors.length === 0 && !isMap(document.contents)) problems.push(noMapping);
  return {
    path,
    problems,
    tree: document.errors.length > 0 ? null : document.toJS(),
    place: (problem) => ({ ...problem, ...at(offsetOf(document, problem.path)) }),
  };
}

const noMapping: PlacedProblem = {
  severity: "error",
  path: "",
  code: "not_a_mapping",
  message: "a program is a mapping of names to values",
  remedy: "begin with `comeback: 1`",
  line: 1,
  column: 1,
};

/** Where the pointer leads, or as far along it as the file goes. */
function offsetOf(document: Document, pointer: string): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const key of keysOf(pointer)) {
    const next = child(node, key);
    if (!next) return offset;
    offset = next.offset ?? offset;
    node = next.node;
  }
  return offset;
}

/** A scalar is pointed at where its value stands, anything larger at its key. */
function child(node: unknown, key: string): { node: unknown; offset: number | undefined } | null {
  if (!isCollection(node)) return null;
  if (!isMap(node)) {
    const item = node.items[Number(key)];
    return item ? { node: item, offset: startOf(item) } : null;
  }
  const pair = node.items.find((item) => isPair(item) && keyOf(item.key) === key);
  if (!pair) return null;
  const isValue = isScalar(pair.value) && pair.value.value !== null;
  return { node: pair.value, offset: startOf(isValue ? pair.value : pair.key) };
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}

function keysOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
