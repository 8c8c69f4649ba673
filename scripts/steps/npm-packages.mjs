// npm packages, exactly as the lockfiles say. Two manifests: the root one is all that the demo needs;
// tests/ has what only tests, benchmarks and the linter need.
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { inRoot } from "../lib/paths.mjs";
import { CommandFailed, run } from "../lib/shell.mjs";
import { hashFiles } from "../lib/stamp.mjs";
import { node } from "./node.mjs";

export const npmPackages = packagesOf({
  name: "npm-packages",
  title: "npm packages",
  folder: ".",
  about: 130,
  // better-sqlite3 is native; a compile that was cut short leaves everything but this file.
  proofs: ["better-sqlite3/build/Release/better_sqlite3.node"],
});

export const testPackages = packagesOf({
  name: "test-packages",
  title: "npm packages for tests",
  folder: "tests",
  about: 15,
  proofs: ["playwright-core/package.json", "comeback/package.json"],
  after: linkOurselves,
});

function packagesOf({ folder, proofs, after = () => {}, ...step }) {
  const modules = inRoot(folder, "node_modules");
  return {
    ...step,
    lane: "npm",
    needs: [node],
    inputs: () => [
      // The lockfile alone: other lines of the manifest may change without a new installation.
      hashFiles([path.join(folder, "package-lock.json")]),
      process.versions.modules,
      process.platform,
      process.arch,
    ],
    intact: () => [".package-lock.json", ...proofs].every((file) => existsSync(path.join(modules, file))),
    async run({ detail }) {
      await installTwice({ cwd: inRoot(folder), log: step.name, detail });
      after(modules);
    },
  };
}

async function installTwice(options) {
  try {
    await install(options);
  } catch (error) {
    // A registry has weak moments; a time limit or a compile error will not mend itself.
    if (!(error instanceof CommandFailed) || error.timedOut || error.tail.some((line) => /gyp ERR/.test(line)))
      throw error;
    options.detail("trying again");
    await install(options);
  }
}

function install({ cwd, log, detail }) {
  const args = ["ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=http", "--foreground-scripts"];
  return run("npm", args, {
    cwd,
    log,
    limit: 900,
    env: compileHere(),
    onLine: whatNpmDoes(detail),
    remedy: compilerRemedy,
  });
}

function whatNpmDoes(detail) {
  let fetched = 0;
  return (line) => {
    if (/http (fetch|cache)/.test(line)) detail(`${(fetched += 1)} packages fetched`);
    else if (/^\s*(CC|CXX|COPY|TOUCH)\(/.test(line)) detail(`compiling ${path.basename(line.trim())}`);
  };
}

const compilerRemedy =
  "check that the npm registry can be reached; where better-sqlite3 has no prebuilt binary it is compiled, which needs python3, make and g++";

/** Settings for node-gyp: our own headers where Node brought them, and all cores. */
function compileHere() {
  const prefix = path.dirname(path.dirname(process.execPath));
  const hasHeaders = existsSync(path.join(prefix, "include/node/node_version.h"));
  return { JOBS: "max", ...(hasHeaders && { npm_config_nodedir: prefix }) };
}

/** Lets `import "comeback"` work inside tests/, which has a manifest and so a package scope of its own. */
function linkOurselves(modules) {
  const link = path.join(modules, "comeback");
  mkdirSync(modules, { recursive: true });
  rmSync(link, { force: true, recursive: true });
  symlinkSync("../..", link, "dir");
}
