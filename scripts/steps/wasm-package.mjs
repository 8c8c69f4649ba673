// The core as a Wasm package in js-shim/core/pkg: one comeback_bg.wasm for every home.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { cache, inRoot, root } from "../lib/paths.mjs";
import { run } from "../lib/shell.mjs";
import { hashFiles } from "../lib/stamp.mjs";
import { npmPackages } from "./npm-packages.mjs";
import { wasmBindgen, wasmPack } from "./rust-tools.mjs";
import { cargoBar, crateCount, targetEnv, wasmTarget } from "./wasm-target.mjs";

export const packageFolder = inRoot("js-shim/core/pkg");
const wasmFile = "comeback_bg.wasm";

// Exactly what rustc's wasm32-unknown-unknown turns on; wasm-opt may use these and nothing newer,
// so that the module runs in every browser of the last years.
const features = [
  "bulk-memory",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
];
const allowed = features.map((feature) => `--enable-${feature}`);

// LLVM has optimised already. What wasm-opt's own size levels (-Os, -Oz) do on top makes the module 4 %
// smaller and, because less of it repeats, its gzip 14 % larger at five times the wait; packing the data
// segments has the same effect. Travelling size counts, so: the cheap level without it.
const optimise = [
  ...["-O1", "--skip-pass=memory-packing", "--duplicate-function-elimination", "--reorder-functions"],
  ...["--remove-unused-module-elements", "--strip-debug", "--strip-producers", ...allowed],
];

export const wasmPackage = {
  name: "wasm-package",
  title: "core.wasm",
  about: 180,
  lane: "rust",
  needs: [wasmTarget, wasmBindgen, wasmPack, npmPackages],
  inputs: (value) => [
    hashFiles(["Cargo.toml", "Cargo.lock", "src", "build.rs", ".cargo"]),
    value(wasmTarget),
    value(wasmBindgen),
    value(wasmPack),
    optimise,
  ],
  intact: () => existsSync(path.join(packageFolder, wasmFile)),
  async run({ value, detail }) {
    const built = path.join(cache, "wasm-package");
    rmSync(built, { recursive: true, force: true });
    await compile(built, value, detail);
    detail("wasm-opt");
    await shrink(built);
    const sizes = measure(path.join(built, wasmFile));
    // Files are moved in one by one at the end: a build that fails leaves the last good package.
    moveInto(built, packageFolder);
    return { hash: hashFiles([path.relative(root, packageFolder)], () => true), sizes, note: describeSizes(sizes) };
  },
};

/** "812.4 KB raw, 301.0 KB gzip, 240.2 KB brotli" */
export const describeSizes = ({ raw, gzip, brotli }) =>
  `${kilobytes(raw)} raw, ${kilobytes(gzip)} gzip, ${kilobytes(brotli)} brotli`;

function compile(built, value, detail) {
  const env = targetEnv(value(wasmTarget));
  const bins = [value(wasmPack).bin, value(wasmBindgen).bin];
  const args = ["build", "--release", "--target", "web", "--mode", "no-install", "--no-opt", "--no-pack"];
  return run(
    path.join(value(wasmPack).bin, "wasm-pack"),
    [...args, "--out-dir", built, "--out-name", "comeback", inRoot()],
    {
      env: {
        ...env,
        PATH: [...bins, env.PATH ?? process.env.PATH].join(path.delimiter),
        // Apart from native builds, which another compiler may make: neither waits for the other's lock.
        CARGO_TARGET_DIR: inRoot("target/wasm"),
        ...cargoBar,
      },
      limit: 900,
      log: "wasm-package",
      onLine: crateCount(detail),
    },
  );
}

async function shrink(built) {
  const file = path.join(built, wasmFile);
  const small = `${file}.small`;
  await run(process.execPath, [inRoot("node_modules/binaryen/bin/wasm-opt"), file, ...optimise, "-o", small], {
    limit: 300,
    log: "wasm-opt",
  });
  renameSync(small, file);
}

function measure(file) {
  const bytes = readFileSync(file);
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  return { raw: statSync(file).size, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli.length };
}

function moveInto(from, to) {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from)) {
    // wasm-pack's .gitignore would also hide the files from `npm pack`.
    if (file === ".gitignore") continue;
    const beside = path.join(to, `.${file}.new`);
    copyFileSync(path.join(from, file), beside);
    renameSync(beside, path.join(to, file));
  }
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
