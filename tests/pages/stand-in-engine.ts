// The engine as far as pages see it: carts that obey events, idempotent by event id. It stands in for core and runtime
// where a test is about the page; tests of the whole use the real ones.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { CartView, EventBy, EventEnvelope, OperatorTask, ProfileAnswer, Question } from "comeback";
import {
  createHandler,
  createLinks,
  toNodeListener,
  type FetchedLink,
  type HandlerDeps,
  type Links,
} from "comeback/http";

export const NOW = Date.parse("2026-03-02T09:30:00Z");
export const CART = "1".repeat(32);
export const EFFECT = "2".repeat(32);
export const TASK = "3".repeat(32);
export const PERSONAL = ["Anna Smith", "anna@example.com", "+44 20 7946 0018"];

export function makeCart(over: Partial<CartView> = {}): CartView {
  const line = (product: string, name: string, quantity: number, price: number, over: object = {}) => ({
    product,
    name,
    quantity,
    price,
    price_before: null,
    run_out: "2026-03-05",
    chance: 0.8,
    reason: { code: "rhythm", text: "", low_days: 26, high_days: 31, last: "2026-02-03", source: "own" as const },
    removed: false,
    next_date: null,
    url: `https://shop.example/p/${product}`,
    image: null,
    ...over,
  });
  return {
    cart: CART,
    store: "main",
    status: "ready",
    currency: "GBP",
    prepared_at: NOW - 3_600_000,
    lines: [
      line("p1", "Yirgacheffe, whole beans 1 kg", 1, 1850),
      line("p2", "Paper filters No. 4", 2, 650, { price_before: 600, chance: 0.6 }),
      line("p3", "Rooibos, loose 250 g", 1, 720, { chance: 0.45, run_out: "2026-03-08" }),
    ],
    left_out: [{ product: "p9", name: "Oat milk, 6 × 1 l", reason: "out_of_stock" }],
    total: 3870,
    edited: false,
    order: null,
    undo_until: null,
    postponed_in_a_row: 0,
    ask_to_stop: false,
    next_delivery_day: "2026-03-09",
    ...over,
  };
}

export function makeTask(): OperatorTask {
  return {
    kind: "operator.task",
    id: TASK,
    customer: "c42",
    store: "main",
    task: "call",
    title: "Call Anna Smith",
    name: PERSONAL[0]!,
    email: PERSONAL[1]!,
    phone: PERSONAL[2]!,
    locale: "en",
    cart: makeCart({ status: "ordered" }),
    order: { id: "o1", number: "1042", total: 3870, currency: "GBP" },
    additions: [
      {
        product: "a1",
        name: "Descaler",
        price: 450,
        currency: "GBP",
        url: null,
        image: null,
        reason: { code: "companion", text: "" },
      },
      {
        product: "a2",
        name: "Shortbread",
        price: 390,
        currency: "GBP",
        url: null,
        image: null,
        reason: { code: "popular", text: "" },
      },
    ],
    due_at: NOW + 7_200_000,
    of: null,
  };
}

export interface StandIn {
  handler: (request: Request) => Promise<Response>;
  links: Links;
  /** Everything taken, in order, with who said it. */
  events: { by: EventBy; event: EventEnvelope }[];
  fetched: FetchedLink[];
  renewed: string[];
  reports: string[];
  cart: CartView;
  profile: ProfileAnswer;
  now: number;
  origin: string;
  url(purpose: "cart" | "unsubscribe" | "preferences" | "operator" | "open", over?: object): Promise<string>;
  close(): Promise<void>;
}

export interface StandInOptions {
  cart?: Partial<CartView>;
  locale?: string;
  deps?: Partial<HandlerDeps>;
}

