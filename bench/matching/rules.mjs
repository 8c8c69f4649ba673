// Rules as a merchant writes them, from twelve families, steered so that an event fires about two
// of them however many there are: a shop with more rules has narrower ones.
import {
  campaigns,
  categoryOf,
  countries,
  devices,
  drawProduct,
  makeEvents,
  manufacturerOf,
  roles,
  shop,
  sites,
  words,
} from "./events.mjs";
import { closureOf } from "./closures.mjs";
import { random } from "./random.mjs";

/** Firings an event should have. */
const FIRINGS = 1.9;
/** Events on which a rule is tried, and how often a rule is drawn anew. */
const SAMPLE = 4_000;
const TRIES = 30;

const is = (...names) => ({ any_of: names });
const field = (name, test) => ({ event: { field: name, ...test } });
const equals = (name, ...values) => field(name, { is: is(...values) });
const all = (...list) => ({ all: list });

const viewed = ["product.viewed"];
const visited = ["page.visited"];
const withProduct = [["product.viewed"], ["product.viewed"], ["cart.item_added"], ["order.placed"]];
const everything = ["product.viewed", "page.visited", "cart.item_added", "order.placed", "customer.registered"];

const family = [
  // One product.
  (draw) => [draw.pick(withProduct), all({ product: is(`p${draw.product()}`) }, ...narrow(draw, 1))],
  // Several products.
  (draw) => [
    draw.pick(withProduct),
    all({ product: is(...some(draw, 8, () => `p${draw.product()}`)) }, ...narrow(draw, 1)),
  ],
  (draw) => [draw.pick(withProduct), all({ category: is(...someCategories(draw)) }, ...narrow(draw, 2))],
  (draw) => [draw.pick(withProduct), all({ manufacturer: is(...someManufacturers(draw)) }, ...narrow(draw, 2))],
  (draw) => {
    const product = draw.product();
    const both = [{ category: is(categoryOf(product)) }, { manufacturer: is(manufacturerOf(product)) }];
    return [draw.pick(withProduct), all(...both, ...narrow(draw, 1))];
  },
  // A piece of the address.
  (draw) => [visited, all({ url: { contains: [aPiece(draw)] } }, ...narrow(draw, 1))],
  (draw) => [visited, all({ referrer: { contains: [`${draw.pick(sites)}/${draw.pick(words)}`] } }, ...narrow(draw, 2))],
  // One of several.
  (draw) => [
    viewed,
    all(
      {
        any: [
          { product: is(`p${draw.product()}`) },
          { product: is(`p${draw.product()}`) },
          all({ category: is(...someCategories(draw)) }, ...narrow(draw, 2)),
        ],
      },
      ...narrow(draw, 1),
    ),
  ],
  // Something but not something.
  (draw) => [
    viewed,
    all(
      { category: is(...someCategories(draw)) },
      { none: [{ manufacturer: is(...someManufacturers(draw)) }, equals("country", draw.pick(countries))] },
      ...narrow(draw, 1),
    ),
  ],
  // Several types of event.
  (draw) => [
    ["product.viewed", "cart.item_added", "order.placed"],
    all({ product: is(`p${draw.product()}`, `p${draw.product()}`) }, ...narrow(draw, 1)),
  ],
  // Nothing but the cart, the hour, the orders.
  (draw) => [
    [draw.pick(everything)],
    all(
      { role: is(draw.pick(roles)) },
      field("cart_total", { at_least: 1_000 * draw.between(20, 49) }),
      ...narrow(draw, 3),
    ),
  ],
  // Broad.
  (draw) => [
    draw.pick([visited, ["cart.item_added"], ["customer.registered"]]),
    all(equals("country", ...some(draw, draw.wide ? 9 : 3, () => draw.pick(countries))), ...narrow(draw, 3)),
  ],
];

/** `[{id, kinds, when}]` */
export function makeRules(count, seed) {
  const draw = random(seed);
  // Many rules are about everything there is and ask for more; few are about what sells.
  draw.product = count > 100 ? () => draw.below(shop.products) : () => drawProduct(draw);
  draw.fewest = count > 1_000 ? 2 : count > 100 ? 1 : 0;
  draw.wide = count <= 10;
  const sample = makeEvents(SAMPLE, seed + 1);
  const fair = FIRINGS / count;
  const rules = [];
  let firings = 0;
  for (let number = 0; number < count; number++) {
    const wanted = Math.max(0, fair * (number + 1) + 0.02 - firings);
    // Five and twelve have no common divisor: ten rules are of ten families, general ones among them.
    const { rule, share } = steered(draw, family[(number * 5 + 10) % family.length], sample, wanted, fair);
    rules.push({ id: `rule-${number}`, ...rule });
    firings += share;
  }
  return rules;
}

/** Draws until a rule fires often enough and not too often, else takes the nearest. */
function steered(draw, make, sample, wanted, fair) {
  const enough = fair < 4 / SAMPLE ? 0 : Math.min(wanted, fair) / 3;
  let best;
  for (let tries = 0; tries < TRIES; tries++) {
    const [kinds, when] = make(draw);
    const rule = { kinds, when };
    const share = sample.filter(closureOf(rule)).length / SAMPLE;
    if (share >= enough && share <= wanted) return { rule, share };
    if (!best || Math.abs(share - wanted) < Math.abs(best.share - wanted)) best = { rule, share };
  }
  return best;
}

/** Further tests, up to so many. */
function narrow(draw, most) {
  const tests = [
    () => equals("country", draw.pick(countries)),
    () => equals("device", draw.pick(devices)),
    () => equals("campaign", ...some(draw, 2, () => draw.pick(campaigns))),
    () => field("hour", { at_least: draw.below(12), at_most: draw.between(12, 23) }),
    () => field("orders", { at_least: draw.between(1, 12) }),
    () => field("cart_total", { at_least: 1_000 * draw.between(1, 45) }),
    () => field("days_since_order", { at_most: draw.between(10, 300) }),
    () => ({ role: is(draw.pick(roles)) }),
  ];
  return Array.from({ length: draw.between(Math.min(draw.fewest, most), most) }, () => draw.pick(tests)());
}

const some = (draw, most, one) => [...new Set(Array.from({ length: draw.between(2, most) }, one))];
const aCategory = (draw) => `c${draw.below(shop.categories)}`;
const aManufacturer = (draw) => `m${draw.below(shop.manufacturers)}`;
const someCategories = (draw) => (draw.wide ? some(draw, 120, () => aCategory(draw)) : [aCategory(draw)]);
const someManufacturers = (draw) => (draw.wide ? some(draw, 50, () => aManufacturer(draw)) : [aManufacturer(draw)]);
const aPiece = (draw) =>
  draw.pick([
    `/${draw.pick(words)}/`,
    `/${draw.pick(words)}-${draw.pick(words)}`,
    `-${draw.pick(words)}-${draw.below(300)}`,
  ]);
