import { contacts } from "../runtime/contacts.js";
import { erase } from "../runtime/person.js";
import { readArgs, required, type Command } from "./command.js";
import { databaseHelp, withDatabase } from "./database.js";
import { storedProfile } from "./stored-profile.js";
import { exit } from "./io.js";

/** `comeback erase`: forget one customer. */
export const command: Command = {
  name: "erase",
  summary: "forget one customer; the address stays suppressed as a keyed hash",
  help: `
usage: comeback erase --db FILE --customer C

Removes the customer's state, events, messages and links, and overwrites them in the file. What
stays is a keyed hash of the address, so that a later import does not bring the mails back.

  --customer C     whose
${databaseHelp}
`,
  async run(args, io) {
    const text = { type: "string" } as const;
    const { values } = readArgs(args, { db: text, customer: text }, { min: 0, max: 0 });
    const customer = required(values.customer, "customer");
    const removed = await withDatabase(values.db, io.env, async (store) => {
      const known = contacts(store, io.env["COMEBACK_SUPPRESSION_KEY"] ?? null);
      return erase(store, known, customer, await storedProfile(store, customer), Date.now());
    });
    io.out(`${removed} rows removed\n`);
    return exit.fine;
  },
};
