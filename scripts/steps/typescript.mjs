// TypeScript to JavaScript: the host, the demo shop and, for tests, the tests.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { inRoot } from "../lib/paths.mjs";
import { run } from "../lib/shell.mjs";
import { filesUnder, hashFiles } from "../lib/stamp.mjs";
import { npmPackages, testPackages } from "./npm-packages.mjs";
import { packageFolder, wasmPackage } from "./wasm-package.mjs";

const host = "js-shim";
const dist = inRoot(host, "dist");

export const typescript = compiled({
  name: "typescript",
  title: "TypeScript",
  about: 10,
  needs: [npmPackages, wasmPackage],
  folders: [host, "demo-shop"],
  projects: ["js-shim", "demo-shop"],
});

export const typescriptTests = compiled({
  name: "typescript-tests",
  title: "TypeScript of the tests",
  about: 10,
  needs: [typescript, testPackages],
  folders: [host, "demo-shop", "tests"],
  projects: ["js-shim/tsconfig.test.json", "demo-shop/tsconfig.test.json", "tests"],
});

function compiled({ folders, projects, ...step }) {
  return {
    ...step,
    lane: "typescript",
    inputs: (value) => [
      hashFiles([...folders, "package.json", "package-lock.json", "tsconfig.json", "tsconfig.base.json"], isInput),
      value(wasmPackage),
    ],
    intact: () => existsSync(path.join(dist, "core/pkg/comeback_bg.wasm")),
    async run({ detail }) {
      copyAssets();
      folders.forEach(sweep);
      await run(process.execPath, [inRoot("node_modules/typescript/bin/tsc"), "-b", ...projects], {
        limit: 300,
        log: step.name,
        onLine: detail,
      });
      makeExecutable();
    },
  };
}

const isInput = (file) => !file.includes(`${path.sep}data${path.sep}`);

/** What the host reads at run time beside its code: the Wasm package, templates, styles. */
function copyAssets() {
  const assets = filesUnder(
    inRoot(host),
    (file) => !/\.(ts|tsbuildinfo|md)$|tsconfig.*\.json$/.test(file) && !isOutput(file),
  );
  const wasm = readdirSync(packageFolder).map((file) => path.join(packageFolder, file));
  for (const file of [...assets, ...wasm]) {
    const copy = path.join(dist, path.relative(inRoot(host), file));
    mkdirSync(path.dirname(copy), { recursive: true });
    copyFileSync(file, copy);
  }
}

/** Whether a compiler run by hand left this beside its source. */
const isOutput = (file) => /\.js(\.map)?$/.test(file) && existsSync(file.replace(/\.js(\.map)?$/, ".ts"));

/** Removes the output of sources that are gone: a deleted test must not go on running. */
function sweep(folder) {
  const out = inRoot(folder, "dist");
  for (const file of readdirRecursive(out)) {
    const source = /^(.+?)\.(d\.ts|js)(\.map)?$/.exec(file);
    if (!source || file.startsWith(path.join("core", "pkg"))) continue;
    const known = [`${source[1]}.ts`, `${source[1]}.js`].some((name) => existsSync(inRoot(folder, name)));
    if (!known) rmSync(path.join(out, file), { force: true });
  }
}

const readdirRecursive = (folder) => (existsSync(folder) ? readdirSync(folder, { recursive: true }) : []);

function makeExecutable() {
  const program = path.join(dist, "cli/main.js");
  if (existsSync(program)) chmodSync(program, 0o755);
}
