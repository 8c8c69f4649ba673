export const describe = "events through the whole host, beside bare SQLite commits of the same bytes";

export async function run() {
  const { createComeback } = await import("comeback");
  const { sqliteStore } = await import("comeback/stores/sqlite");
  const { fakeShop, virtualClock } = await import("comeback/testing");
  const { atLeast, inFolder, perSecond, products, program, rate, recorded, show, sunday, viewed } =
    await import("./host/ground.mjs");
  const { writeBare } = await import("./host/bare.mjs");

  const events = 30_000;
  const customers = 5_000;
  await inFolder(async (folder) => {
    const { store, batches } = recorded(sqliteStore({ path: `${folder}/host.sqlite` }));
    const clock = virtualClock(sunday);
    const comeback = await createComeback({ program, store, shop: fakeShop(products), clock });
    const waits = [];
    let next = 0;
    // So many callers at a time, each bringing one event and waiting for it to be durable.
    const caller = async () => {
      while (next < events) {
        const at = next++;
        const since = performance.now();
        const [{ status }] = await comeback.ingest([viewed(at, `c${at % customers}`)], "shop");
        if (status !== "accepted") throw new Error(`event ${at} was ${status}`);
        waits.push(performance.now() - since);
      }
    };
    const since = performance.now();
    await Promise.all(Array.from({ length: 256 }, caller));
    const hostMs = performance.now() - since;
    await comeback.stop();
    const bareMs = writeBare(`${folder}/bare.sqlite`, batches);

    waits.sort((a, b) => a - b);
    const bytes = batches
      .flat()
      .reduce((sum, { hot, entries }) => sum + (hot?.length ?? 0) + entries[0].input.length, 0);
    show([
      ["host", perSecond(rate(events, hostMs), "events")],
      ["bare SQLite", perSecond(rate(events, bareMs), "events")],
      ["transactions", `${batches.length}, ${(events / batches.length).toFixed(0)} events each`],
      ["bytes an event", `${Math.round(bytes / events)}`],
      ["wait p50, p99", `${waits[events >> 1].toFixed(1)} ms, ${waits[Math.floor(events * 0.99)].toFixed(1)} ms`],
    ]);
    atLeast("host / bare", bareMs / hostMs, 0.02);
  });
}
