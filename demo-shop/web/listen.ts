import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { rememberAddress } from "comeback/http";

/** A form is small; anything larger is a mistake or mischief. */
const BODY_BYTES_MAX = 512 * 1024;

export interface Listening {
  url: string;
  close(): Promise<void>;
}

/** Serves a web-standard handler over Node's HTTP server. */
export async function listen(
  handle: (request: Request) => Promise<Response>,
  at: { host: string; port: number },
): Promise<Listening> {
  const server = createServer((incoming, outgoing) => {
    respond(handle, incoming)
      .then(async (response) => {
        outgoing.writeHead(response.status, [...response.headers].flat());
        outgoing.end(incoming.method === "HEAD" ? undefined : Buffer.from(await response.arrayBuffer()));
      })
      .catch(() => {
        if (!outgoing.headersSent) outgoing.writeHead(500, { "content-type": "text/plain" });
        outgoing.end("something went wrong");
      });
  });
  await bound(server, at);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${at.host.includes(":") ? `[${at.host}]` : at.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // Browsers keep connections open; a second is enough for what is under way.
        setTimeout(() => server.closeAllConnections(), 1000).unref();
      }),
  };
}

async function respond(handle: (request: Request) => Promise<Response>, incoming: IncomingMessage): Promise<Response> {
  const url = safeUrl(incoming);
  if (!url) return new Response("bad request", { status: 400 });
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const method = incoming.method ?? "GET";
  const body = method === "GET" || method === "HEAD" ? null : await readBody(incoming);
  if (body === "too large") return new Response("too large", { status: 413 });
  if (REFUSED_METHODS.includes(method)) return new Response("method not allowed", { status: 405 });
  const request = new Request(url, { method, headers, body });
  rememberAddress(request, incoming.socket.remoteAddress ?? "unknown");
  return handle(request);
}

/** `Request` itself refuses to be made with these. */
const REFUSED_METHODS = ["CONNECT", "TRACE", "TRACK"];

function safeUrl(incoming: IncomingMessage): URL | null {
  try {
    return new URL(incoming.url ?? "/", `http://${incoming.headers.host ?? "localhost"}`);
  } catch {
    return null;
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer<ArrayBuffer> | "too large"> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return "too large";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks) as Buffer<ArrayBuffer>;
}

function bound(server: Server, at: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, at.host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
