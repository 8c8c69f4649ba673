import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

/** A real SMTP server that counts what it took responsibility for, by effect id. */
export interface MailServer {
  port: number;
  received: Map<string, number>;
  close(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const received = new Map<string, number>();
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    logger: false,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const effect = /^X-Effect: (\S+)/m.exec(Buffer.concat(chunks).toString())?.[1] ?? "unknown";
        received.set(effect, (received.get(effect) ?? 0) + 1);
        done();
      });
    },
  });
  // A client that dies in the middle is what this is about.
  server.on("error", () => {});
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.server.address() as AddressInfo;
  return { port, received, close: () => new Promise((closed) => server.close(closed)) };
}
