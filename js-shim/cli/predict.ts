import { readFile } from "node:fs/promises";
import { Core, type Task } from "../core/core.js";
import { readArgs, readCount, readInstant, required, type Command } from "./command.js";
import { exit, UsageError } from "./io.js";
import { tellRows } from "./model-build.js";
import { mapHelp, readMap, readTextFile } from "./order-file.js";

const tasks: Record<Task, string> = {
  week: "what will be bought in the seven days from T",
  "next-order": "what the next order will hold, whenever it comes",
};

/** `comeback predict`: what each customer will buy. */
export const command: Command = {
  name: "predict",
  summary: "what each customer will buy, as JSON lines",
  help: `
usage: comeback predict --model M --orders orders.csv[.gz] --at T [--task week|next-order] [--top N]

Reads rows strictly before T and prints one line for each customer:
{"customer": …, "items": [{"product": …, "chance": …, "due": …, "reason": …}]}, the surest first.
Rows that can't be used are told with line and reason; the rest is predicted from.

  --model M            made by \`comeback model build\`
  --orders F           order lines, CSV
  --at T               the instant to predict from
  --task TASK          default week
${Object.entries(tasks)
  .map(([name, text]) => `                         ${name}: ${text}`)
  .join("\n")}
  --top N              products for each customer; default 10
${mapHelp}
`,
  async run(args, io) {
    const text = { type: "string" } as const;
    const options = {
      ...{ model: text, orders: text, at: text, task: text, top: text },
      map: { type: "string", multiple: true },
    } as const;
    const { values } = readArgs(args, options, { min: 0, max: 0 });
    const orders = required(values.orders, "orders");
    const model = await readFile(required(values.model, "model"));
    const at = readInstant(required(values.at, "at"), "at");
    const columns = readMap(values.map ?? []);
    const core = await Core.load();
    const top = readCount(values.top ?? "10", "top");
    const predictor = core.predictor({ model, at, task: readTask(values.task ?? "week"), top, columns });
    await readTextFile(orders, (piece) => predictor.push(piece), io);
    const read = predictor.finish();
    for (const line of predictor.lines()) io.out(`${line}\n`);
    predictor.free();
    tellRows(read, io, orders);
    return exit.fine;
  },
};

function readTask(name: string): Task {
  if (Object.hasOwn(tasks, name)) return name as Task;
  throw new UsageError(`no task \`${name}\`; there are ${Object.keys(tasks).join(", ")}`);
}
