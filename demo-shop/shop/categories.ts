export interface Category {
  id: string;
  name: string;
  blurb: string;
  /** The product whose picture stands for it. */
  picture: string;
}

export const CATEGORIES: readonly Category[] = [
  {
    id: "coffee",
    name: "Coffee",
    blurb: "Roasted on Tuesdays, at your door by the end of the week.",
    picture: "espresso-500",
  },
  { id: "tea", name: "Tea", blurb: "Bags for the morning, leaves for the afternoon.", picture: "breakfast-tea-80" },
  {
    id: "oat-milk",
    name: "Oat milk & friends",
    blurb: "For coffee, cereal and the odd pancake.",
    picture: "oat-barista-6",
  },
  {
    id: "pets",
    name: "Pet food",
    blurb: "The one delivery that nobody in the house forgives being late.",
    picture: "cat-chicken-12",
  },
  {
    id: "gluten-free",
    name: "Gluten-free pantry",
    blurb: "Pasta, flour and biscuits from mills that do nothing else.",
    picture: "gf-penne",
  },
  {
    id: "household",
    name: "Household",
    blurb: "Soap, filters and the things you notice once they run out.",
    picture: "hand-soap-lavender",
  },
  {
    id: "outdoor",
    name: "Outdoor corner",
    blurb: "A few boats, and what keeps you dry in them.",
    picture: "kayak-one",
  },
];

export function categoryName(id: string): string {
  return CATEGORIES.find((category) => category.id === id)?.name ?? id;
}
