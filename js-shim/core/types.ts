/**
 * The values that cross between the host and the core.
 *
 * The core decides and the host does: everything here is plain data. Instants are integer
 * milliseconds since 1970 UTC, dates are `YYYY-MM-DD` in the customer's zone, money is integer
 * minor units (pence, cents, kopecks) of the currency named beside it.
 */

/** Who says so. It decides which event types are believed; see `EventBy` in `src/event`. */
export type EventBy =
  /** The shop's own server. May say anything about its customers and orders. */
  | "shop"
  /** A mail, SMS or call provider, behind a verified signature. Receipts only. */
  | "provider"
  /** A storefront page. May only observe: views, visits, searches. */
  | "page"
  /** A person who followed a link that we signed for this customer. */
  | "link"
  /** Shop staff, signed in. */
  | "operator"
  /** The host itself: receipts of effects. */
  | "host";

/** Something that happened. `(source, id)` makes intake idempotent. */
export interface EventEnvelope {
  id: string;
  source: string;
  /** Dotted name, for example `order.placed`; the list is in docs/events.md. */
  type: string;
  /** RFC 3339. Facts are dated by it; decisions use `now`. */
  at: string;
  customer: string;
  /** Which of the shop's stores; `main` when absent. */
  store?: string;
  data: Record<string, unknown>;
}

/** What one step is given. Exactly one of the three. */
export type StepInput =
  | { event: EventEnvelope; by: EventBy; trace?: boolean }
  /** The customer's timer: `now` has reached the `wakeAt` that an earlier step returned. */
  | { wake: true; trace?: boolean }
  /** The program was published, or a run over an audience was asked for. */
  | { publish: { enlist?: Enlistment[]; past?: EventEnvelope[] }; trace?: boolean }
  /** History: facts are folded, nothing is triggered and nothing is sent. */
  | { facts: EventEnvelope[]; trace?: boolean };

/** A journey that customers are to begin without an event, if they qualify. */
export interface Enlistment {
  journey: string;
  /** What the run is keyed by; for a backlog the trigger says it. */
  key?: string;
  /** The first day, in milliseconds since 1970 UTC. */
  from: number;
  /** Spread over so many days by a hash of the customer; 0 is at once. */
  days?: number;
}

/** One customer's stored bytes. Two empty arrays are a customer never seen. */
export interface StateBytes {
  hot: Uint8Array;
  purchases: Uint8Array;
}

export interface StepResult {
  /** `null` when the section did not change. */
  hot: Uint8Array | null;
  purchases: Uint8Array | null;
  /** When this customer next needs a wake, or `null` for "nothing to wait for". */
  wakeAt: number | null;
  effects: Effect[];
  /** The event was not believed or not understood; the state is unchanged. */
  refused: Refusal | null;
  /** Only with `trace: true`. */
  trace: TraceLine[];
}

export interface Refusal {
  code: string;
  /** Where in the event, for example `data.order.lines[2].quantity`. */
  path: string;
  message: string;
}

export interface TraceLine {
  /** Nesting depth, for printing. */
  depth: number;
  /** Which room says so: `journey`, `plan`, `replenish`, … */
  room: string;
  text: string;
}

/** Ids are 32 hexadecimal digits: a hash of (run, step, occurrence), never of an attempt. */
interface EffectBase {
  id: string;
  customer: string;
  store: string;
}

export type Effect =
  | MessageSend
  | CartQuote
  | OrderCreate
  | OrderCancel
  | WishlistAdd
  | OperatorTask
  | OperatorCancel
  | RoleChange
  | TagChange
  | AttributeSet
  | OfferIssue
  | BannerShow
  | WebhookCall
  | EventEmit;

/** A message that the plan released. The host renders it once, freezes it, then delivers it. */
export interface MessageSend extends EffectBase {
  kind: "message.send";
  channel: string;
  /** Template id, a name in the host's template folder. */
  template: string;
  /** Which of the template's subjects, for a resend: 0 is the first. */
  variant: number;
  topic: string;
  class: "marketing" | "transactional";
  locale: string;
  /** The contact on this channel: address, phone number, subscription. */
  to: string;
  sender: string | null;
  bcc: string[];
  /** After this instant the message is dropped, never sent late. */
  not_after: number;
  journey: string;
  run: string;
  step: string;
  /** What the template may read: `recipient`, `cart`, `order`, `products`, `offer`, `run`. */
  context: MessageContext;
}

export interface MessageContext {
  recipient: {
    id: string;
    name: string | null;
    email: string | null;
    phone: string | null;
    locale: string;
    recommendations: Record<string, ProductCard[]>;
  };
  cart?: CartView;
  order?: OrderFacts;
  offer?: { code: string; description: string; expires_at: number | null };
  [more: string]: unknown;
}

export interface ProductCard {
  product: string;
  name: string;
  price: number | null;
  currency: string;
  url: string | null;
  image: string | null;
  /** Why it is here, in one sentence. */
  reason: Reason | null;
}

