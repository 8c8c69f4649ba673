import type { MessageSend } from "../core/types.js";
import type { Links } from "../links/index.js";
import type { ShopInfo } from "../templates/shop-info.js";
import type { Templates } from "../templates/templates.js";
import type { Channel, Delivery, Frozen } from "./channel.js";
import { type MailAddress, parseAddress, parseMailbox, tidyName } from "./email/address.js";
import { composeLetter } from "./email/mime.js";
import {
  createSmtpTransport,
  type Envelope,
  type MailTransport,
  parseSmtpUrl,
  type SmtpOptions,
} from "./email/smtp.js";
import { makeMessageLinks, messageContext } from "./message-context.js";

export {
  createSmtpTransport,
  type Envelope,
  type MailTransport,
  parseSmtpUrl,
  type SmtpOptions,
} from "./email/smtp.js";
export { operatorLetter } from "./operator-letter.js";
export { renewalLetter } from "./renewal-letter.js";
export { loadTemplates, type TemplateFolders, type Templates } from "../templates/index.js";
export { createLinks, type LinkKey, type Links, type LinksOptions } from "../links/index.js";
export type { ShopInfo } from "../templates/shop-info.js";

/**
 * E-mail. A message is rendered to its final bytes once; each attempt sends those bytes under the Message-ID that
 * comes from the effect id, so a receiver that sees both can tell that they are one letter.
 *
 * ```ts
 * const shop = { name: "Bean & Leaf", url: "https://shop.example/" };
 * const links = createLinks({ base_url: "https://shop.example/comeback", keys: [{ id: "a", secret }] });
 * const templates = await loadTemplates({ folders: ["./templates"], cache: "./data/letters" });
 * const email = createEmailChannel({
 *   smtp: process.env.COMEBACK_SMTP_URL, from: "Bean & Leaf <hello@shop.example>", templates, links, shop,
 * });
 * ```
 */
export interface EmailChannelOptions {
  /** A URL or options for SMTP; or `transport`. */
  smtp?: string | SmtpOptions;
  transport?: MailTransport;
  /** `Name <address>`. A message's own `sender` wins. */
  from: string;
  reply_to?: string;
  templates: Templates;
  links: Links;
  shop: ShopInfo;
  /** Put the open pixel into marketing letters. `true` by default; an open is a hint and never proof. */
  track_opens?: boolean;
  /** Milliseconds since 1970 UTC. */
  clock?: () => number;
  /** Under which name the program calls this channel. */
  name?: string;
}

/** What a frozen letter holds before its bytes: one line of JSON, a line feed, then the letter as it goes out. */
type FrozenHead =
  | { v: 1; envelope: Envelope; subject: string; message_id: string }
  /** The contact is unusable: nothing to send, and the reason why. */
  | { v: 1; refused: string };

export function createEmailChannel(options: EmailChannelOptions): Channel {
  const { templates, links, shop, clock = Date.now, track_opens = true, name = "email" } = options;
  const from = readMailbox("from", options.from);
  const reply_to = options.reply_to ? readMailbox("reply_to", options.reply_to) : null;
  const transport = options.transport ?? createSmtpTransport(readSmtp(options.smtp));

  async function render(message: MessageSend): Promise<Frozen> {
    const to = parseAddress(message.to);
    if ("problem" in to) return freeze(name, { v: 1, refused: `the address is unusable (${to.problem})` });
    const now = clock();
    const made = await makeMessageLinks(message, links, shop, now);
    const rendered = await templates.render({
      template: message.template,
      locale: message.locale,
      variant: message.variant,
      context: messageContext(message, made, shop),
    });
    // Whichever of the two says marketing decides: a letter too many with an unsubscribe button harms nobody.
    const marketing = message.class === "marketing" || rendered.class === "marketing";
    const sender = (message.sender && parseMailbox(message.sender)) || from;
    const raw = await composeLetter({
      id: message.id,
      from: sender,
      reply_to,
      to: { name: tidyName(message.context.recipient.name), address: to.address },
      subject: rendered.subject,
      html: rendered.html && marketing && track_opens ? withPixel(rendered.html, made.open) : rendered.html,
      text: rendered.text,
      unsubscribe: marketing ? made.unsubscribe : null,
      date: now,
    });
    const envelope = { from: sender.address, to: to.address, bcc: readCopies(message.bcc) };
    const message_id = `${message.id}@${sender.address.split("@")[1]}`;
    return freeze(name, { v: 1, envelope, subject: rendered.subject, message_id }, raw);
  }

  async function deliver(frozen: Frozen): Promise<Delivery> {
    const { head, raw } = thaw(frozen);
    if ("refused" in head) return { outcome: "failed", reason: head.refused, suppress: true };
    const delivery = await transport.send(head.envelope, raw);
    return delivery.outcome === "sent" ? { provider_id: head.message_id, ...delivery } : delivery;
  }

  return { name, render, deliver, close: async () => transport.close?.() };
}

function freeze(channel: string, head: FrozenHead, raw: Uint8Array = new Uint8Array(0)): Frozen {
  return { channel, payload: Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), raw]) };
}

function thaw(frozen: Frozen): { head: FrozenHead; raw: Uint8Array } {
  const end = frozen.payload.indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(frozen.payload.subarray(0, end))) as FrozenHead;
  return { head, raw: frozen.payload.subarray(end + 1) };
}

function readMailbox(field: string, text: string): MailAddress {
  const mailbox = parseMailbox(text);
  if (mailbox === null) throw new TypeError(`e-mail \`${field}\` must look like \`Shop <hello@shop.example>\``);
  return mailbox;
}

function readSmtp(smtp: string | SmtpOptions | undefined): SmtpOptions {
  if (smtp === undefined)
    throw new TypeError("e-mail needs `smtp`, for example `smtp://user:password@host:587`, or a `transport`");
  return typeof smtp === "string" ? parseSmtpUrl(smtp) : smtp;
}

/** Copies are the shop's own addresses; one with a mistake in it must not keep the customer's letter back. */
function readCopies(bcc: string[]): string[] {
  return bcc.map(parseAddress).flatMap((parsed) => ("address" in parsed ? [parsed.address] : []));
}

function withPixel(html: string, url: string): string {
  const pixel = `<img src="${url}" alt="" width="1" height="1" style="display:block;width:1px;height:1px;border:0" />`;
  return html.includes("</body>") ? html.replace("</body>", `${pixel}</body>`) : html + pixel;
}
