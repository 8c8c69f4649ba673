// Where things are kept. `.cache` belongs to this checkout; the tools in it may be shared between
// checkouts by pointing COMEBACK_CACHE at another folder, because each is keyed by its version.
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");
export const cache = path.join(root, ".cache");
export const logs = path.join(cache, "logs");
export const stamps = path.join(cache, "stamps");
export const tools = process.env.COMEBACK_CACHE
  ? path.resolve(process.env.COMEBACK_CACHE, "tools")
  : path.join(cache, "tools");

/** A path inside the checkout. */
export const inRoot = (...parts) => path.join(root, ...parts);

/** The same path as a person at the top of the checkout would type it. */
export const shown = (file) => {
  const relative = path.relative(root, file);
  return relative.startsWith("..") ? file : relative;
};
