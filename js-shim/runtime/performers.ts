import type { Effect, EventEnvelope, OperatorCancel, OperatorTask } from "../core/types.js";
import type { Shop } from "../shops/shop.js";
import { within } from "./within.js";

/** What came of performing an effect once. A performer that throws is tried again. */
export type Performed =
  | { outcome: "done"; result: unknown }
  | { outcome: "retry"; reason: string; afterMs?: number }
  | { outcome: "failed"; reason: string };

/** Performs one effect. `key` is the effect id: performing twice under one key must be once. */
export type Performer<Kind extends Effect["kind"] = Effect["kind"]> = (
  effect: EffectOf<Kind>,
  key: string,
) => Promise<Performed>;

/** The effects whose kind may be `Kind`. */
type EffectOf<Kind, One = Effect> = One extends { kind: infer Own } ? (Kind extends Own ? One : never) : never;

export type Performers = { [Kind in Exclude<Effect["kind"], "message.send">]: Performer<Kind> };

export interface PerformerOptions {
  shop: Shop;
  /** Addresses that `webhook.call` may call, by the webhook's name in the program. */
  webhooks: Readonly<Record<string, Webhook>>;
  /** Takes an event that one customer's journey sends to another customer. */
  emit(event: EventEnvelope): Promise<void>;
  now(): number;
}

export interface Webhook {
  url: string;
  /** Signs the body as Standard Webhooks does; at least 24 bytes. */
  secret?: string;
}

const webhookTimeoutMs = 20_000;
/** A performer that has not answered by then is tried again; its key keeps it from doing things twice. */
const attemptMs = 60_000;

/** Who performs what: the shop most of it, the host the rest. Replace any by the `performers` option. */
export function performers({ shop, webhooks, emit, now }: PerformerOptions): Performers {
  const role: Performer<"role.assign" | "role.remove"> = async ({ customer, role, kind }, key) => {
    const { assignRole } = shop;
    if (!assignRole) return lacks(shop, "roles");
    return done(await assignRole.call(shop, { key, customer, role, assigned: kind === "role.assign" }));
  };
  const tag: Performer<"tag.assign" | "tag.remove"> = async ({ customer, tag, kind }, key) => {
    const { assignTag } = shop;
    if (!assignTag) return lacks(shop, "tags");
    return done(await assignTag.call(shop, { key, customer, tag, assigned: kind === "tag.assign" }));
  };
  const operator = async (task: OperatorTask | OperatorCancel, key: string): Promise<Performed> =>
    done(await shop.notifyOperator({ key, task }));

  return {
    "cart.quote": async ({ customer, store, lines }) => done({ quotes: await shop.quote({ customer, store, lines }) }),
    "order.create": async ({ customer, store, cart, currency, lines }, key) =>
      done(await shop.createOrder({ key, customer, store, cart, currency, lines })),
    "order.cancel": async ({ order, reason }, key) => done(await shop.cancelOrder({ key, order_id: order, reason })),
    "wishlist.add": async ({ customer, products }, key) => done(await shop.addToWishlist({ key, customer, products })),
    "operator.task": operator,
    "operator.cancel": operator,
    "role.assign": role,
    "role.remove": role,
    "tag.assign": tag,
    "tag.remove": tag,
    "attribute.set": async ({ customer, name, value }, key) => {
      if (!shop.setAttribute) return lacks(shop, "attributes");
      return done(await shop.setAttribute({ key, customer, name, value }));
    },
    "offer.issue": async (offer, key) => {
      if (!shop.issueOffer) return lacks(shop, "offers");
      return done(await shop.issueOffer({ key, customer: offer.customer, offer }));
    },
    // The page asks for its banners; there is nothing to do but to say that it is on the shelf.
    "banner.show": async () => done(null),
    "webhook.call": async ({ webhook, body }, key) => call(webhooks[webhook], webhook, body, key, now()),
    "event.emit": async ({ event }) => done(await emit(event)),
  };
}

/** Runs the performer of the effect's kind; what it throws becomes `retry`, or `failed` if it says so. */
export async function perform(effect: Effect, by: Performers): Promise<Performed> {
  try {
    // The table pairs each kind with its own performer, which the compiler can't follow by index.
    const performer = by[effect.kind as keyof Performers] as Performer | undefined;
    if (!performer) return { outcome: "failed", reason: `nothing here performs \`${effect.kind}\`` };
    return await within(attemptMs, performer(effect as never, effect.id));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return (error as { retryable?: unknown }).retryable === false
      ? { outcome: "failed", reason }
      : { outcome: "retry", reason };
  }
}

function done(result: unknown): Performed {
  return { outcome: "done", result: result ?? null };
}

function lacks({ name }: Shop, what: string): Performed {
  return { outcome: "failed", reason: `shop \`${name}\` has no ${what}` };
}

/** Only addresses the merchant configured are called, and redirects are not followed. */
async function call(to: Webhook | undefined, name: string, body: unknown, id: string, now: number): Promise<Performed> {
  if (!to) return { outcome: "failed", reason: `webhook \`${name}\` is not configured` };
  const text = JSON.stringify(body);
  const response = await fetch(to.url, {
    method: "POST",
    body: text,
    headers: { "content-type": "application/json", ...(await signed(to, id, now, text)) },
    redirect: "manual",
    signal: AbortSignal.timeout(webhookTimeoutMs),
  });
  await response.body?.cancel();
  return answered(response);
}

function answered({ ok, status, headers }: Response): Performed {
  if (ok) return { outcome: "done", result: { status } };
  const reason = `webhook answered ${status}`;
  if (status === 410) return { outcome: "failed", reason };
  const seconds = Number(headers.get("retry-after"));
  return { outcome: "retry", reason, ...(seconds > 0 ? { afterMs: seconds * 1000 } : {}) };
}

/** Headers of Standard Webhooks: https://www.standardwebhooks.com */
async function signed({ secret }: Webhook, id: string, now: number, body: string): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp };
  if (!secret) return headers;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const utf8 = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", utf8.encode(secret), algorithm, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, utf8.encode(`${id}.${timestamp}.${body}`));
  return { ...headers, "webhook-signature": `v1,${btoa(String.fromCharCode(...new Uint8Array(mac)))}` };
}
