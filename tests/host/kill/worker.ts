// A host that works through one round of customers, and is killed on the way. Started by campaign.ts.
import { writeSync } from "node:fs";
import { createComeback, type CartView, type Channel, type Comeback, type EventBy, type Store } from "comeback";
import { createSmtpTransport } from "comeback/channels/email";
import { sqliteStore } from "comeback/stores/sqlite";
import { virtualClock } from "comeback/testing";
import { hireAssassin } from "./assassin.js";
import { confirmed, customersOf, monday, sunday } from "./orders.js";
import { program } from "./program.js";
import { lastingShop } from "./shop.js";

export type KillPoint = "step" | "commit" | "send" | "none";

export interface WorkerTask {
  folder: string;
  smtpPort: number;
  round: number;
  customers: number;
  /** Where to die: at the nth time the point is passed, some microseconds later. */
  point: KillPoint;
  nth: number;
  microseconds: number;
}

const task = JSON.parse(process.argv[2]!) as WorkerTask;
const assassin = hireAssassin();
let passed = 0;

function pass(point: KillPoint): void {
  if (point === task.point && ++passed === task.nth) assassin.strike(task.microseconds);
}

/** Written at once: what the parent has read was really acknowledged. */
function say(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

function watched(store: Store): Store {
  return {
    ...store,
    // The step is done and not stored: this is where a batch is between the two.
    async load(customers) {
      pass("step");
      return store.load(customers);
    },
    async commit(batch) {
      pass("commit");
      return store.commit(batch);
    },
  };
}

function smtpChannel(): Channel {
  const transport = createSmtpTransport({ host: "127.0.0.1", port: task.smtpPort });
  return {
    name: "email",
    async render({ id, template, to }) {
      const head = [`Message-ID: <${id}@test.example>`, `X-Effect: ${id}`, `To: ${to}`, `Subject: ${template}`];
      const text = [...head, "", "hello ".repeat(200), ""].join("\r\n");
      return { channel: "email", payload: new TextEncoder().encode(`${to}\n${text}`) };
    },
    async deliver({ payload }) {
      pass("send");
      const end = payload.indexOf(10);
      const to = new TextDecoder().decode(payload.subarray(0, end));
      return transport.send({ from: "shop@test.example", to, bcc: [] }, payload.subarray(end + 1));
    },
    close: async () => transport.close?.(),
  };
}

async function tell(comeback: Comeback, events: object[], by: EventBy): Promise<void> {
  const results = await comeback.ingest(events, by);
  for (const { id, status, refusal } of results) say(status === "refused" ? { refused: id, refusal } : { ack: id });
}

async function work(): Promise<void> {
  const clock = virtualClock(sunday);
  const comeback = await createComeback({
    program,
    clock,
    store: watched(sqliteStore({ path: `${task.folder}/comeback.sqlite` })),
    shop: lastingShop(`${task.folder}/shop.sqlite`),
    channels: [smtpChannel()],
    // A worker that was killed is known to be dead, so its rows need not wait.
    limits: { leaseMs: 1 },
  });
  say({ started: true });
  const customers = customersOf(task.round, task.customers);
  for (const { history } of customers) await tell(comeback, history, "shop");
  await comeback.tick();
  clock.set(monday);
  await comeback.tick();
  for (const { id } of customers) {
    const cart = await comeback.ask<CartView | null>(id, { ask: "cart" });
    if (cart?.status === "ready") await tell(comeback, [confirmed(id, cart.cart)], "link");
  }
  clock.advance(60_000);
  await comeback.tick();
  if (task.point === "none") {
    // Nobody gets this far and is killed, so every lease of the dead has run out by now.
    clock.advance(60_000);
    await comeback.tick();
  }
  say({ finished: task.round, parked: (await comeback.parked()).map(({ reason }) => reason) });
  await comeback.stop();
}

await work();
