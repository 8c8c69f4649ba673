export const describe = "wakes popped from a million waiting customers, beside bare pops of the same table";

export async function run() {
  const { createComeback } = await import("comeback");
  const { sqliteStore } = await import("comeback/stores/sqlite");
  const { fakeShop, virtualClock } = await import("comeback/testing");
  const { default: Database } = await import("better-sqlite3");
  const ground = await import("./host/ground.mjs");
  const { openBare } = await import("./host/bare.mjs");
  const { atLeast, history, inFolder, monday, perSecond, products, program, rate, show, sunday } = ground;

  const waiting = 1_000_000;
  const due = 20_000;
  await inFolder(async (folder) => {
    const path = `${folder}/host.sqlite`;
    const clock = virtualClock(sunday);
    // What the wakes decide is left in the outbox: here only the wakes are measured.
    const rates = { effects: { perMinute: 1 } };
    const open = () =>
      createComeback({ program, store: sqliteStore({ path }), shop: fakeShop(products), clock, rates });

    // Those who are due have a real history; the rest only wait, far away, and fill the table.
    const comeback = await open();
    const histories = Array.from({ length: due }, (_, at) => ({ customer: `c${at}`, events: history(`c${at}`, at) }));
    await comeback.importHistory("stock", histories);
    await comeback.tick();
    await comeback.stop();
    const db = new Database(path);
    const fill = db.transaction(() => {
      const customer = db.prepare("INSERT INTO customers (customer, seq, wake_at) VALUES (?, 1, ?)");
      const wake = db.prepare("INSERT INTO wakes (wake_at, id) VALUES (?, ?)");
      for (let at = due; at < waiting; at++) {
        const wakeAt = monday + 604_800_000 + ((at * 7919) % 604_800_000);
        wake.run(wakeAt, customer.run(`w${at}`, wakeAt).lastInsertRowid);
      }
    });
    fill();
    db.close();

    clock.set(monday);
    const again = await open();
    const since = performance.now();
    const { wakes } = await again.tick();
    const hostMs = performance.now() - since;
    await again.stop();

    const moved = await popStore(sqliteStore({ path }), due);
    const bare = popBare(openBare(path), due);
    show([
      ["host, wakes stepped and stored", perSecond(rate(wakes, hostMs), "wakes")],
      ["store alone, wakes read and moved", perSecond(rate(moved.popped, moved.ms), "wakes")],
      ["bare pops of (wake_at, id)", perSecond(rate(bare.popped, bare.ms), "wakes")],
      ["wakes stepped", `${wakes}`],
    ]);
    const bareRate = rate(bare.popped, bare.ms);
    atLeast("store / bare", rate(moved.popped, moved.ms) / bareRate, 0.05);
    atLeast("host / bare", rate(wakes, hostMs) / bareRate, 0.005);
  });
}

/** What the host does about a wake, without the step: read the customer, move the wake, keep the sequence. */
async function popStore(store, count) {
  const nothing = { entries: [], outbox: [], settled: [], defer: [], undefer: 0, hot: null, purchases: null };
  const since = performance.now();
  let popped = 0;
  while (popped < count) {
    const wakes = await store.due(Number.MAX_SAFE_INTEGER, 256);
    const customers = await store.load(wakes.map(({ customer }) => customer));
    const moved = customers.map(({ customer, seq, parked }) => ({ ...nothing, customer, seq, parked, wakeAt: null }));
    await store.commit({ customers: moved });
    popped += wakes.length;
  }
  const ms = performance.now() - since;
  await store.close();
  return { popped, ms };
}

/** Takes the earliest rows away, a thousand in a transaction, and does nothing with them. */
function popBare(db, count) {
  const select = db.prepare("SELECT wake_at, id FROM wakes ORDER BY wake_at, id LIMIT 1000");
  const remove = db.prepare("DELETE FROM wakes WHERE wake_at = ? AND id = ?");
  const pop = db.transaction(() => {
    const rows = select.all();
    for (const { wake_at, id } of rows) remove.run(wake_at, id);
    return rows.length;
  });
  const since = performance.now();
  let popped = 0;
  while (popped < count) popped += pop.immediate();
  const ms = performance.now() - since;
  db.close();
  return { popped, ms };
}
