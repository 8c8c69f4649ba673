// Installs Debian packages where that is possible, and says how where it is not.
import { existsSync } from "node:fs";
import { NeedsHelp, ask, run } from "./shell.mjs";

// Two installs at once would wait for each other's lock inside apt, without a word.
let queue = Promise.resolve();

/** Installs packages of the distribution, or throws NeedsHelp with the command to type. */
export function aptInstall(packages, { detail, why }) {
  const turn = queue.then(() => install(packages, detail, why));
  queue = turn.catch(() => {});
  return turn;
}

async function install(packages, detail, why) {
  const remedy = `apt-get update && apt-get install --no-install-recommends ${packages.join(" ")}`;
  const prefix = asRoot();
  if (!prefix) throw new NeedsHelp(why, `as root: ${remedy}`);
  const apt = (args, limit) => {
    const [command, ...rest] = [...prefix, "apt-get", "-o", "DPkg::Lock::Timeout=120", ...args];
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    return run(command, rest, { env, limit, log: "apt-get", append: true, onLine: detail, remedy });
  };
  detail("apt-get update");
  // A stale package list is often still good enough, so a failure here is not the end.
  await apt(["update"], 120).catch(() => {});
  await apt(["install", "-y", "--no-install-recommends", ...packages], 600);
}

function asRoot() {
  if (!existsSync("/usr/bin/apt-get")) return null;
  if (process.getuid?.() === 0) return [];
  return ask("sudo", ["-n", "true"]) === null ? null : ["sudo", "-n"];
}