/** Ask the shop for stock, price and successor. Receipt: `effect.completed` with `{quotes: Quote[]}`. */
export interface CartQuote extends EffectBase {
  kind: "cart.quote";
  cart: string;
  lines: { product: string; quantity: number }[];
}

export interface Quote {
  product: string;
  in_stock: boolean;
  discontinued?: boolean;
  /** The product that replaces a discontinued one. */
  successor?: string;
  price: number;
  currency: string;
}

/** Make an order in the shop's unconfirmed state. Receipt result: `{order_id, number, status}`. */
export interface OrderCreate extends EffectBase {
  kind: "order.create";
  cart: string;
  currency: string;
  lines: { product: string; quantity: number; price: number }[];
}

export interface OrderCancel extends EffectBase {
  kind: "order.cancel";
  order: string;
  reason: string;
}

export interface WishlistAdd extends EffectBase {
  kind: "wishlist.add";
  products: string[];
}

/** A task for shop staff; a letter by mail and a row on the operator's page. */
export interface OperatorTask extends EffectBase {
  kind: "operator.task";
  /** `call` after a confirmed cart, `decide` for a link followed and left, `remind` for a late one. */
  task: "call" | "decide" | "remind" | "note";
  title: string;
  name: string | null;
  phone: string | null;
  email: string | null;
  locale: string;
  cart: CartView | null;
  order: { id: string; number: string | null; total: number; currency: string } | null;
  /** Suggested additions to offer on the phone, each with its reason. */
  additions: ProductCard[];
  due_at: number | null;
  /** For `remind`: the task that is late. */
  of: string | null;
}

export interface OperatorCancel extends EffectBase {
  kind: "operator.cancel";
  task: string;
  reason: string;
}

export interface RoleChange extends EffectBase {
  kind: "role.assign" | "role.remove";
  role: string;
}

export interface TagChange extends EffectBase {
  kind: "tag.assign" | "tag.remove";
  tag: string;
}

export interface AttributeSet extends EffectBase {
  kind: "attribute.set";
  name: string;
  value: string | null;
}

/** Reserve a unique code. Receipt result: `{code}`; or `effect.failed` when the budget is spent. */
export interface OfferIssue extends EffectBase {
  kind: "offer.issue";
  offer: string;
  /** The code the core derived from the run; the shop must take it as given. */
  code: string;
  discount: { fixed: number; currency: string } | { percent: number } | { free_shipping: true } | { gift: string };
  minimum: number | null;
  expires_at: number | null;
  budget: number | null;
}

export interface BannerShow extends EffectBase {
  kind: "banner.show";
  banner: string;
  slot: string;
  template: string;
  title: string;
  text: string;
  /** A path of the shop; empty for a banner without a button. */
  url: string;
  not_before: number;
  until: number | null;
  times: number;
  priority: number;
  context: MessageContext;
}

export interface WebhookCall extends EffectBase {
  kind: "webhook.call";
  webhook: string;
  body: unknown;
}

/** Tell a customer something; what crosses customers goes through the host and returns as an event. */
export interface EventEmit extends EffectBase {
  kind: "event.emit";
  event: EventEnvelope;
}

/** A reason a person can read. Hosts localise by `code`; `text` is the English sentence. */
export interface Reason {
  code: string;
  text: string;
  low_days?: number;
  high_days?: number;
  last?: string;
  quantity?: number;
  /** Whose rhythm it is: the customer's own, the product's, its category's, the shop's. */
  source?: "own" | "product" | "category" | "shop" | "fixed";
  [more: string]: unknown;
}

export interface OrderFacts {
  id: string;
  number?: string;
  /** Grows with each change; an older copy is ignored. */
  revision: number;
  status: string;
  placed_at: string;
  currency: string;
  /** Goods and shipping, minor units. */
  total: number;
  goods_total?: number;
  paid?: boolean;
  /** The predicted cart it was made from. */
  cart?: string;
  coupon?: string;
  lines: OrderLine[];
}

export interface OrderLine {
  id: string;
  product: string;
  quantity: number;
  /** For one unit. */
  price: number;
  /** `cancelled` and `returned` lines are as if never bought; absent follows the order. */
  status?: string;
  attributes?: Record<string, string>;
}

export type CartStatus =
  /** Gathered, waiting for the shop's quote. */
  | "quoting"
  /** Offered to the customer; may be edited, confirmed or postponed. */
  | "ready"
  /** Confirmed; the shop is making the order. */
  | "confirming"
  | "ordered"
  | "undone"
  | "postponed"
  /** Nobody answered; the dates were reassigned. */
  | "lapsed"
  /** An ordinary purchase came first. */
  | "superseded"
  /** Nothing was left after the quote. */
  | "empty";

