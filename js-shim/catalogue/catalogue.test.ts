import assert from "node:assert/strict";
import { it } from "node:test";
import type { Product } from "../core/types.js";
import { fakeShop, virtualClock } from "../testing/index.js";
import { Catalogue } from "./catalogue.js";

function watched() {
  const clock = virtualClock(0);
  const shop = fakeShop([{ id: "tea", name: "Tea", price: 450, currency: "EUR", in_stock: true }]);
  const seen: number[] = [];
  const lines: string[] = [];
  const change = async ([tea]: Product[]): Promise<boolean> => seen.push(tea!.price) > 0;
  const log = ({ level, message }: { level: string; message: string }): void => void lines.push(`${level} ${message}`);
  const catalogue = new Catalogue({ shop, change, now: clock.now, log, refreshMs: 1000 });
  return { catalogue, clock, shop, seen, lines };
}

it("asks the shop by the hour", async () => {
  const { catalogue, clock, shop, seen } = watched();
  await catalogue.refreshIfDue();
  assert.deepEqual(seen, []);
  shop.catalogue[0]!.price = 500;
  clock.advance(1000);
  await catalogue.refreshIfDue();
  await catalogue.refreshIfDue();
  assert.deepEqual([seen, catalogue.nextAt], [[500], 2000]);
});

it("asks at once when the shop says that something changed", async () => {
  const { catalogue, seen } = watched();
  catalogue.touch();
  await Promise.all([catalogue.refreshIfDue(), catalogue.refreshIfDue()]);
  assert.deepEqual(seen, [450]);
});

it("keeps the old picture while the shop can't answer", async () => {
  const { catalogue, shop, seen, lines } = watched();
  shop.products = () => Promise.reject(new Error("shop down"));
  catalogue.touch();
  await catalogue.refreshIfDue();
  assert.deepEqual([seen, lines], [[], ["warn catalogue not refreshed"]]);
});
