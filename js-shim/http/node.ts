import type { IncomingMessage, ServerResponse } from "node:http";
import { rememberAddress } from "./client-address.js";
import type { Handler } from "./handler.js";

export interface NodeListenerOptions {
  /**
   * How many proxies stand in front and write `X-Forwarded-For`. `0` believes no header; too high lets anybody choose
   * the address that rate limits count.
   */
  proxies?: number;
  /** Told of what nobody can be told in a response. */
  report?(problem: string, cause: unknown): void;
}

/** Serves a `fetch` handler from `node:http`. */
export function toNodeListener(
  handler: Handler,
  options: NodeListenerOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  return (incoming, outgoing) => {
    respond(handler, options, incoming, outgoing).catch((cause: unknown) => {
      options.report?.("a response could not be sent", cause);
      if (!outgoing.headersSent) outgoing.writeHead(500, { "content-type": "text/plain" });
      outgoing.end();
    });
  };
}

async function respond(
  handler: Handler,
  options: NodeListenerOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = toRequest(incoming);
  rememberAddress(request, clientAddress(incoming, options.proxies ?? 0));
  const response = await handler(request);
  const headers: Record<string, string | string[]> = {};
  response.headers.forEach((value, name) => (headers[name] = value));
  outgoing.writeHead(response.status, headers);
  if (response.body === null) {
    outgoing.end();
  } else {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) outgoing.write(chunk);
    outgoing.end();
  }
  // What was not read is not waited for: a refused upload must not hold the connection.
  if (!incoming.complete) incoming.resume();
}

function toRequest(incoming: IncomingMessage): Request {
  const method = incoming.method ?? "GET";
  const host = incoming.headers.host ?? "localhost";
  const target = incoming.url?.startsWith("/") ? incoming.url : "/";
  const url = URL.canParse(`http://${host}${target}`) ? `http://${host}${target}` : `http://localhost${target}`;
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    const name = incoming.rawHeaders[i]!;
    if (!name.startsWith(":")) headers.append(name, incoming.rawHeaders[i + 1]!);
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  const body = hasBody ? toStream(incoming) : null;
  return new Request(url, { method, headers, body, ...(hasBody ? { duplex: "half" } : {}) } as RequestInit);
}

/** Not destroyed when reading ends early: the refusal of a body that is too long still has to go out on its socket. */
function toStream(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = incoming.iterator({ destroyOnReturn: false });
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = (await chunks.next()) as IteratorResult<Uint8Array>;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}

function clientAddress(incoming: IncomingMessage, proxies: number): string {
  const direct = incoming.socket.remoteAddress ?? "unknown";
  if (proxies === 0) return direct;
  const forwarded = String(incoming.headers["x-forwarded-for"] ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  return forwarded.at(-proxies) ?? direct;
}
