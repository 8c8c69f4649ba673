// A standard library for wasm32-unknown-unknown. In this order: the toolchain has it; rustup can fetch
// it; we build it from the distribution's own source, which matches the distribution's compiler.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { aptInstall } from "../lib/apt.mjs";
import { inRoot, tools } from "../lib/paths.mjs";
import { NeedsHelp, ask, run } from "../lib/shell.mjs";
import { field, rust } from "./rust.mjs";

const target = "wasm32-unknown-unknown";
// rustup hangs rather than fails where its server can't be reached.
const rustupLimit = 20;
const distribution = {
  cargo: "/usr/bin/cargo",
  rustc: "/usr/bin/rustc",
  packages: ["rustc-web", "cargo-web", "rust-web-src"],
};

export const wasmTarget = {
  name: "wasm-target",
  title: "Wasm target for Rust",
  about: 120,
  lane: "rust",
  needs: [rust],
  inputs: (value) => [value(rust).verbose, tools],
  intact: ({ sysroot, linker }) => (sysroot ? existsSync(library(sysroot)) && existsSync(linker) : toolchainHasIt()),
  async run({ detail }) {
    if (toolchainHasIt()) return { note: "the toolchain has it" };
    if (builtAlready()) return { ...(await ownSysroot(detail)), note: "built before" };
    if (await rustupAdds(detail)) return { note: "added by rustup" };
    return { ...(await ownSysroot(detail)), note: "built from the distribution's source" };
  },
};

/** The environment in which cargo and wasm-pack find the target. */
export function targetEnv({ sysroot, linker }) {
  if (!sysroot) return {};
  const bin = path.join(sysroot, "bin");
  return {
    PATH: `${bin}${path.delimiter}${process.env.PATH}`,
    RUSTC: path.join(bin, "rustc"),
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: linker,
  };
}

const library = (sysroot) => path.join(sysroot, "lib/rustlib", target, "lib");

function toolchainHasIt() {
  const sysroot = ask("rustc", ["--print", "sysroot"]);
  return (
    sysroot !== null &&
    existsSync(library(sysroot)) &&
    readdirSync(library(sysroot)).some((file) => /^libstd-/.test(file))
  );
}

const sysrootPath = (version) => path.join(tools, `wasm-sysroot-${version}`);

function distributionVersion() {
  const verbose = existsSync(distribution.rustc) ? ask(distribution.rustc, ["-vV"]) : null;
  return verbose && field(verbose, "release");
}

function builtAlready() {
  const version = distributionVersion();
  return version !== null && existsSync(library(sysrootPath(version)));
}

async function rustupAdds(detail) {
  if (!ask("rustup", ["--version"])) return false;
  detail(`rustup target add, at most ${rustupLimit} s`);
  try {
    await run("rustup", ["target", "add", target], { limit: rustupLimit, log: "rustup", onLine: detail });
    return toolchainHasIt();
  } catch {
    return false;
  }
}

async function ownSysroot(detail) {
  if (!sourceOf(distributionVersion())) {
    await aptInstall(distribution.packages, {
      detail,
      why: `no standard library for ${target}: rustup could not fetch it, and it can't be built without the distribution's Rust source`,
    });
  }
  const version = distributionVersion();
  if (!sourceOf(version)) {
    throw new NeedsHelp(
      `no standard library for ${target}, and the distribution's compiler (${version ?? "none"}) has no source beside it`,
      `on a network that reaches rustup's server: rustup target add ${target}`,
    );
  }
  const sysroot = sysrootPath(version);
  if (!existsSync(library(sysroot))) await buildSysroot(sysroot, version, detail);
  return { sysroot, linker: await findLinker(detail) };
}

const sourceOf = (version) =>
  version && [`/usr/src/rustc-${version}/library/std`, "/usr/lib/rustlib/src/rust/library/std"].find(existsSync);

