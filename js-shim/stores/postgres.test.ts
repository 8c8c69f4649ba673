import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { storeConformance } from "./conformance.js";
import { postgresStore, type PostgresPool } from "./postgres.js";

interface Driver {
  Pool: new (options: object) => PostgresPool & { query(text: string): Promise<unknown> };
}

const driver = await load();
const bin = driver ? findServer() : null;

if (driver && bin) {
  const server = await startServer(bin);
  after(server.stop);
  const admin = new driver.Pool({ ...server.connection, database: "postgres" });
  after(() => admin.end());
  let databases = 0;

  storeConformance("postgres", async () => {
    const database = `test_${++databases}`;
    await admin.query(`CREATE DATABASE ${database}`);
    const connect = () => postgresStore({ pool: new driver.Pool({ ...server.connection, database }) });
    let store = await connect();
    return {
      store,
      reopen: async () => {
        await store.close();
        return (store = await connect());
      },
      dispose: () => store.close(),
    };
  });
} else {
  describe("store postgres", () => it("needs the packages `pg` and PostgreSQL", { skip: true }, () => {}));
}

async function load(): Promise<Driver | null> {
  try {
    // A name the compiler can't see: the driver is optional, and so are its types.
    const name = "pg";
    return ((await import(name)) as { default: Driver }).default;
  } catch {
    return null;
  }
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
    connection: { host: "127.0.0.1", port, user: "comeback", max: 2 },
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
