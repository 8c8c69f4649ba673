import { after, describe, it } from "node:test";
import { startPostgres } from "../testing/postgres-server.js";
import { storeConformance } from "./conformance.js";
import { postgresStore } from "./postgres.js";

const server = await startPostgres();

if (server) {
  after(() => server.stop());
  let databases = 0;

  storeConformance("postgres", async () => {
    const database = `test_${++databases}`;
    const connect = async () => postgresStore({ pool: await server.pool(database) });
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
