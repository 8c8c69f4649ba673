type Tree = Record<string, unknown>;

/**
 * One program from several: lists are joined in order, mappings are merged, and of two single values
 * the first counts. So the first file says who the shop is, and every further one adds to it.
 */
export function mergePrograms(trees: unknown[]): unknown {
  return trees.reduce((merged, tree) => merge(merged, tree));
}

function merge(first: unknown, second: unknown): unknown {
  if (Array.isArray(first) && Array.isArray(second)) return joined(first, second);
  if (isTree(first) && isTree(second)) {
    const merged: Tree = { ...first };
    for (const [name, value] of Object.entries(second)) {
      merged[name] = name in merged ? merge(merged[name], value) : value;
    }
    return merged;
  }
  return first === undefined ? second : first;
}

/** Plain words (topics, statuses) once; everything else as it stands, so that a doubled id is found by the check. */
function joined(first: unknown[], second: unknown[]): unknown[] {
  return [...first, ...second.filter((item) => typeof item !== "string" || !first.includes(item))];
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
