export const describe =
  "prediction on real order histories, beside frequency, GP-TopFreq, UP-CF, TIFUKNN and Poisson-Gamma";

// The data are not part of the project. They are read from ../shared/data or the folder named first; tasks may follow it.
export async function run([folder = "../shared/data", ...tasks] = []) {
  const { spawnSync } = await import("node:child_process");
  const { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const { join, resolve } = await import("node:path");
  const { pipeline } = await import("node:stream/promises");
  const { createGunzip } = await import("node:zlib");

  const from = resolve(import.meta.dirname, "..", folder);
  const files = ["complete_journey.orders.csv", "online_retail_2.orders.csv", "complete_journey.products.csv"];
  const there = files.filter((file) => existsSync(join(from, `${file}.gz`)) || existsSync(join(from, file)));
  if (there.length === 0) {
    console.log(`skipped: no order histories in ${from}; name the folder that holds ${files.join(" and ")} (or .gz)`);
    return;
  }
  const unpacked = mkdtempSync(join(tmpdir(), "comeback-bench-"));
  try {
    for (const file of there) {
      const plain = join(from, file);
      const packed = `${plain}.gz`;
      const source = existsSync(packed) ? [createReadStream(packed), createGunzip()] : [createReadStream(plain)];
      await pipeline(...source, createWriteStream(join(unpacked, file)));
    }
    const cargo = ["bench", "--quiet", "--no-default-features", "--bench", "prediction", "--", unpacked, ...tasks];
    const { status, error } = spawnSync("cargo", cargo, { cwd: join(import.meta.dirname, ".."), stdio: "inherit" });
    if (status !== 0) throw error ?? new Error(`the benchmark ended with ${status}`);
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}
