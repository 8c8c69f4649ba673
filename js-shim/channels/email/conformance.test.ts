import type { AddressInfo, Socket } from "node:net";
import { SMTPServer } from "smtp-server";
import type { MessageSend } from "../../core/types.js";
import { createLinks } from "../../links/index.js";
import { loadTemplates } from "../../templates/index.js";
import { channelConformance } from "../conformance.js";
import { createEmailChannel } from "../email.js";

const NOW = Date.parse("2026-03-02T09:00:00Z");
const templates = await loadTemplates();
const links = createLinks({
  base_url: "https://shop.example/comeback",
  keys: [{ id: "a", secret: "a secret of at least thirty-two characters" }],
});

const MESSAGE: MessageSend = {
  kind: "message.send",
  id: "2".repeat(32),
  customer: "c42",
  store: "main",
  channel: "email",
  template: "welcome",
  variant: 0,
  topic: "news",
  class: "marketing",
  locale: "en",
  to: "anna@example.com",
  sender: null,
  bcc: [],
  not_after: NOW + 86_400_000,
  journey: "welcome",
  run: "4".repeat(32),
  step: "letter",
  context: { recipient: { id: "c42", name: "Anna", email: null, phone: null, locale: "en", recommendations: {} } },
};

channelConformance("e-mail over SMTP", async () => {
  let taken = 0;
  let dies = false;
  const sockets = new Set<Socket>();
  const start = async (port: number): Promise<SMTPServer> => {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onData(stream, _session, callback) {
        stream.resume();
        stream.on("end", () => {
          taken++;
          if (dies) for (const socket of sockets) socket.destroy();
          else callback();
        });
      },
    });
    server.on("error", () => {});
    server.server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return server;
  };
  const stop = (server: SMTPServer) => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };

  let server: SMTPServer | null = await start(0);
  const { port } = server.server.address() as AddressInfo;
  const channel = createEmailChannel({
    smtp: { host: "127.0.0.1", port },
    from: "Bean & Leaf <hello@shop.example>",
    templates,
    links,
    shop: { name: "Bean & Leaf", url: "https://shop.example/" },
    clock: () => NOW,
  });
  return {
    channel,
    message: MESSAGE,
    taken: () => taken,
    async behave(how) {
      dies = how === "dies";
      if (how === "gone" && server) {
        await stop(server);
        server = null;
      } else if (how !== "gone") {
        server ??= await start(port);
      }
    },
    async dispose() {
      await channel.close!();
      if (server) await stop(server);
    },
  };
});
