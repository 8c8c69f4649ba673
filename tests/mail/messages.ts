// Messages as the core releases them, for tests of letters and channels.
import type { CartView, MessageSend, OperatorTask } from "comeback";
import { createEmailChannel, createLinks, loadTemplates, type SmtpOptions } from "comeback/channels/email";

export const NOW = Date.parse("2026-03-02T09:00:00Z");

export const shop = {
  name: "Bean & Leaf",
  url: "https://shop.example/",
  address: "1 Mill Lane, York",
  colour: "#8a4b2d",
  zone: "Europe/London",
};

export const links = createLinks({
  base_url: "https://shop.example/comeback",
  keys: [{ id: "a", secret: "a secret of at least thirty-two characters" }],
});

export const templates = await loadTemplates();

export function channel(smtp: Partial<SmtpOptions> & { port: number }, over: object = {}) {
  const timeout_ms = { connect: 1_000, greeting: 500, idle: 700, ...smtp.timeout_ms };
  return createEmailChannel({
    smtp: { host: "127.0.0.1", ...smtp, timeout_ms },
    from: "Bean & Leaf <hello@shop.example>",
    templates,
    links,
    shop,
    clock: () => NOW,
    ...over,
  });
}

export const cart: CartView = {
  cart: "1".repeat(32),
  store: "main",
  status: "ready",
  currency: "GBP",
  prepared_at: NOW,
  lines: [
    {
      product: "p1",
      name: "Yirgacheffe, whole beans 1 kg",
      quantity: 1,
      price: 1850,
      price_before: null,
      run_out: "2026-03-04",
      chance: 0.82,
      reason: { code: "rhythm", text: "", low_days: 26, high_days: 31, last: "2026-02-03", source: "own" },
      removed: false,
      next_date: null,
      url: "https://shop.example/p/1",
      image: "https://shop.example/p/1.png",
    },
    {
      product: "p2",
      name: "Paper filters No. 4",
      quantity: 2,
      price: 650,
      price_before: 600,
      run_out: "2026-02-27",
      chance: 0.6,
      reason: { code: "rhythm", text: "", low_days: 40, high_days: 52, quantity: 2, source: "product" },
      removed: false,
      next_date: null,
      url: null,
      image: null,
    },
  ],
  left_out: [{ product: "p9", name: "Oat milk", reason: "out_of_stock" }],
  total: 3150,
  edited: false,
  order: null,
  undo_until: null,
  postponed_in_a_row: 0,
  ask_to_stop: false,
  next_delivery_day: "2026-03-09",
};

export const products = [
  {
    product: "a1",
    name: "Descaler",
    price: 450,
    currency: "GBP",
    url: "https://shop.example/p/a1",
    image: null,
    reason: { code: "companion", text: "", with_name: "Yirgacheffe" },
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
];

export const task: OperatorTask = {
  kind: "operator.task",
  id: "3".repeat(32),
  customer: "c42",
  store: "main",
  task: "call",
  title: "Call Anna Smith",
  name: "Anna Smith",
  phone: "+44 20 7946 0018",
  email: "anna@example.com",
  locale: "en",
  cart: { ...cart, status: "ordered" },
  order: { id: "o1", number: "1042", total: 3150, currency: "GBP" },
  additions: products,
  due_at: NOW + 7_200_000,
  of: null,
};

export function message(over: Partial<MessageSend> = {}, context: Record<string, unknown> = {}): MessageSend {
  const locale = over.locale ?? "en";
  return {
    kind: "message.send",
    id: "2".repeat(32),
    customer: "c42",
    store: "main",
    channel: "email",
    template: "predicted-cart",
    variant: 0,
    topic: "reminders",
    class: "marketing",
    locale,
    to: "anna@example.com",
    sender: null,
    bcc: [],
    not_after: NOW + 86_400_000,
    journey: "service-care",
    run: "4".repeat(32),
    step: "letter",
    ...over,
    context: {
      recipient: { id: "c42", name: "Anna Smith", email: "anna@example.com", phone: null, locale, recommendations: {} },
      cart,
      ...context,
    },
  };
}
