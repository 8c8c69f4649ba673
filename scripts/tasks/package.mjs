// npm run package: the npm package as it would be published, in .cache/package.
// The manifest comes from pkg-templates/npm; see the README there.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { alone } from "../lib/lock.mjs";
import { cache, inRoot, shown } from "../lib/paths.mjs";
import { run } from "../lib/shell.mjs";
import { doSteps } from "../lib/steps.mjs";
import { typescript } from "../steps/typescript.mjs";

const out = path.join(cache, "package");
const contents = path.join(out, "contents");

export default async function pack() {
  const name = await alone(async () => {
    await doSteps([typescript]);
    layOut();
    const packed = await run("npm", ["pack", "--silent", "--pack-destination", out], {
      cwd: contents,
      log: "npm-pack",
    });
    return packed.trim().split("\n").at(-1);
  });
  console.log(shown(path.join(out, name)));
}

function layOut() {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(contents, { recursive: true });
  cpSync(inRoot("js-shim/dist"), path.join(contents, "dist"), { recursive: true, filter: isShipped });
  const manifest = publishedManifest();
  for (const file of manifest.files.filter((file) => file !== "dist" && existsSync(inRoot(file)))) {
    cpSync(inRoot(file), path.join(contents, file));
  }
  writeFileSync(path.join(contents, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

// Source maps point at sources that are not shipped.
const isShipped = (file) => !/\.test\.|\.tsbuildinfo$|\.map$/.test(file);

function publishedManifest() {
  const read = (file) => JSON.parse(readFileSync(inRoot(file), "utf8"));
  const { exports, bin, engines, dependencies } = read("package.json");
  const version = /^version = "(.+)"/m.exec(readFileSync(inRoot("Cargo.toml"), "utf8"))[1];
  const shortened = JSON.parse(JSON.stringify({ exports, bin }).replaceAll("js-shim/dist/", "dist/"));
  return { ...read("pkg-templates/npm/package.json"), version, ...shortened, engines, dependencies };
}
