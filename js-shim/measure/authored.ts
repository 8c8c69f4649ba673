/** What reports read of a program's tree: who is left out on purpose, and what is compared with what. */
export interface AuthoredJourney {
  id: string;
  /** Share of customers, 0 to 100, who are sent nothing. */
  holdoutPercent: number;
  /** Paying is what it is for, not ordering. */
  isAboutPaying: boolean;
  splits: AuthoredArm[][];
}

export interface AuthoredArm {
  name: string;
  weight: number;
  /** Ids of its steps that send. */
  sends: string[];
}

type Tree = Record<string, unknown>;

export function authoredJourneys(program: unknown): AuthoredJourney[] {
  return list(tree(program)["journeys"]).map((journey) => ({
    id: String(journey["id"]),
    holdoutPercent: Number(journey["holdout_percent"] ?? 0),
    isAboutPaying: goals(journey).includes("order.paid"),
    splits: stepsUnder(journey["steps"]).flatMap((step) => (step["split"] ? [arms(tree(step["split"]))] : [])),
  }));
}

/** The share that no marketing goes to at all. */
export function policyHoldout(program: unknown): number {
  return Number(tree(tree(program)["policy"])["holdout_percent"] ?? 0);
}

function goals(journey: Tree): string[] {
  return list(journey["goal"]).flatMap(({ event }) => [event].flat().map(String));
}

function arms(split: Tree): AuthoredArm[] {
  return list(split["arms"]).map((arm) => ({
    name: String(arm["name"]),
    weight: Number(arm["weight"] ?? 1),
    sends: stepsUnder(arm["then"]).flatMap((step) => (step["send"] && step["id"] ? [String(step["id"])] : [])),
  }));
}

/** Steps at every depth: whatever is a mapping inside a list of steps may hold more of them. */
function stepsUnder(value: unknown): Tree[] {
  if (Array.isArray(value)) return value.flatMap(stepsUnder);
  if (typeof value !== "object" || value === null) return [];
  return [value as Tree, ...Object.values(value).flatMap(stepsUnder)];
}

function tree(value: unknown): Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}

function list(value: unknown): Tree[] {
  return Array.isArray(value) ? value.map(tree) : [];
}
