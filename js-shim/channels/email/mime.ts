import MailComposer from "nodemailer/lib/mail-composer";
import type { MailAddress } from "./address.js";

/** A letter before it becomes bytes. All values are checked by the caller; headers take no free text but these. */
export interface Letter {
  /** The effect id: 32 hexadecimal digits. The Message-ID and the boundaries come from it. */
  id: string;
  from: MailAddress;
  reply_to: MailAddress | null;
  to: MailAddress;
  subject: string;
  html: string | null;
  text: string;
  /** The one-click address of RFC 8058, on marketing letters. */
  unsubscribe: string | null;
  /** Milliseconds since 1970 UTC. */
  date: number;
}

/** The same letter always gives the same bytes. */
export async function composeLetter(letter: Letter): Promise<Buffer> {
  const composer = new MailComposer({
    messageId: messageId(letter),
    date: new Date(letter.date),
    from: mailbox(letter.from),
    replyTo: letter.reply_to ? mailbox(letter.reply_to) : undefined,
    to: mailbox(letter.to),
    subject: letter.subject,
    text: letter.text,
    html: letter.html ?? undefined,
    headers: letter.unsubscribe ? unsubscribeHeaders(letter.unsubscribe) : undefined,
    baseBoundary: letter.id,
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: "\r\n",
  } as ConstructorParameters<typeof MailComposer>[0]);
  return composer.compile().build();
}

/** Under the sender's domain, so that it is aligned with what signs the letter. */
export function messageId(letter: Pick<Letter, "id" | "from">): string {
  return `<${letter.id}@${letter.from.address.split("@")[1]}>`;
}

/** Mail programs show a button of their own for these two; it posts, so a scanner that follows links can't press it. */
function unsubscribeHeaders(url: string): Record<string, { prepared: true; foldLines: true; value: string } | string> {
  return {
    "List-Unsubscribe": { prepared: true, foldLines: true, value: `<${url}>` },
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
}

function mailbox({ name, address }: MailAddress): { name: string; address: string } {
  return { name: name ?? "", address };
}
