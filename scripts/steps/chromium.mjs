// A real browser for the tests: an installed Chromium or Chrome, else Debian's package. Without one
// the tests that need it are skipped and counted as such.
import { existsSync } from "node:fs";
import { aptInstall } from "../lib/apt.mjs";
import { ask } from "../lib/shell.mjs";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

export const chromium = {
  name: "chromium",
  title: "Chromium for tests",
  about: 60,
  inputs: () => [process.env.COMEBACK_CHROMIUM ?? null],
  intact: ({ path }) => path !== null && existsSync(path),
  async run({ detail }) {
    const found = installed();
    if (found) return { path: found, note: found };
    try {
      await aptInstall(["chromium"], { detail, why: "no Chromium or Chrome on this machine" });
      return { path: installed(), note: "installed from the distribution" };
    } catch (error) {
      return { path: null, note: `none (${error.message}): tests that need a browser will be skipped` };
    }
  },
};

function installed() {
  if (process.env.COMEBACK_CHROMIUM) return process.env.COMEBACK_CHROMIUM;
  const onPath = names.map((name) => ask("sh", ["-c", `command -v ${name}`])).find(Boolean);
  return onPath ?? places.find(existsSync) ?? null;
}
