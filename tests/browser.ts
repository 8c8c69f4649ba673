// The one way tests start a browser. `npm test` finds or installs it and names it in COMEBACK_CHROMIUM.
import { chromium, type Browser } from "playwright-core";

const executablePath = process.env["COMEBACK_CHROMIUM"];

/** A reason to skip, or false when there is a browser: `test(name, { skip: noBrowser }, …)`. */
export const noBrowser: string | false = executablePath ? false : "no Chromium or Chrome on this machine";

/** A fresh headless browser with an empty profile; the caller closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath!,
    headless: true,
    // Without a sandbox because tests often run as root; the rest keeps it from calling home.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
