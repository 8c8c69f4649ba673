import { readFile } from "node:fs/promises";
import { Core, type Env } from "../../core/core.js";
import type { Product } from "../../core/types.js";
import { problemsOf } from "../check.js";
import { readInstant, required } from "../command.js";
import { InputProblem, UsageError } from "../io.js";
import { readProducts } from "../products-file.js";
import { readProgramFile } from "../program-file.js";
import { readEvents, type ReplayEvent } from "./events.js";
import { responsePolicies, responses, type PolicyName, type ResponsePolicy } from "./responses.js";

/** Options that `replay` and `explain` share. */
export const worldOptions = {
  program: { type: "string", short: "p" },
  events: { type: "string", short: "e" },
  model: { type: "string" },
  products: { type: "string" },
  responses: { type: "string" },
  until: { type: "string" },
} as const;

export const worldHelp = `
  --program P      the program, YAML or JSON
  --events E       events as JSON lines, each an envelope or {"by": …, "event": {…}}; .gz is read too
  --model M        a model made by \`comeback model build\`
  --products P     the shop's products: a JSON array, or a CSV
  --responses R    what the outside world answers; default agreeable
${Object.entries(responsePolicies)
  .map(([name, text]) => `                     ${name}: ${text}`)
  .join("\n")}
  --until T        go on firing wakes until then; default the last event`.trimStart();

export interface WorldValues {
  program?: string;
  events?: string;
  model?: string;
  products?: string;
  responses?: string;
  until?: string;
}

export interface WorldInputs {
  env: Env;
  events: ReplayEvent[];
  respond: ResponsePolicy;
  until: number | null;
}

/** Reads and opens everything a replay needs. */
export async function readWorld(values: WorldValues): Promise<WorldInputs> {
  const program = required(values.program, "program");
  const eventsPath = required(values.events, "events");
  const policy = readPolicy(values.responses ?? "agreeable");
  const until = values.until === undefined ? null : readInstant(values.until, "until");
  const products = values.products === undefined ? [] : await readProducts(values.products);
  const env = await openEnv(program, values.model, products);
  return { env, events: await readEvents(eventsPath), respond: responses(policy, products), until };
}

async function openEnv(path: string, modelPath: string | undefined, products: Product[]): Promise<Env> {
  const core = await Core.load();
  const file = await readProgramFile(path);
  const error = (await problemsOf(file)).find(({ severity }) => severity === "error");
  if (error) {
    throw new InputProblem(
      `${path}:${error.line}:${error.column} ${error.message}; \`comeback check ${path}\` lists all`,
    );
  }
  const model = modelPath === undefined ? null : await readFile(modelPath);
  return core.open({ program: core.compile(file.tree), model, catalogue: core.catalogue(products) });
}

function readPolicy(name: string): PolicyName {
  if (Object.hasOwn(responsePolicies, name)) return name as PolicyName;
  const known = Object.keys(responsePolicies).join(", ");
  throw new UsageError(`no response policy \`${name}\`; there are ${known}`);
}
