const addresses = new WeakMap<Request, string>();

/**
 * Remembers where a request came from. `Request` has no place for it, and a header could be sent by anybody; whoever
 * serves the handler (`toNodeListener`, an edge entry) tells it here before calling.
 */
export function rememberAddress(request: Request, address: string): void {
  addresses.set(request, address);
}

/** For rate limits only; never stored. `null` when nobody said. */
export function addressOf(request: Request): string | null {
  return addresses.get(request) ?? null;
}
