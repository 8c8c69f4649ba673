import type { Store } from "./store.js";

/** Customers listed at a time, and so loaded or changed at a time. */
export const pageSize = 500;

/** Every customer of a store, in pages in the order of their keys. */
export async function* pages(store: Pick<Store, "customers">, after = ""): AsyncGenerator<string[]> {
  for (let page = [after]; ;) {
    page = await store.customers({ after: page.at(-1)!, limit: pageSize });
    if (page.length > 0) yield page;
    if (page.length < pageSize) return;
  }
}

/** Every customer of a store, in the order of their keys. */
export async function* everyone(store: Pick<Store, "customers">): AsyncGenerator<string> {
  for await (const page of pages(store)) yield* page;
}
