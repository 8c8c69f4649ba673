// wasm-bindgen's command line and wasm-pack, compiled from their crates into the tools' cache.
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { inRoot, tools } from "../lib/paths.mjs";
import { ask, run } from "../lib/shell.mjs";
import { rust } from "./rust.mjs";
import { cargoBar, crateCount, wasmTarget } from "./wasm-target.mjs";

const wasmPackVersion = "0.15.1";

/** The generated glue and the crate must agree to the last digit, so Cargo.lock decides. */
function bindgenVersion() {
  const lock = readFileSync(inRoot("Cargo.lock"), "utf8");
  return /name = "wasm-bindgen"\nversion = "(.+)"/.exec(lock)[1];
}

export const wasmBindgen = installed({
  name: "wasm-bindgen",
  crate: "wasm-bindgen-cli",
  version: bindgenVersion,
  about: 90,
  // Without its test runner and the TLS library that only that needs: a third of the compile.
  options: ["--no-default-features", "--bin", "wasm-bindgen"],
});
export const wasmPack = installed({
  name: "wasm-pack",
  crate: "wasm-pack",
  version: () => wasmPackVersion,
  about: 90,
  needs: [wasmBindgen],
});

function installed({ name, crate, version, about, needs = [], options = [] }) {
  return {
    name,
    title: name,
    about,
    lane: "rust",
    // After the target: it fails sooner and with clearer words.
    needs: [rust, wasmTarget, ...needs],
    inputs: () => [version(), tools],
    intact: ({ bin }) => existsSync(path.join(bin, name)),
    async run({ detail }) {
      const folder = path.join(tools, `${name}-${version()}`);
      const found = { bin: path.join(folder, "bin"), note: version() };
      if (existsSync(path.join(found.bin, name))) return found;
      const onPath = ask("sh", ["-c", `command -v ${name}`]);
      if (onPath && ask(name, ["--version"])?.split(" ")[1] === version())
        return { ...found, bin: path.dirname(onPath) };
      await install({ name, crate: `${crate}@${version()}`, options, folder, detail });
      return found;
    },
  };
}

async function install({ name, crate, options, folder, detail }) {
  const build = path.join(tools, `build-${process.pid}`);
  const cargoInstall = (...locked) =>
    // Debug builds compile in a third of the time and are quick enough for modules of our size.
    run("cargo", ["install", ...locked, "--debug", ...options, "--root", folder, crate], {
      env: {
        CARGO_TARGET_DIR: build,
        CARGO_PROFILE_DEV_DEBUG: "0",
        CARGO_PROFILE_DEV_INCREMENTAL: "false",
        ...cargoBar,
      },
      limit: 900,
      log: name,
      onLine: crateCount(detail),
      remedy: `cargo install ${crate}, then try again`,
    });
  try {
    await cargoInstall("--locked");
  } catch (error) {
    // A mirror may lack, or have withdrawn, a version that the tool's own lockfile names.
    if (!error.tail?.some((line) => line.includes("failed to select a version"))) throw error;
    detail("its lockfile can't be met here, choosing versions anew");
    await cargoInstall();
  }
  rmSync(build, { recursive: true, force: true });
}
