// An SMTP server on a real socket that does what it is told to do wrong, and keeps what it took.
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface Behaviour {
  /** Say nothing after accepting the connection. */
  mute?: boolean;
  greeting?: string;
  /** Answers by command; `null` says nothing, `hang up` closes. */
  ehlo?: Answer;
  auth?: Answer;
  mail?: Answer;
  /** By recipient's address, then `*`. */
  rcpt?: Record<string, Answer>;
  data?: Answer;
  /** After the letter was read whole. */
  end?: Answer;
  /** Close as soon as the letter begins. */
  die_in_letter?: boolean;
  /** Wait before each answer. */
  delay_ms?: number;
}

export type Answer = string | null | "hang up";

export interface Taken {
  from: string;
  to: string[];
  raw: string;
}

export interface MisbehavingSmtp {
  port: number;
  behaviour: Behaviour;
  /** Letters for which the whole DATA arrived, whatever was answered. */
  received: Taken[];
  /** Letters that were answered with 250: these are delivered. */
  delivered: Taken[];
  connections: number;
  /** Stops listening and cuts every line; `start` listens again on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startMisbehavingSmtp(behaviour: Behaviour = {}): Promise<MisbehavingSmtp> {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  const smtp: MisbehavingSmtp = {
    port: 0,
    behaviour,
    received: [],
    delivered: [],
    connections: 0,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
      server = null;
    },
    async start() {
      server = createServer((socket) => {
        smtp.connections++;
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
        socket.on("error", () => {});
        converse(smtp, socket);
      });
      await new Promise<void>((resolve) => server!.listen(smtp.port, "127.0.0.1", resolve));
      smtp.port = (server.address() as AddressInfo).port;
    },
  };
  await smtp.start();
  return smtp;
}

function converse(smtp: MisbehavingSmtp, socket: Socket): void {
  let letter: Taken = { from: "", to: [], raw: "" };
  let inLetter = false;
  let buffer = "";
  const b = () => smtp.behaviour;
  const say = (answer: Answer | undefined, otherwise: string) => {
    const text = answer === undefined ? otherwise : answer;
    if (text === null) return;
    const speak = () => (text === "hang up" ? socket.destroy() : socket.write(`${text}\r\n`));
    if (b().delay_ms) setTimeout(speak, b().delay_ms);
    else speak();
  };
  if (!b().mute) say(b().greeting, "220 test ESMTP");

  const onCommand = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase();
    const address = /<([^>]*)>/.exec(line)?.[1] ?? "";
    if (verb === "EHLO" || verb === "HELO") say(b().ehlo, "250-test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME");
    else if (verb === "AUTH") say(b().auth, "235 fine");
    else if (verb === "MAIL") {
      letter = { from: address, to: [], raw: "" };
      say(b().mail, "250 fine");
    } else if (verb === "RCPT") {
      const answer = b().rcpt?.[address] ?? b().rcpt?.["*"];
      if (answer === undefined || /^2/.test(answer ?? "")) letter.to.push(address);
      say(answer, "250 fine");
    } else if (verb === "DATA") {
      inLetter = b().data === undefined || b().data!.startsWith("3");
      say(b().data, "354 go on");
    } else if (verb === "QUIT") {
      say(undefined, "221 bye");
      socket.end();
    } else say(undefined, "250 fine");
  };

  socket.on("data", (chunk) => {
    buffer += chunk.toString("latin1");
    for (;;) {
      if (inLetter) {
        if (b().die_in_letter) return void socket.destroy();
        const end = buffer.indexOf("\r\n.\r\n");
        if (end < 0) return;
        letter.raw = buffer.slice(0, end + 2).replace(/^\.\./gm, ".");
        buffer = buffer.slice(end + 5);
        inLetter = false;
        smtp.received.push(letter);
        const answer = b().end;
        if (answer === undefined || /^2/.test(answer ?? "")) smtp.delivered.push(letter);
        say(answer, "250 2.0.0 queued as TEST1234");
      } else {
        const end = buffer.indexOf("\r\n");
        if (end < 0 || b().mute) return;
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        onCommand(line);
      }
    }
  });
}
