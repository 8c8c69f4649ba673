import { unpark } from "../runtime/parking.js";
import { readArgs, readCount, required, type Command } from "./command.js";
import { databaseHelp, withDatabase } from "./database.js";
import { exit } from "./io.js";

/** `comeback unpark`: try a parked customer again at once. */
export const command: Command = {
  name: "unpark",
  summary: "try a parked customer again at once",
  help: `
usage: comeback unpark --db FILE --customer C [--drop N]

The running host tries the customer's waiting events again within a second, in order.

  --customer C     whose
  --drop N         first give up the N oldest waiting events; usually the first is the one that fails
${databaseHelp}
`,
  async run(args, io) {
    const text = { type: "string" } as const;
    const { values } = readArgs(args, { db: text, customer: text, drop: text }, { min: 0, max: 0 });
    const customer = required(values.customer, "customer");
    const drop = readCount(values.drop ?? "0", "drop");
    await withDatabase(values.db, io.env, (store) => unpark(store, customer, Date.now(), drop));
    return exit.fine;
  },
};
