import type { Habit } from "./habits.js";

/**
 * A few customers with a story, so that the first Monday has something to show.
 *
 * Their histories are laid backwards from the day on which they will run out.
 */
export interface Featured {
  name: string;
  email: string | null;
  phone: string;
  locale: "en" | "ru";
  zone: string;
  city: string;
  consent: boolean;
  birthday: string | null;
  /** What staff would say about this customer. */
  note: string;
  /** When this customer last logged in, if that is part of the story. */
  logged_in_at?: number;
  habits: readonly (Habit & { runs_out: string; times: number })[];
}

export const FEATURED: readonly Featured[] = [
  {
    name: "Anna Whitfield",
    email: "anna.whitfield@example.com",
    phone: "+44 20 7946 0114",
    locale: "en",
    zone: "Europe/London",
    city: "London",
    consent: true,
    birthday: "1988-03-19",
    note: "Coffee, oat milk and a cat called Biscuit. Runs out of three things next week.",
    habits: [
      { product: "espresso-500", days: 21, sigma: 0.05, quantity: 1, runs_out: "2026-03-11", times: 15 },
      { product: "oat-barista-6", days: 16, sigma: 0.06, quantity: 1, runs_out: "2026-03-12", times: 20 },
      {
        product: "cat-chicken-12",
        sibling: "cat-salmon-12",
        days: 14,
        sigma: 0.05,
        quantity: 2,
        runs_out: "2026-03-10",
        times: 22,
      },
      { product: "hand-soap-lavender", days: 36, sigma: 0.1, quantity: 1, runs_out: "2026-04-07", times: 8 },
    ],
  },
  {
    name: "Дмитрий Соколенко",
    email: "dmitry.sokolenko@example.org",
    phone: "+7 343 000 17 42",
    locale: "ru",
    zone: "Asia/Yekaterinburg",
    city: "Yekaterinburg",
    consent: true,
    birthday: "1979-11-02",
    note: "Tea by the kettle. His letters are in Russian and come at nine in Yekaterinburg.",
    habits: [
      { product: "breakfast-tea-80", days: 26, sigma: 0.05, quantity: 1, runs_out: "2026-03-11", times: 12 },
      { product: "sencha-100", days: 30, sigma: 0.06, quantity: 1, runs_out: "2026-03-13", times: 10 },
      { product: "water-filter-1", days: 56, sigma: 0.05, quantity: 1, runs_out: "2026-03-12", times: 6 },
    ],
  },
  {
    name: "Priya Raman",
    email: "priya.raman@example.net",
    phone: "+44 20 7946 0127",
    locale: "en",
    zone: "Europe/London",
    city: "London",
    consent: true,
    birthday: "1992-07-30",
    note: "Bakes without gluten, swaps penne for fusilli and back.",
    habits: [
      {
        product: "gf-penne",
        sibling: "gf-fusilli",
        days: 22,
        sigma: 0.07,
        quantity: 2,
        runs_out: "2026-03-12",
        times: 15,
      },
      { product: "gf-bread-mix", days: 15, sigma: 0.06, quantity: 1, runs_out: "2026-03-10", times: 21 },
      {
        product: "gf-granola-nut",
        sibling: "gf-granola-berry",
        days: 13,
        sigma: 0.08,
        quantity: 1,
        runs_out: "2026-03-13",
        times: 24,
      },
    ],
  },
  {
    name: "Greta Lindner",
    email: "greta.lindner@example.com",
    phone: "+49 30 23125 208",
    locale: "en",
    zone: "Europe/Berlin",
    city: "Berlin",
    consent: true,
    birthday: null,
    note: "A large dog with a small appetite for change.",
    habits: [
      { product: "dog-chicken-12kg", days: 35, sigma: 0.04, quantity: 1, runs_out: "2026-03-13", times: 9 },
      { product: "dental-sticks-28", days: 28, sigma: 0.05, quantity: 1, runs_out: "2026-03-11", times: 11 },
    ],
  },
  {
    name: "Kwame Mensah",
    email: "kwame.mensah@example.org",
    phone: "+44 20 7946 0159",
    locale: "en",
    zone: "Europe/London",
    city: "London",
    consent: true,
    birthday: "1984-03-09",
    note: "Buys the clay litter that is no longer made and the tuna that is out of stock: watch what his cart leaves out.",
    habits: [
      { product: "cat-litter-classic-10", days: 21, sigma: 0.05, quantity: 1, runs_out: "2026-03-12", times: 14 },
      { product: "cat-tuna-12", days: 14, sigma: 0.05, quantity: 2, runs_out: "2026-03-11", times: 20 },
      { product: "decaf-250", days: 20, sigma: 0.06, quantity: 1, runs_out: "2026-03-12", times: 14 },
    ],
  },
  {
    name: "Niamh O’Brien",
    email: "niamh.obrien@example.com",
    phone: "+44 20 7946 0171",
    locale: "en",
    zone: "Europe/London",
    city: "London",
    consent: false,
    birthday: null,
    note: "As regular as they come, and has not agreed to letters: she gets none.",
    habits: [
      { product: "espresso-1000", days: 30, sigma: 0.04, quantity: 1, runs_out: "2026-03-11", times: 11 },
      { product: "oat-barista-6", days: 15, sigma: 0.05, quantity: 1, runs_out: "2026-03-12", times: 20 },
    ],
  },
  {
    name: "Carlos Rivera",
    email: null,
    phone: "+1 212 555 0142",
    locale: "en",
    zone: "America/New_York",
    city: "New York",
    consent: false,
    birthday: null,
    note: "Orders by telephone; we have no address to write to.",
    habits: [{ product: "huila-250", days: 14, sigma: 0.06, quantity: 1, runs_out: "2026-03-12", times: 18 }],
  },
];

/** Customers whose story begins with not having been here. */
export const LONG_AWAY: readonly Featured[] = [
  {
    name: "Ruth Adeyemi",
    email: "ruth.adeyemi@example.com",
    phone: "+44 20 7946 0183",
    locale: "en",
    zone: "Europe/London",
    city: "London",
    consent: true,
    birthday: null,
    note: "Ordered once, in March last year, and has not been seen since.",
    logged_in_at: Date.parse("2025-03-14T18:00:00Z"),
    habits: [{ product: "earl-grey-40", days: 24, sigma: 0.05, quantity: 1, runs_out: "2025-04-03", times: 1 }],
  },
];
