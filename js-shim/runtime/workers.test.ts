import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Core } from "../core/core.js";
import type { EventEnvelope } from "../core/types.js";
import { postgresStore } from "../stores/postgres.js";
import { fakeChannel, fakeShop, virtualClock } from "../testing/index.js";
import { startPostgres, type PostgresServer } from "../testing/postgres-server.js";
import { createComeback } from "./comeback.js";

const program = {
  comeback: 1,
  policy: { quiet_hours: null, slot: "0m" },
  journeys: [
    {
      id: "welcome",
      trigger: { event: "customer.registered" },
      steps: [{ send: { template: "welcome", class: "transactional" } }],
    },
  ],
};
const customers = 60;
const server = await startPostgres();

describe("two workers on one Postgres", { skip: server === null }, () => {
  it("told everything at the same time, do everything once", async () => {
    const workers = await Promise.all([worker(server!), worker(server!)]);
    const told = workers.flatMap(({ comeback }) =>
      Array.from({ length: customers }, (_, at) => comeback.ingest([registered(`c${at}`)], "shop")),
    );
    const statuses = (await Promise.all(told)).flat().map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === "accepted").length, customers);
    assert.equal(statuses.filter((status) => status === "duplicate").length, customers);
    await Promise.all(workers.map(({ comeback }) => comeback.tick()));
    const delivered = workers.flatMap(({ email }) => email.delivered);
    assert.deepEqual([delivered.length, new Set(delivered).size], [customers, customers]);
    for (const { comeback } of workers) await comeback.stop();
    await server!.stop();
  });
});

async function worker(postgres: PostgresServer) {
  const email = fakeChannel();
  const store = await postgresStore({ pool: await postgres.pool("shared") });
  const clock = virtualClock("2026-03-02T10:00:00Z");
  const core = await Core.load();
  return {
    email,
    comeback: await createComeback({ program, store, shop: fakeShop([]), channels: [email], clock, core }),
  };
}

function registered(customer: string): EventEnvelope {
  const at = "2026-03-02T10:00:00Z";
  const data = { email: `${customer}@customers.example`, zone: "UTC" };
  return { id: customer, source: "shop", type: "customer.registered", at, customer, data };
}
