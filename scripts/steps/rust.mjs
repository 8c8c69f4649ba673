// The Rust toolchain that is already here. We never install one: that is the owner's choice.
import { readFileSync } from "node:fs";
import { inRoot } from "../lib/paths.mjs";
import { NeedsHelp, ask } from "../lib/shell.mjs";

export const rust = {
  name: "rust",
  title: "Rust toolchain",
  inputs: () => [ask("rustc", ["-vV"]), ask("cargo", ["--version"]), wantedVersion()],
  run() {
    const wanted = wantedVersion();
    const remedy = `install Rust ${wanted} or newer: with rustup (\`rustup toolchain install stable\`), or from your distribution`;
    const verbose = ask("rustc", ["-vV"]);
    if (!verbose || !ask("cargo", ["--version"]))
      throw new NeedsHelp("no Rust toolchain (cargo and rustc) on PATH", remedy);
    const version = field(verbose, "release");
    if (older(version, wanted)) throw new NeedsHelp(`Rust ${wanted} or newer is needed, this is ${version}`, remedy);
    return { version, host: field(verbose, "host"), verbose, note: version };
  },
};

const wantedVersion = () => /^rust-version = "(.+)"/m.exec(readFileSync(inRoot("Cargo.toml"), "utf8"))[1];

/** One line of `rustc -vV`. */
export const field = (verbose, name) => new RegExp(`^${name}: (.+)$`, "m").exec(verbose)[1];

function older(version, wanted) {
  const [a, b] = [version, wanted].map((text) => text.split(/[.-]/).map(Number));
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}