/** Serves the real handler over real HTTP. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const links = createLinks({
    base_url: `${origin}/comeback`,
    keys: [{ id: "a", secret: "a secret of at least thirty-two characters" }],
  });
  const standIn = engine(options, links, origin, server);
  server.on("request", toNodeListener(standIn.handler));
  // A test that fails before it closes must not keep the process.
  server.unref();
  return standIn;
}

function engine(options: StandInOptions, links: Links, origin: string, server: Server): StandIn {
  const seen = new Set<string>();
  const standIn: StandIn = {
    handler: async () => new Response(),
    links,
    events: [],
    fetched: [],
    renewed: [],
    reports: [],
    cart: makeCart(options.cart),
    profile: makeProfile(options.locale ?? "en"),
    now: NOW,
    origin,
    url: (purpose, over = {}) =>
      links.url(purpose, {
        customer: "c42",
        cart: purpose === "cart" ? CART : null,
        effect: purpose === "operator" ? TASK : EFFECT,
        now: standIn.now,
        ...over,
      }),
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  };
  let outcome: "reached" | "not_reached" | null = null;
  standIn.handler = createHandler({
    links,
    shop: {
      name: "Bean & Leaf",
      url: "https://shop.example/",
      address: "1 Mill Lane, York",
      phone: "+44 1904 555 010",
      colour: "#8a4b2d",
      zone: "Europe/London",
    },
    clock: () => standIn.now,
    async ingest(events, by) {
      return events.map((event) => {
        if (seen.has(`${event.source} ${event.id}`)) return { id: event.id, status: "duplicate" as const };
        seen.add(`${event.source} ${event.id}`);
        standIn.events.push({ by, event });
        if (event.type === "operator.call_done") outcome = event.data["outcome"] as "reached";
        apply(standIn, event);
        return { id: event.id, status: "accepted" as const };
      });
    },
    async ask(customer: string, question: Question) {
      if (customer !== "c42") return null;
      return question.ask === "cart"
        ? structuredClone(standIn.cart)
        : question.ask === "profile"
          ? structuredClone(standIn.profile)
          : null;
    },
    log_link: (fetched) => void standIn.fetched.push(fetched),
    async renew(claims) {
      standIn.renewed.push(claims.customer);
    },
    task: async (id) => (id === TASK ? { task: makeTask(), outcome, cancelled: false } : null),
    reports: async (report) => ({ report, from: "", until: "", summary: {}, rows: [{ week: "2026-03-02", sent: 1 }] }),
    report: (problem, cause) => void standIn.reports.push(`${problem} ${String(cause)}`),
    event_secrets: ["an event secret"],
    requests_per_minute_max: 100_000,
    ...options.deps,
  });
  return standIn;
}

function makeProfile(locale: string): ProfileAnswer {
  const [name, email, phone] = PERSONAL as [string, string, string];
  return {
    customer: "c42",
    name,
    email,
    phone,
    locale,
    zone: "Europe/London",
    country: null,
    region: null,
    roles: [],
    tags: [],
    attributes: {},
    consent: [{ channel: "email", topic: "*", state: "granted", at: NOW - 1, source: "checkout" }],
    runs: [],
    messages: [],
    wake_at: null,
  };
}

/** Just enough of the cart's life. */
function apply(standIn: StandIn, { type, data }: EventEnvelope): void {
  const { cart, profile } = standIn;
  const line = cart.lines.find(({ product }) => product === data["product"]);
  switch (type) {
    case "predicted_cart.confirmed":
      if (cart.status !== "ready") return;
      Object.assign(cart, {
        status: "ordered",
        order: { id: "o1", number: "1042" },
        undo_until: standIn.now + 600_000,
      });
      return;
    case "predicted_cart.undone":
      if (cart.status === "ordered" && standIn.now < (cart.undo_until ?? 0))
        Object.assign(cart, { status: "undone", undo_until: null });
      return;
    case "predicted_cart.postponed":
      if (line) Object.assign(line, { removed: true, next_date: data["until"] ?? "2026-03-23" });
      else {
        cart.status = "postponed";
        cart.postponed_in_a_row += 1;
        cart.ask_to_stop = cart.postponed_in_a_row >= 3;
        for (const one of cart.lines) one.next_date ??= (data["until"] as string) ?? "2026-03-23";
      }
      break;
    case "predicted_cart.line_removed":
      if (line) line.removed = true;
      break;
    case "predicted_cart.line_restored":
      if (line) line.removed = false;
      break;
    case "predicted_cart.quantity_changed":
      if (line) line.quantity = data["quantity"] as number;
      break;
    case "predicted_cart.stopped":
    case "predicted_cart.kept":
      cart.ask_to_stop = false;
      break;
    case "consent.changed":
      profile.consent.push({
        ...(data as { channel: string; topic: string; state: "granted" | "denied" }),
        at: standIn.now,
        source: "link",
      });
      break;
  }
  cart.total = cart.lines
    .filter(({ removed }) => !removed)
    .reduce((sum, { price, quantity }) => sum + price * quantity, 0);
}
