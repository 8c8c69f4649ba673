import assert from "node:assert/strict";
import { Core } from "comeback/core";
import type { MessageSend, OutboxRow, StateBytes, Store } from "comeback";
import { sqliteStore } from "comeback/stores/sqlite";
import type { Campaign } from "./campaign.js";
import { openOrders } from "./shop.js";

const always = { from: 0, until: Number.MAX_SAFE_INTEGER };

/** What must hold after any number of kills, checked from the outside: database, shop and mail server. */
export async function inspect(campaign: Campaign): Promise<{ mails: number; uncertain: number; orders: number }> {
  assert.deepEqual(campaign.complaints, []);
  const store = sqliteStore({ path: `${campaign.folder}/comeback.sqlite` });
  try {
    await nothingAcknowledgedIsLost(store, campaign);
    await theJournalGivesTheState(store);
    const rows = await ledger(store);
    const orders = eachOrderOnce(campaign, rows);
    return { ...eachMailOnce(campaign, rows), orders };
  } finally {
    await store.close();
  }
}

async function nothingAcknowledgedIsLost(store: Store, { acknowledged }: Campaign): Promise<void> {
  const ids = [...acknowledged];
  const seen = await store.seen(ids.map((id) => ({ source: "shop", id })));
  assert.deepEqual(ids.filter((_, at) => !seen[at]), []); // prettier-ignore
  assert.ok(ids.length > 0, "nothing was acknowledged");
}

/** Stepping the journal again from nothing ends in the stored bytes: they were written together. */
async function theJournalGivesTheState(store: Store): Promise<void> {
  const core = await Core.load();
  for (const customer of await store.customers({ limit: 100_000 })) {
    let state: StateBytes = { hot: new Uint8Array(0), purchases: new Uint8Array(0) };
    for await (const { input, now, environment } of store.journal({ ...always, customer })) {
      const kept = (await store.environment(environment))!;
      const env = core.open({ program: kept.program.bytes, model: null, catalogue: kept.catalogue.bytes });
      const { hot, purchases } = env.step(state, input, now);
      state = { hot: hot ?? state.hot, purchases: purchases ?? state.purchases };
      env.close();
    }
    const [stored] = await store.load([customer]);
    assert.deepEqual(Buffer.compare(stored!.state.hot, state.hot), 0, `hot of ${customer}`);
    assert.deepEqual(Buffer.compare(stored!.state.purchases, state.purchases), 0, `purchases of ${customer}`);
  }
}

async function ledger(store: Store): Promise<OutboxRow[]> {
  const rows = [];
  for await (const row of store.ledger(always)) rows.push(row);
  return rows;
}

function eachOrderOnce({ folder }: Campaign, rows: OutboxRow[]): number {
  const db = openOrders(`${folder}/shop.sqlite`);
  const made = db.prepare<[], { cart: string; key: string }>("SELECT cart, key FROM orders").all();
  db.close();
  assert.equal(new Set(made.map(({ cart }) => cart)).size, made.length, "a cart was ordered twice");
  const wanted = rows.filter(({ kind }) => kind === "order.create");
  assert.deepEqual(made.map(({ key }) => key).sort(), wanted.map(({ effect }) => effect).sort()); // prettier-ignore
  assert.deepEqual([...new Set(wanted.map(({ state }) => state))], ["sent"]);
  return made.length;
}

function eachMailOnce({ mail, kills }: Campaign, rows: OutboxRow[]): { mails: number; uncertain: number } {
  const messages = rows.filter(({ kind }) => kind === "message.send");
  const uncertain = messages.filter(({ state }) => state === "uncertain");
  assert.deepEqual([...mail.received].filter(([, times]) => times > 1), []); // prettier-ignore
  const known = new Set(messages.map(({ effect }) => effect));
  assert.deepEqual([...mail.received.keys()].filter((effect) => !known.has(effect)), []); // prettier-ignore
  for (const { effect, state } of messages) {
    assert.ok(state === "sent" || state === "uncertain", `${effect} is ${state}`);
    if (state === "sent") assert.equal(mail.received.get(effect), 1, `${effect} was not received`);
  }
  assert.ok(uncertain.length <= kills, `${uncertain.length} uncertain after ${kills} kills`);
  assert.deepEqual(twice(messages), []);
  return { mails: mail.received.size, uncertain: uncertain.length };
}

/** The same letter to the same person under two effects would be a mail twice, too. */
function twice(messages: OutboxRow[]): string[] {
  const letters = messages.map(({ body }) => {
    const { to, template } = JSON.parse(body) as MessageSend;
    return `${to} ${template}`;
  });
  return letters.filter((letter, at) => letters.indexOf(letter) !== at);
}
