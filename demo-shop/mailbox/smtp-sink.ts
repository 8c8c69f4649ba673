import { simpleParser, type AddressObject } from "mailparser";
import { SMTPServer } from "smtp-server";
import type { MailStore, NewMail } from "./mail-store.js";

const MAIL_BYTES_MAX = 10 * 1024 * 1024;

export interface SmtpSink {
  port: number;
  close(): Promise<void>;
}

/** A real mail server that keeps what it is given. A letter is stored before it is acknowledged. */
export async function startSmtpSink(
  store: MailStore,
  now: () => number,
  at: { host: string; port: number },
): Promise<SmtpSink> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    size: MAIL_BYTES_MAX,
    logger: false,
    onData(stream, _session, callback) {
      read(stream)
        .then((raw) => parse(raw, now()))
        .then((mails) => {
          for (const mail of mails) store.add(mail);
          callback();
        })
        .catch((error: unknown) => callback(error instanceof Error ? error : new Error(String(error))));
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, at.host, () => {
      server.off("error", reject);
      // A client that hangs up in the middle is its own affair.
      server.on("error", () => undefined);
      resolve();
    });
  });
  const address = server.server.address();
  return {
    port: address && typeof address === "object" ? address.port : at.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function read(stream: AsyncIterable<Buffer | string>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function parse(raw: Buffer, received_at: number): Promise<NewMail[]> {
  const mail = await simpleParser(raw, { skipImageLinks: true, skipTextToHtml: true });
  const headers = mail.headerLines.map(({ key, line }): [string, string] => {
    const cut = line.indexOf(":");
    return [line.slice(0, cut) || key, line.slice(cut + 1).trim()];
  });
  return addresses(mail.to).map((recipient) => ({
    received_at,
    sender: mail.from?.text ?? "",
    recipient,
    subject: mail.subject ?? "(no subject)",
    text: mail.text ?? "",
    html: mail.html === false ? null : mail.html,
    headers,
  }));
}

function addresses(to: AddressObject | AddressObject[] | undefined): string[] {
  const objects = to === undefined ? [] : Array.isArray(to) ? to : [to];
  const found = objects.flatMap((object) => object.value.map((value) => value.address ?? value.name));
  return found.length > 0 ? found : ["undisclosed"];
}
