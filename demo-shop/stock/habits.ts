/** What a household buys again and again, and how steadily. */
export interface Habit {
  product: string;
  /** A sibling that is sometimes taken instead. */
  sibling?: string;
  /** Median days from one purchase to the next, for one pack. */
  days: number;
  /** Scatter of the gaps, as the deviation of their logarithm: 0.1 like clockwork, 0.5 whenever. */
  sigma: number;
  quantity: number;
}

interface Household {
  name: string;
  share: number;
  /** Taken always, then some of the rest. */
  always: readonly string[];
  some: readonly string[];
}

/** Kinds of households, so that what is bought together belongs together. */
export const HOUSEHOLDS: readonly Household[] = [
  {
    name: "espresso and oat milk",
    share: 20,
    always: ["espresso-500", "oat-barista-6"],
    some: ["hand-soap-lavender", "dish-soap-1", "gf-oats", "water-filter-1", "bin-bags-40"],
  },
  {
    name: "filter coffee",
    share: 13,
    always: ["yirgacheffe-250", "coffee-filters-100"],
    some: ["oat-vanilla-1", "huila-250", "earl-grey-40", "dish-soap-1"],
  },
  {
    name: "pods at the office",
    share: 7,
    always: ["coffee-pods-30"],
    some: ["kitchen-roll-6", "breakfast-tea-160", "dishwasher-60", "oat-barista-6"],
  },
  {
    name: "tea people",
    share: 14,
    always: ["breakfast-tea-80"],
    some: ["chamomile-40", "sencha-100", "soya-1", "water-filter-1", "rooibos-40", "hand-soap-citrus"],
  },
  {
    name: "a cat",
    share: 15,
    always: ["cat-chicken-12", "cat-litter-10"],
    some: ["cat-dry-2", "espresso-250", "toilet-roll-12", "laundry-2"],
  },
  {
    name: "a dog",
    share: 11,
    always: ["dog-chicken-12kg"],
    some: ["dental-sticks-28", "kitchen-roll-6", "breakfast-tea-80", "laundry-2"],
  },
  {
    name: "without gluten",
    share: 13,
    always: ["gf-penne", "gf-bread-mix"],
    some: ["gf-granola-nut", "gf-flour", "gf-crackers", "oat-barista-1", "gf-oats", "peppermint-40"],
  },
  {
    name: "the sensible cupboard",
    share: 7,
    always: ["laundry-2", "dishwasher-30", "toilet-roll-12"],
    some: ["hand-soap-citrus", "bin-bags-40", "dish-soap-1", "decaf-250"],
  },
];

export const SIBLINGS: Readonly<Record<string, string>> = {
  "espresso-500": "espresso-250",
  "yirgacheffe-250": "huila-250",
  "coffee-pods-30": "coffee-pods-lungo-30",
  "cat-chicken-12": "cat-salmon-12",
  "gf-penne": "gf-fusilli",
  "gf-granola-nut": "gf-granola-berry",
  "hand-soap-lavender": "hand-soap-citrus",
  "chamomile-40": "peppermint-40",
};
