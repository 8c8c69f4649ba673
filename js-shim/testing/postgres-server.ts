import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import type { PostgresPool } from "../stores/postgres.js";

interface Driver {
  Pool: new (options: object) => PostgresPool & { query(text: string): Promise<unknown> };
}

/** A PostgreSQL of a test's own: on a free port, in a folder that goes with it. */
export interface PostgresServer {
  /** A pool of connections to an empty database, or to one made before. */
  pool(database: string): Promise<PostgresPool>;
  stop(): Promise<void>;
}

/** Starts one, or answers `null` where the package `pg` or PostgreSQL itself is not installed. */
export async function startPostgres(): Promise<PostgresServer | null> {
  const driver = load();
  const folder = driver && findServer();
  if (!driver || !folder) return null;
  const { connection, stop } = await startServer(folder);
  const admin = new driver.Pool({ ...connection, database: "postgres" });
  const made = new Map<string, Promise<unknown>>();
  return {
    async pool(database) {
      if (!made.has(database)) made.set(database, admin.query(`CREATE DATABASE ${database}`));
      await made.get(database);
      return new driver.Pool({ ...connection, database });
    },
    async stop() {
      await admin.end();
      stop();
    },
  };
}

/** The driver is optional, and so are its types. In a checkout it is among the tools of the tests. */
function load(): Driver | null {
  for (const place of [import.meta.url, new URL("../../../tests/package.json", import.meta.url)]) {
    try {
      return createRequire(place)("pg") as Driver;
    } catch {
      // Not here.
    }
  }
  return null;
}

function findServer(): string | null {
  const found = spawnSync("sh", [
    "-c",
    "command -v postgres || ls /usr/lib/postgresql/*/bin/postgres 2>/dev/null | tail -1",
  ]);
  const path = found.stdout.toString().trim();
  if (path === "") return null;
  const real = execFileSync("readlink", ["-f", path]).toString().trim();
  return spawnSync(join(dirname(real), "initdb"), ["--version"]).status === 0 ? dirname(real) : null;
}

/** A server of its own on a free port; PostgreSQL refuses to run as root, so there it runs as `postgres`. */
async function startServer(folder: string) {
  const data = mkdtempSync(join(tmpdir(), "comeback-postgres-"));
  const ids = userInfo().uid === 0 ? idsOf("postgres") : null;
  if (ids) chownSync(data, ids.uid, ids.gid);
  const run = (tool: string, ...args: string[]) =>
    execFileSync(join(folder, tool), args, { ...ids, cwd: data, stdio: ["ignore", "ignore", "inherit"] });
  const port = await freePort();
  run("initdb", "-D", data, "-U", "comeback", "-A", "trust", "--no-sync");
  run("pg_ctl", "-D", data, "-w", "-l", join(data, "log"), "-o", `-p ${port} -h 127.0.0.1 -k ${data} -F`, "start");
  return {
    connection: { host: "127.0.0.1", port, user: "comeback", max: 4 },
    stop: () => {
      run("pg_ctl", "-D", data, "-m", "immediate", "stop");
      rmSync(data, { recursive: true });
    },
  };
}

function idsOf(user: string): { uid: number; gid: number } {
  const ask = (flag: string) => Number(execFileSync("id", [flag, user]).toString());
  return { uid: ask("-u"), gid: ask("-g") };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