export interface CartView {
  cart: string;
  store: string;
  status: CartStatus;
  currency: string;
  prepared_at: number;
  lines: CartLineView[];
  left_out: { product: string; name: string; reason: string }[];
  total: number;
  edited: boolean;
  order: { id: string; number: string | null } | null;
  /** Until when confirming can be undone. */
  undo_until: number | null;
  postponed_in_a_row: number;
  /** The customer postponed so often that the page asks whether to stop. */
  ask_to_stop: boolean;
  next_delivery_day: string | null;
}

export interface CartLineView {
  product: string;
  name: string;
  quantity: number;
  /** Now, for one unit. */
  price: number;
  /** When it differs from `price`: what it was when the cart was prepared. */
  price_before: number | null;
  /** The day it is expected to run out. */
  run_out: string;
  /** Of being bought in the coming week, 0 to 1; 0 for a product that a journey chose without a forecast. */
  chance: number;
  reason: Reason;
  removed: boolean;
  /** Where a postponed line went. */
  next_date: string | null;
  url: string | null;
  image: string | null;
}

/** Questions that cannot change anything. */
export type Question =
  /** May this released message still go? Asked before every attempt. */
  | { ask: "judge"; effect: string }
  /** With quotes: the cart as it would be confirmed under them. */
  | { ask: "cart"; cart?: string; quotes?: Quote[] }
  /** What is due when and why, for each reminder unit. */
  | { ask: "due" }
  | { ask: "profile" }
  /** What publishing the asked environment's program would do; answers `PublishAnswer`. */
  | { ask: "publish" }
  /** Whether a run of a journey would begin now; answers `{ qualifies, why }`. */
  | { ask: "qualifies"; journey: string; key: string }
  | { ask: "preferences" }
  | { ask: "banners"; slot: string; url?: string }
  | { ask: "recommend"; list: string; limit?: number };

export interface JudgeAnswer {
  verdict: "release" | "hold" | "drop";
  until: number | null;
  reason: string | null;
}

export interface PublishAnswer {
  runs: { journey: string; step: string; fate: "stays" | "restarts" | "leaves" }[];
  /** Journeys the customer was due for before they were switched on. */
  backlog: { journey: string; policy: BacklogPolicy }[];
  /** Accumulators that want the customer's past events of these types. */
  unfilled: { id: string; event: string[] }[];
}

export type BacklogPolicy = "skip" | "all" | { per_day: number };

export interface DueAnswer {
  next_delivery_day: string | null;
  /** Why no cart is made whatever is due: `stopped`, `no_consent`, `nothing_bought`, `no_replenishment`. */
  refusal: string | null;
  units: DueUnit[];
}

export interface DueUnit {
  unit: string;
  /** The product the cart would propose. */
  product: string;
  name: string;
  method: "fixed" | "learned" | "never";
  last_bought: string | null;
  /** The delivery day it will be proposed on, if that is within reach. */
  next_date: string | null;
  run_out: string | null;
  chance: number;
  threshold: number;
  low_days: number | null;
  high_days: number | null;
  quantity: number;
  status: "due" | "waiting" | "in_progress" | "snoozed" | "never";
  snoozed_until: string | null;
  history: { date: string; quantity: number; kind: "bought" | "cancelled" | "postponed" | "removed" }[];
  reason: Reason;
}

export interface ProfileAnswer {
  customer: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  locale: string;
  /** Of the calendar; of several that may be theirs the first. */
  zone: string;
  country: string | null;
  region: string | null;
  roles: string[];
  tags: string[];
  attributes: Record<string, string>;
  consent: { channel: string; topic: string; state: "granted" | "denied"; at: number; source: string }[];
  runs: { run: string; journey: string; key: string; step: string; started_at: number; waiting: string | null }[];
  messages: {
    effect: string;
    journey: string;
    step: string;
    channel: string;
    template: string;
    at: number;
    status: string;
    reason: string | null;
  }[];
  wake_at: number | null;
}

/** A product as the shop describes it. The catalogue snapshot is built from these. */
export interface Product {
  id: string;
  name: string;
  /** Names in other languages, by locale. */
  names?: Record<string, string>;
  categories?: string[];
  manufacturer?: string;
  vendor?: string;
  /** Product type, for `units: type`. */
  type?: string;
  /** Siblings (flavours, sizes) share it, for `units: variant_group`. */
  variant_group?: string;
  /** Units in one pack; 1 when absent. */
  units?: number;
  price: number;
  currency: string;
  in_stock: boolean;
  discontinued?: boolean;
  successor?: string;
  /** RFC 3339; for new arrivals. */
  added_at?: string;
  attributes?: Record<string, string>;
  specifications?: Record<string, string>;
  tags?: string[];
  url?: string;
  image?: string;
}

/** One problem of a program, with its place and what to do about it. */
export interface Problem {
  severity: "error" | "warning";
  /** JSON pointer into the program's tree, for example `/journeys/0/steps/2/wait`. */
  path: string;
  code: string;
  message: string;
  remedy: string | null;
}
