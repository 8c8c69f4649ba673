export const describe =
  "100,000 carts falling due in one minute with intake going on, beside bare SQLite commits of the same bytes";

export async function run([count = "100000"]) {
  const { createComeback } = await import("comeback");
  const { sqliteStore } = await import("comeback/stores/sqlite");
  const { fakeShop, virtualClock } = await import("comeback/testing");
  const ground = await import("./host/ground.mjs");
  const { writeBare } = await import("./host/bare.mjs");
  const { history, idleChannel, inFolder, monday, perSecond, products, program, rate, recorded, show, sunday, viewed } =
    ground;

  const carts = Number(count);
  await inFolder(async (folder) => {
    const { store, batches } = recorded(sqliteStore({ path: `${folder}/host.sqlite` }));
    const clock = virtualClock(sunday);
    const shop = fakeShop(products);
    // As a large shop would set it: one at a time is the default, for the sake of crashes.
    const rates = { email: { concurrency: 100 }, effects: { concurrency: 100 } };
    const comeback = await createComeback({ program, store, shop, clock, channels: [idleChannel], rates });
    await stock(comeback, carts, history);
    const quiet = await intake(comeback, viewed, () => false, 2_000);

    batches.length = 0;
    clock.set(monday);
    let busy = true;
    const since = performance.now();
    const herd = comeback.tick().finally(() => (busy = false));
    const live = intake(comeback, viewed, () => !busy, Infinity);
    const { wakes, deliveries } = await herd;
    const ms = performance.now() - since;
    const waits = await live;
    await comeback.stop();
    const bareMs = writeBare(`${folder}/bare.sqlite`, batches);
    const steps = batches.flat().reduce((sum, { entries }) => sum + entries.length, 0);
    show([
      [
        "carts built, quoted and mailed",
        `${carts} in ${(ms / 1000).toFixed(1)} s (${perSecond(rate(carts, ms), "carts")})`,
      ],
      ["wakes, deliveries, steps", `${wakes}, ${deliveries}, ${steps}`],
      ["bare SQLite, the same bytes", `${(bareMs / 1000).toFixed(1)} s`],
      ["host / bare", (bareMs / ms).toFixed(3)],
      ["intake alone p50, p99", waitsOf(quiet)],
      ["intake meanwhile p50, p99", `${waitsOf(waits)} (${waits.length} events)`],
    ]);
    if (deliveries < carts) throw new Error(`${carts} carts came to ${deliveries} deliveries only`);
  });
}

async function stock(comeback, carts, history) {
  function* histories() {
    for (let at = 0; at < carts; at++) yield { customer: `c${at}`, events: history(`c${at}`, at) };
  }
  await comeback.importHistory("stock", histories());
  await comeback.tick();
}

let views = 0;

/** One event after another, as a shop sends them, until told to end; answers how long each waited. */
async function intake(comeback, viewed, ended, most) {
  const waits = [];
  while (!ended() && waits.length < most) {
    const since = performance.now();
    await comeback.ingest([viewed(views++, `v${views % 1000}`)], "shop");
    waits.push(performance.now() - since);
  }
  return waits;
}

function waitsOf(waits) {
  const sorted = [...waits].sort((a, b) => a - b);
  const at = (part) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
  return `${at(0.5)} ms, ${at(0.99)} ms`;
}
