// The package as a stranger gets it: packed, installed into the starter project, imported and used.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

interface Manifest {
  version: string;
  exports: Record<string, string | { types: string; default: string }>;
}

const compiledSqlite = "node_modules/better-sqlite3/build";
let project: string;
let installed: string;

const read = (file: string): Manifest => JSON.parse(readFileSync(file, "utf8")) as Manifest;

/** Runs a program in the project; its output is in the error when it fails. */
const run = (program: string, args: string[], cwd = project): string =>
  execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 300_000 });

before(() => {
  run(process.execPath, ["scripts/run.mjs", "package"], resolve("."));
  const folder = resolve(".cache/package");
  const packed = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  assert.ok(packed, "npm pack left no archive");
  project = mkdtempSync(join(tmpdir(), "comeback-starter-"));
  installed = join(project, "node_modules/comeback");
  cpSync(resolve("pkg-templates/node-starter"), project, { recursive: true });
  const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  run("npm", [...install, join(folder, packed)]);
  // Its compile takes two minutes and is better-sqlite3's business: the checkout's own result will do.
  cpSync(resolve(compiledSqlite), join(project, compiledSqlite), { recursive: true });
});

after(() => rmSync(project, { recursive: true, force: true }));

test("it is of the core's version", () => {
  const core = /^version = "(.+)"/m.exec(readFileSync("Cargo.toml", "utf8"))?.[1];
  assert.equal(read(join(installed, "package.json")).version, core);
  assert.equal(read("package.json").version, core);
});

test("it ships no test, no source and nothing of the build", () => {
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
  assert.deepEqual(
    files.filter((file) => /\.test\.|tsbuildinfo|\.gitignore|(?<!\.d)\.ts$/.test(file)),
    [],
  );
  for (const file of ["README.md", "LICENSE-MIT", "LICENSE-APACHE"])
    assert.ok(files.includes(file), `${file} is missing`);
});

test("every export is there, with types, and can be imported", () => {
  const { exports } = read(join(installed, "package.json"));
  const names = Object.entries(exports).flatMap(([name, target]) => {
    const files = typeof target === "string" ? [target] : Object.values(target);
    for (const file of files) assert.ok(existsSync(join(installed, file)), `export \`${name}\` has no ${file}`);
    return typeof target === "string" ? [] : [name.replace(/^\./, "comeback")];
  });
  const program = names.map((name) => `await import(${JSON.stringify(name)});`).join("\n");
  run(process.execPath, ["--input-type=module", "--eval", program]);
});

test("its types hold in a strict project", () => {
  const { exports } = read(join(installed, "package.json"));
  const names = Object.entries(exports).filter(([, target]) => typeof target !== "string");
  const lines = names.map(
    ([name], index) => `import * as m${index} from "${name.replace(/^\./, "comeback")}"; void m${index};`,
  );
  writeFileSync(join(project, "consumer.ts"), `${lines.join("\n")}\n`);
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"];
  const types = ["--types", "node", "--typeRoots", resolve("node_modules/@types"), "--ignoreConfig"];
  run(process.execPath, [resolve("node_modules/typescript/bin/tsc"), ...options, ...types, "consumer.ts"]);
});

test("its command runs", () => {
  assert.match(run("npx", ["--no-install", "comeback", "--help"]), /comeback/);
});

test("the starter project runs", () => {
  run("npm", ["test"]);
});
