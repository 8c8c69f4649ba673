import type { MessageSend } from "../core/types.js";
import type { Links } from "../links/index.js";
import { shopContext, type ShopInfo } from "../templates/shop-info.js";

/** The links of one message. All are made, also those its template doesn't use: making one takes 0.1 ms. */
export interface MessageLinks {
  /** The storefront, with UTM parameters. */
  shop: string;
  /** Pages of the storefront; the storefront where the shop names none, or the message is about nothing of the kind. */
  basket: string;
  order: string;
  friend: string;
  cart: string | null;
  unsubscribe: string;
  preferences: string;
  /** The page on which an operator records a call. */
  operator: string | null;
  /** A picture of one pixel; opening it is logged and means little. */
  open: string;
}

export async function makeMessageLinks(
  message: MessageSend,
  links: Links,
  shop: ShopInfo,
  now: number,
): Promise<MessageLinks> {
  const claims = { customer: message.customer, store: message.store, effect: message.id, now };
  const { cart, task } = message.context as {
    cart?: { cart: string } | null;
    task?: { id: string; customer: string } | null;
  };
  const [cartUrl, unsubscribe, preferences, operator, open] = await Promise.all([
    cart ? links.url("cart", { ...claims, cart: cart.cart }) : null,
    links.url("unsubscribe", { ...claims, topic: `${message.channel}:${message.topic}` }),
    links.url("preferences", claims),
    task ? links.url("operator", { ...claims, customer: task.customer, effect: task.id }) : null,
    links.url("open", claims),
  ]);
  return { ...storefront(message, shop), cart: cartUrl, unsubscribe, preferences, operator, open };
}

function storefront(message: MessageSend, { url, pages }: ShopInfo) {
  const { order, offer } = message.context;
  const to = (page: string | undefined, name: string, value: string | undefined) =>
    withUtm(page && value ? page.replace(`{${name}}`, encodeURIComponent(value)) : url, message);
  return {
    shop: withUtm(url, message),
    basket: withUtm(pages?.basket ?? url, message),
    order: to(pages?.order, "order", order?.id),
    friend: to(pages?.friend, "code", offer?.code),
  };
}

/** What the template reads: the core's context, `links`, `shop`, and addresses in the shop with UTM parameters. */
export function messageContext(message: MessageSend, links: MessageLinks, shop: ShopInfo): Record<string, unknown> {
  const context = addUtm(message.context, message, new URL(shop.url).host, 0) as Record<string, unknown>;
  return { products: recommended(context), ...context, links, shop: shopContext(shop) };
}

/** Letters show one list of products: what the message brought, else all that was recommended, in the program's order. */
function recommended(context: Record<string, unknown>): unknown[] {
  const { recommendations } = (context["recipient"] ?? {}) as { recommendations?: Record<string, unknown[]> };
  return Object.values(recommendations ?? {}).flat();
}

/** How analytics see where a visit came from. Parameters that are there already stay. */
function withUtm(url: string, message: MessageSend): string {
  const tagged = new URL(url);
  const values = {
    utm_source: "comeback",
    utm_medium: message.channel,
    utm_campaign: message.journey,
    utm_content: message.step,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value && !tagged.searchParams.has(name)) tagged.searchParams.set(name, value);
  }
  return tagged.href;
}

const DEPTH_MAX = 24;

function addUtm(value: unknown, message: MessageSend, host: string, depth: number): unknown {
  if (depth > DEPTH_MAX || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => addUtm(item, message, host, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      const ours = key === "url" && typeof field === "string" && URL.canParse(field) && new URL(field).host === host;
      return [key, ours ? withUtm(field, message) : addUtm(field, message, host, depth + 1)];
    }),
  );
}
