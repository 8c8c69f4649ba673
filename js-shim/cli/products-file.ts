import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { Product } from "../core/types.js";
import { csvRows } from "./csv.js";
import { InputProblem } from "./io.js";

/** Columns known by other names, in the order they are looked for. */
const columns = {
  id: ["product_id", "id", "sku"],
  name: ["name", "description", "title", "product_type"],
  category: ["category", "product_category", "department"],
  group: ["variant_group"],
  type: ["type", "product_type"],
  price: ["price", "unit_price"],
  units: ["units"],
} as const;

/** A shop's products from a JSON array of `Product`, or a CSV with a header; `.gz` is read too. */
export async function readProducts(path: string): Promise<Product[]> {
  const bytes = await readFile(path);
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
  return text.trimStart().startsWith("[") ? readJson(path, text) : readCsv(path, text);
}

function readJson(path: string, text: string): Product[] {
  try {
    return JSON.parse(text) as Product[];
  } catch (error) {
    throw new InputProblem(`${path}: not JSON: ${(error as Error).message}`);
  }
}

function readCsv(path: string, text: string): Product[] {
  const [header, ...rows] = [...csvRows(text)];
  const names = (header ?? []).map((name) => name.trim().toLowerCase());
  const at = (known: readonly string[]): number => names.findIndex((name) => known.includes(name));
  const place = Object.fromEntries(Object.entries(columns).map(([field, known]) => [field, at(known)]));
  if (place["id"] === -1) throw new InputProblem(`${path}:1: no column for the product's id; name one \`product_id\``);
  return rows.filter((row) => row.length > 1).map((row) => product((field) => row[place[field] ?? -1]?.trim() ?? ""));
}

function product(cell: (field: keyof typeof columns) => string): Product {
  const [id, category, type, group] = [cell("id"), cell("category"), cell("type"), cell("group")];
  return {
    id,
    name: cell("name") || id,
    price: Math.round(Number(cell("price") || 0) * 100),
    currency: "EUR",
    in_stock: true,
    ...(category ? { categories: [category] } : {}),
    ...(type ? { type } : {}),
    ...(group ? { variant_group: group } : {}),
    ...(Number(cell("units")) > 0 ? { units: Number(cell("units")) } : {}),
  };
}
