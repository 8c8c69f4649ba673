#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { startDemo } from "./demo.js";

/** Beside `dist/`. */
const DATA = fileURLToPath(new URL("../data", import.meta.url));

const started = Date.now();
const log = (line: string) => console.log(`[${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s] ${line}`);

function portFrom(name: string, otherwise: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return otherwise;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  console.error(`\`${name}\` must be a port from 0 to 65535, found \`${text}\``);
  process.exit(2);
}

try {
  const demo = await startDemo({
    data: process.env.DEMO_DATA || DATA,
    host: process.env.HOST || "127.0.0.1",
    port: portFrom("PORT", 4321),
    smtpPort: portFrom("SMTP_PORT", 0),
    ...(process.env.DEMO_PROGRAM ? { program: process.env.DEMO_PROGRAM } : {}),
    fresh: process.argv.includes("--fresh") || process.env.DEMO_FRESH === "1",
    ...(process.env.PUBLIC_URL ? { publicUrl: process.env.PUBLIC_URL.replace(/\/$/, "") } : {}),
    log,
  });
  log(`Bean & Leaf is open at ${demo.url}`);

  let stopping = false;
  const stop = (signal: string) => {
    // A second Ctrl-C means it.
    if (stopping) process.exit(130);
    stopping = true;
    log(`${signal}: closing the shop`);
    demo.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", () => stop("SIGINT"));
  process.on("SIGTERM", () => stop("SIGTERM"));
} catch (error) {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EADDRINUSE") console.error(`the port is taken; choose another, for example \`PORT=4322\``);
  else console.error(error);
  process.exit(1);
}
