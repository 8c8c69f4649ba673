import type { MessageSend } from "../core/types.js";
import type { Links } from "../links/index.js";
import type { ShopInfo } from "../templates/shop-info.js";
import type { Templates } from "../templates/templates.js";
import type { Channel, Delivery, Frozen } from "./channel.js";
import { mapAnswer, mapNetworkError, type ProviderAnswer } from "./http-provider/outcome.js";
import { parsePhone } from "./http-provider/phone.js";
import { checkTemplate, fillTemplate, type RequestTemplate } from "./http-provider/request-template.js";
import { makeMessageLinks, messageContext } from "./message-context.js";

export { createReceipts, type ReceiptKind, type Receipts, type ReceiptsOptions } from "./http-provider/receipts.js";
export type { RequestTemplate } from "./http-provider/request-template.js";

/**
 * A channel that is one HTTP request to a provider: SMS, a messenger, a call. The request is written as data, so a new
 * provider needs no code.
 *
 * ```ts
 * const sms = createHttpProviderChannel({
 *   name: "sms", url: "https://sms.example/v1/messages", headers: { authorization: `Bearer ${token}` },
 *   body: { from: "BeanLeaf", to: "{{to}}", text: "{{text}}", callback: "{{callback_url}}" },
 *   idempotent: true, templates, links, shop,
 * });
 * ```
 */
export interface HttpProviderOptions {
  /** Under which name the program calls it; also the last part of `POST /webhooks/<name>`. */
  name: string;
  /** `https`, or `http` on this machine. Redirects are not followed. */
  url: string;
  /** Secrets live here: they are added when sending and never stored with a message. */
  headers?: Record<string, string>;
  body: RequestTemplate;
  /** `json` by default; `form` sends the fields of `body` as a form. */
  encoding?: "json" | "form";
  /**
   * The provider drops a second request with the same `Idempotency-Key` (or with the `{{key}}` in the body). Saying so
   * without being sure sends people the same message twice; not saying so leaves more messages `uncertain`.
   */
  idempotent?: boolean;
  /** How a contact must look. `phone` by default: `+` and the country. */
  contact?: "phone" | ((text: string) => string | null);
  /** JSON pointer to the provider's own id in its answer, for example `/messages/0/id`. */
  provider_id?: string;
  /** Whether this answer says that the contact itself is bad. */
  bad_contact?(answer: { status: number; body: string }): boolean;
  templates: Templates;
  links: Links;
  shop: ShopInfo;
  timeout_ms?: number;
  clock?: () => number;
  fetch?: typeof fetch;
}

type FrozenRequest = { v: 1; type: string; body: string } | { v: 1; refused: string };

/** A text longer than this is a mistake in the template: it would be ten SMS. */
export const TEXT_LENGTH_MAX = 1_600;
const ANSWER_BYTES_MAX = 4_096;

export function createHttpProviderChannel(options: HttpProviderOptions): Channel {
  const { name, templates, links, shop, clock = Date.now } = options;
  checkUrl(options.url);
  checkTemplate(options.body);
  const readContact = typeof options.contact === "function" ? options.contact : parsePhone;

  async function render(message: MessageSend): Promise<Frozen> {
    const to = readContact(message.to);
    if (to === null) return freeze(name, { v: 1, refused: "the contact is unusable" });
    const now = clock();
    const made = await makeMessageLinks(message, links, shop, now);
    const context = messageContext(message, made, shop);
    const { subject, text, html } = await templates.render({
      template: message.template,
      locale: message.locale,
      variant: message.variant,
      context,
    });
    if (text.length > TEXT_LENGTH_MAX && html === null) {
      return freeze(name, {
        v: 1,
        refused: `the text has ${text.length} characters, at most ${TEXT_LENGTH_MAX} are sent`,
      });
    }
    const reference = await links.token("receipt", {
      customer: message.customer,
      store: message.store,
      effect: message.id,
      now,
    });
    const callback_url = `${links.base_url}/webhooks/${name}?ref=${reference}`;
    const values = {
      to,
      text: text.trim(),
      subject,
      html: html ?? "",
      key: message.id,
      reference,
      callback_url,
      locale: message.locale,
    };
    return freeze(name, encode(fillTemplate(options.body, values), options.encoding ?? "json"));
  }

  async function deliver(frozen: Frozen, key: string): Promise<Delivery> {
    const request = JSON.parse(new TextDecoder().decode(frozen.payload)) as FrozenRequest;
    if ("refused" in request)
      return { outcome: "failed", reason: request.refused, suppress: request.refused.startsWith("the contact") };
    const idempotent = options.idempotent ?? false;
    let answer: ProviderAnswer;
    try {
      answer = await send(options, request, key);
    } catch (error) {
      return mapNetworkError(error, idempotent);
    }
    const delivery = mapAnswer(answer, idempotent);
    if (delivery.outcome === "sent") return { ...delivery, ...providerId(options, answer.body) };
    if (delivery.outcome === "failed" && options.bad_contact?.(answer)) return { ...delivery, suppress: true };
    return delivery;
  }

  return { name, render, deliver };
}

async function send(
  options: HttpProviderOptions,
  request: { type: string; body: string },
  key: string,
): Promise<ProviderAnswer> {
  const response = await (options.fetch ?? fetch)(options.url, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": request.type, "idempotency-key": key, ...options.headers },
    body: request.body,
    signal: AbortSignal.timeout(options.timeout_ms ?? 30_000),
  });
  return { status: response.status, body: await readSome(response), retry_after: response.headers.get("retry-after") };
}

/** The beginning of an answer; the status already says what came of it, so a body that breaks off is no failure. */
async function readSome(response: Response): Promise<string> {
  let text = "";
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(chunk);
      if (text.length > ANSWER_BYTES_MAX) break;
    }
  } catch {
    return text;
  }
  return text.slice(0, ANSWER_BYTES_MAX);
}

function providerId(options: HttpProviderOptions, body: string): { provider_id?: string } {
  if (!options.provider_id) return {};
  try {
    const found = options.provider_id
      .split("/")
      .slice(1)
      .reduce<unknown>((inner, part) => (inner as Record<string, unknown> | null)?.[part], JSON.parse(body));
    return typeof found === "string" || typeof found === "number" ? { provider_id: String(found) } : {};
  } catch {
    return {};
  }
}

function encode(body: RequestTemplate, encoding: "json" | "form"): FrozenRequest {
  if (encoding === "json") return { v: 1, type: "application/json", body: JSON.stringify(body) };
  const fields = Object.entries(body as Record<string, unknown>).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return { v: 1, type: "application/x-www-form-urlencoded", body: new URLSearchParams(fields).toString() };
}

function checkUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  const loopback = url !== null && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url === null || !(url.protocol === "https:" || (url.protocol === "http:" && loopback))) {
    throw new TypeError("a provider's `url` must begin with https://");
  }
}

function freeze(channel: string, request: FrozenRequest): Frozen {
  return { channel, payload: new TextEncoder().encode(JSON.stringify(request)) };
}
