import { OPENING_INSTANT } from "../clock/shop-clock.js";
import type { Grocer } from "../shop/grocer.js";
import type { Chance } from "./chance.js";

const WORDS: Readonly<Record<string, readonly [rating: number, text: string][]>> = {
  coffee: [
    [5, "The first thing I smell in the morning and the last bag I let run out."],
    [4, "Lovely body, a touch dark for my filter."],
    [5, "Makes the kitchen smell like the café we miss."],
  ],
  tea: [
    [5, "Proper tea. My mother took two boxes home."],
    [4, "Gentle and clean; I would like a larger pack."],
  ],
  "oat-milk": [
    [5, "Foams like the real thing. No split, no fuss."],
    [4, "Good in coffee, a little sweet on its own."],
  ],
  pets: [
    [5, "Biscuit approves, and Biscuit approves of nothing."],
    [4, "Clean plate every time. The sack could close better."],
  ],
  "gluten-free": [
    [5, "The rest of the family did not notice. Highest praise."],
    [4, "Holds together if you are kind to it."],
  ],
  household: [
    [5, "Does what it says and smells of nothing alarming."],
    [4, "Refill lasts us about a month."],
  ],
};

/** A handful of opinions, each from somebody who bought the thing. */
export function addReviews(grocer: Grocer, chance: Chance): void {
  const buyer = grocer.db.prepare<[string], { customer: string }>(
    "SELECT DISTINCT o.customer FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.product = ? AND o.status = 'completed' ORDER BY o.customer LIMIT 40",
  );
  const insert = grocer.db.prepare(
    "INSERT INTO reviews (product, customer, rating, text, posted_at) VALUES (?, ?, ?, ?, ?)",
  );
  for (const product of grocer.products.all()) {
    const said = WORDS[product.category];
    const buyers = buyer.all(product.id).map((row) => row.customer);
    if (!said || buyers.length === 0 || !chance.happens(0.6)) continue;
    const [rating, text] = chance.pick(said);
    insert.run(product.id, chance.pick(buyers), rating, text, OPENING_INSTANT - chance.whole(5, 200) * 86_400_000);
  }
}