/** Compiles std for Wasm through an empty crate and lays it out as a toolchain. */
async function buildSysroot(sysroot, version, detail) {
  const scratch = path.join(tools, `wasm-std-${process.pid}`);
  mkdirSync(path.join(scratch, "src"), { recursive: true });
  writeFileSync(
    path.join(scratch, "Cargo.toml"),
    '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n[profile.release]\npanic = "abort"\n',
  );
  writeFileSync(path.join(scratch, "src/lib.rs"), "#![no_std]\n");
  try {
    await run(distribution.cargo, ["build", "-Zbuild-std=std,panic_abort", "--target", target, "--release"], {
      cwd: scratch,
      // Without the bitcode our own link-time optimisation fails with "failed to get bitcode".
      env: {
        RUSTC: distribution.rustc,
        RUSTC_BOOTSTRAP: "1",
        RUSTFLAGS: "-Cembed-bitcode=yes",
        CARGO_TARGET_DIR: path.join(scratch, "target"),
        ...cargoBar,
      },
      limit: 600,
      log: "wasm-std",
      onLine: crateCount(detail),
      remedy: `rustup target add ${target}, on a network that reaches rustup's server`,
    });
    layOut(path.join(scratch, "target", target, "release/deps"), `${scratch}.sysroot`, version);
    rmSync(sysroot, { recursive: true, force: true });
    renameSync(`${scratch}.sysroot`, sysroot);
    // Dependencies compiled against another build of std "can't be found".
    rmSync(inRoot("target/wasm"), { recursive: true, force: true });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    rmSync(`${scratch}.sysroot`, { recursive: true, force: true });
  }
}

function layOut(built, sysroot) {
  const libraries = path.join(sysroot, "lib/rustlib");
  mkdirSync(path.join(libraries, target, "lib"), { recursive: true });
  mkdirSync(path.join(sysroot, "bin"));
  for (const file of readdirSync(built)) {
    if (file.endsWith(".rlib") && !file.startsWith("libempty"))
      copyFileSync(path.join(built, file), path.join(libraries, target, "lib", file));
  }
  const verbose = ask(distribution.rustc, ["-vV"]);
  const host = field(verbose, "host");
  const own = ask(distribution.rustc, ["--print", "sysroot"]);
  symlinkSync(path.join(own, "lib/rustlib", host), path.join(libraries, host));
  symlinkSync(distribution.cargo, path.join(sysroot, "bin/cargo"));
  const script = path.join(sysroot, "bin/rustc");
  // It finds its folder by itself, because the folder is renamed once it is whole.
  writeFileSync(
    script,
    `#!/bin/sh\nexec ${distribution.rustc} --sysroot "$(dirname "$(dirname "$(readlink -f "$0")")")" "$@"\n`,
  );
  chmodSync(script, 0o755);
}

/** A linker for Wasm: rustup brings one with every toolchain, distributions package LLVM's. */
async function findLinker(detail) {
  const found = linkers().find(existsSync);
  if (found) return found;
  await aptInstall(["lld"], { detail, why: "no linker for Wasm (rust-lld or wasm-ld)" });
  const installed = linkers().find(existsSync);
  if (installed) return installed;
  throw new NeedsHelp("no linker for Wasm (rust-lld or wasm-ld)", "install LLVM's linker: apt-get install lld");
}

function linkers() {
  const toolchains = path.join(process.env.RUSTUP_HOME ?? path.join(homedir(), ".rustup"), "toolchains");
  const names = existsSync(toolchains) ? readdirSync(toolchains) : [];
  const ours = names.flatMap((name) => {
    const host = /-((?:x86_64|aarch64)-.+)$/.exec(name)?.[1];
    return host ? [path.join(toolchains, name, "lib/rustlib", host, "bin/rust-lld")] : [];
  });
  const system = existsSync("/usr/bin") ? readdirSync("/usr/bin").filter((file) => /^wasm-ld(-\d+)?$/.test(file)) : [];
  return [
    ...ours,
    ...system
      .sort()
      .reverse()
      .map((file) => path.join("/usr/bin", file)),
  ];
}

/** Makes cargo print its progress bar also into a pipe. */
export const cargoBar = { CARGO_TERM_PROGRESS_WHEN: "always", CARGO_TERM_PROGRESS_WIDTH: "80" };

/** Turns cargo's bar into "12 of 40 crates"; passes on nothing else. */
export function crateCount(detail) {
  return (line) => {
    const count = /\] +(\d+)\/(\d+)/.exec(line);
    if (count) detail(`${count[1]} of ${count[2]} crates`);
    else if (/^\s*(Updating|Downloading)/.test(line)) detail(line);
  };
}
