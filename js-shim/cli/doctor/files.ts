import { existsSync } from "node:fs";
import { Core } from "../../core/core.js";
import { sqliteStore } from "../../stores/sqlite.js";
import { problemsOf } from "../check.js";
import { readProgramFile } from "../program-file.js";
import { missing, ok, warning, type Finding } from "./finding.js";

/** Whether this process can run the core at all. */
export async function engine(): Promise<Finding> {
  const { version } = await Core.load();
  return ok("engine", `core ${version}, Node ${process.versions.node}`);
}

export async function program(path: string | undefined): Promise<Finding> {
  const what = "program";
  if (path === undefined) return warning(what, "not looked at", "name it with `--program`");
  if (!existsSync(path)) return missing(what, `there is no \`${path}\``, "name the program's file");
  const problems = await problemsOf(await readProgramFile(path));
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (errors > 0) return missing(what, `has ${errors} errors`, `\`comeback check ${path}\` lists them`);
  const warnings = problems.length;
  return warnings > 0
    ? warning(what, `has ${warnings} warnings`, `\`comeback check ${path}\` lists them`)
    : ok(what, "has no problems");
}

/** Opens the database as the host would, which also looks it over. */
export async function database(path: string | undefined): Promise<Finding> {
  const what = "database";
  if (path === undefined) return warning(what, "not looked at", "name it with `--db` or COMEBACK_DB");
  if (!existsSync(path)) return ok(what, `\`${path}\` will be made at the first start`);
  try {
    const store = sqliteStore({ path });
    const parked = (await store.parked(1000)).length;
    await store.close();
    if (parked === 0) return ok(what, "is whole");
    return warning(
      what,
      `${parked} customers are parked`,
      "`comeback parked` lists them, `comeback unpark` tries again",
    );
  } catch (error) {
    return missing(what, (error as Error).message, "see the message");
  }
}
