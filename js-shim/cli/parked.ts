import { readArgs, type Command } from "./command.js";
import { databaseHelp, withDatabase } from "./database.js";
import { exit } from "./io.js";

/** `comeback parked`: customers whose step failed, and what waits for them. */
export const command: Command = {
  name: "parked",
  summary: "customers whose step failed, with the reason",
  help: `
usage: comeback parked --db FILE [--json]

Lists customers that were parked because a step failed: the reason, since when, how often it was
tried, when it will be tried next, and how many events wait. \`comeback unpark\` tries one at once.

${databaseHelp}
`,
  async run(args, io) {
    const options = { db: { type: "string" }, json: { type: "boolean" } } as const;
    const { values } = readArgs(args, options, { min: 0, max: 0 });
    const parked = await withDatabase(values.db, io.env, (store) => store.parked(10_000));
    for (const one of parked) {
      const { customer, reason, since, tries, nextTry, waiting } = one;
      const next = nextTry === null ? "never" : new Date(nextTry).toISOString();
      const text = `${customer}  ${reason}  since ${new Date(since).toISOString()}  tries ${tries}  next ${next}  waiting ${waiting}`;
      io.out(`${values.json ? JSON.stringify(one) : text}\n`);
    }
    return exit.fine;
  },
};
