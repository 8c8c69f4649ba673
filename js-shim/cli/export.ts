import { exportCustomer } from "../runtime/person.js";
import { readArgs, required, type Command } from "./command.js";
import { databaseHelp, withDatabase } from "./database.js";
import { storedProfile } from "./stored-profile.js";
import { exit } from "./io.js";

/** `comeback export`: everything kept about one customer. */
export const command: Command = {
  name: "export",
  summary: "everything that is kept about one customer, as JSON",
  help: `
usage: comeback export --db FILE --customer C

Prints one JSON object: the profile, the events heard and the effects decided, each in order.

${databaseHelp}
`,
  async run(args, io) {
    const text = { type: "string" } as const;
    const { values } = readArgs(args, { db: text, customer: text }, { min: 0, max: 0 });
    const customer = required(values.customer, "customer");
    await withDatabase(values.db, io.env, async (store) => {
      const exported = await exportCustomer(store, customer, () => storedProfile(store, customer));
      io.out(`${JSON.stringify(exported, null, 2)}\n`);
    });
    return exit.fine;
  },
};
