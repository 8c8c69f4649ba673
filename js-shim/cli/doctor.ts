import { readArgs, type Command } from "./command.js";
import { database, engine, program } from "./doctor/files.js";
import type { Finding } from "./doctor/finding.js";
import { mail } from "./doctor/mail.js";
import { settings } from "./doctor/settings.js";
import { exit, styled, type Io } from "./io.js";

/** `comeback doctor`: what is missing before a shop can go live. */
export const command: Command = {
  name: "doctor",
  summary: "what is missing before the shop can go live",
  help: `
usage: comeback doctor [--program P] [--db FILE] [--json]

Looks at the program, the database, the settings in the environment and the mail server, and says
what is missing and what to do about it. Nothing is changed and nothing is sent; secrets are not
printed. Exits 1 when something is missing.

  --program P      the shop's program
  --db FILE        the SQLite file of the host; default COMEBACK_DB
  --json           one object for each finding
`,
  async run(args, io) {
    const text = { type: "string" } as const;
    const { values } = readArgs(args, { program: text, db: text, json: { type: "boolean" } }, { min: 0, max: 0 });
    const found = [
      await engine(),
      await program(values.program),
      await database(values.db ?? io.env["COMEBACK_DB"]),
      ...settings(io.env),
      await mail(io.env["COMEBACK_SMTP_URL"]),
    ];
    for (const finding of found) io.out(values.json ? `${JSON.stringify(finding)}\n` : told(finding, io));
    return found.some(({ state }) => state === "missing") ? exit.problems : exit.fine;
  },
};

function told({ what, state, detail, remedy }: Finding, io: Io): string {
  const color = { ok: "bold", warning: "yellow", missing: "red" } as const;
  const first = `${styled(state.padEnd(8), color[state], io)} ${what} ${detail}\n`;
  return remedy === undefined ? first : `${first}         remedy: ${remedy}\n`;
}
