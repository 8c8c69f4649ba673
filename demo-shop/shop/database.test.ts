import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { openShopDatabase, OtherMake } from "./database.js";

test("a shop of another make is told apart from a new one and from our own", () => {
  const folder = mkdtempSync(join(tmpdir(), "shop-"));
  const path = join(folder, "shop.sqlite");
  openShopDatabase(path).close();
  openShopDatabase(path).close();
  const other = new Database(path);
  other.pragma("user_version = 1");
  other.close();
  assert.throws(() => openShopDatabase(path), OtherMake);
  rmSync(folder, { recursive: true });
});
