//! The chance that a product is in the customer's next order, whenever that comes.

use super::maths::ln;
use super::record::Record;
use super::view::View;
use super::week::{self, PAIR_FEATURES};
use super::weights::{score, sigmoid};
use crate::model::key::ProductKey;

/// Features of a product bought before: those of the pair, and five of affinity and of other owners.
pub const REPEAT_FEATURES: usize = PAIR_FEATURES + 5;
/// Features of a product never bought.
pub const NEW_FEATURES: usize = 9;

/// Products never bought that are looked at: by affinity, and beside them the most popular.
const NEW_BY_AFFINITY: usize = 60;
const NEW_BY_POPULARITY: usize = 20;

/// How close a product is to what a customer buys: sums over the customer's products of weight times similarity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Affinity {
    /// By the root of purchases decayed by 0.9 per order.
    pub usual: f32,
    /// The same with 0.5: by what was bought last.
    pub last: f32,
}

/// Space for affinities of all products, reused from customer to customer.
#[derive(Clone, Debug, Default)]
pub struct Affinities {
    sums: Vec<Affinity>,
    touched: Vec<u32>,
}

impl Affinities {
    /// Computes the affinities of a customer.
    pub fn fill(&mut self, view: &View<'_>) {
        self.touched.drain(..).for_each(|index| self.sums[index as usize] = Affinity::default());
        self.sums.resize(view.model.len(), Affinity::default());
        for (pair, (_, record)) in view.history.pairs.iter().zip(&view.records) {
            let (usual, last) = (pair.e9.sqrt() as f32, pair.e5.sqrt() as f32);
            for neighbour in view.model.alike(record) {
                let sum = &mut self.sums[neighbour.index as usize];
                if sum.usual == 0.0 {
                    self.touched.push(neighbour.index);
                }
                sum.usual += usual * neighbour.score;
                sum.last += last * neighbour.score;
            }
        }
    }

    /// The affinity of the product with `index`.
    #[must_use]
    pub fn of(&self, index: Option<u32>) -> Affinity {
        index.and_then(|index| self.sums.get(index as usize)).copied().unwrap_or_default()
    }
}

/// A product with its chance of being in the next order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// The product.
    pub product: ProductKey,
    /// The chance.
    pub chance: f64,
    /// Where it is in the customer's history; nothing if it was never bought.
    pub place: Option<usize>,
}

/// All products bought before and the likeliest others, likeliest first.
#[must_use]
pub fn rank(view: &View<'_>, affinities: &mut Affinities) -> Vec<Ranked> {
    affinities.fill(view);
    let customer = week::Customer::new(view);
    let weights = view.model.weights();
    let mut ranked: Vec<Ranked> = (0..view.history.pairs.len())
        .map(|place| {
            let features = repeat_features(view, &customer, affinities, place);
            let chance = sigmoid(score(&weights.repeat, &features));
            Ranked { product: view.history.pairs[place].product, chance, place: Some(place) }
        })
        .collect();
    for index in candidates(view, affinities) {
        let record = view.model.product_at(index);
        let chance = sigmoid(score(&weights.new, &new_features(view, affinities, index, &record)));
        ranked.push(Ranked { product: ProductKey(record.key), chance, place: None });
    }
    ranked.sort_unstable_by(|a, b| b.chance.total_cmp(&a.chance).then(a.product.cmp(&b.product)));
    ranked
}

/// The features of a product bought before.
#[must_use]
pub fn repeat_features(
    view: &View<'_>,
    customer: &week::Customer,
    affinities: &Affinities,
    place: usize,
) -> [f64; REPEAT_FEATURES] {
    let mut features = [0.0; REPEAT_FEATURES];
    features[..PAIR_FEATURES].copy_from_slice(&week::pair_features(view, customer, view.seen_at(place)));
    let (index, record) = &view.records[place];
    let affinity = affinities.of(*index);
    features[PAIR_FEATURES] = ln(f64::from(affinity.usual) + 0.001);
    features[PAIR_FEATURES + 1] = ln(f64::from(affinity.last) + 0.001);
    features[PAIR_FEATURES + 2] = ln(f64::from(record.recent) + 1e-5);
    features[PAIR_FEATURES + 3] = ln(f64::from(record.hazard_order));
    // How many of those who ever bought it did so lately.
    features[PAIR_FEATURES + 4] = ln((f64::from(record.buys_28) + 1.0) / (f64::from(record.buyers) + 5.0));
    features
}

/// The features of a product never bought.
#[must_use]
pub fn new_features(view: &View<'_>, affinities: &Affinities, index: u32, record: &Record) -> [f64; NEW_FEATURES] {
    let affinity = affinities.of(Some(index));
    let customer = &view.history.customer;
    let customers = f64::from(view.model.shop().customers.max(1));
    let share = ln((f64::from(record.buys) + 0.5) / customers);
    let recent = ln(f64::from(record.recent) + 1e-5);
    let bought = customer.order_size * f64::from(customer.orders);
    [
        ln(f64::from(affinity.usual) + 0.001),
        ln(f64::from(affinity.last) + 0.001),
        share,
        recent,
        ln((f64::from(record.buys_28) + 0.5) / customers),
        ln((f64::from(record.buys_7) + 1.0) / (f64::from(record.buys_28) / 4.0 + 1.0)),
        ln(f64::from(customer.products.max(1)) / bought.max(1.0)),
        ln(f64::from(customer.orders.max(1))),
        ln(customer.order_size.max(1.0)),
    ]
}

/// Products never bought that are worth a look: the closest and the most popular.
#[must_use]
pub fn candidates(view: &View<'_>, affinities: &Affinities) -> Vec<u32> {
    let mut owned: Vec<u32> = view.records.iter().filter_map(|(index, _)| *index).collect();
    owned.sort_unstable();
    let fresh = |index: &u32| owned.binary_search(index).is_err();
    let mut close: Vec<u32> = affinities.touched.iter().copied().filter(fresh).collect();
    let by_affinity =
        |a: &u32, b: &u32| affinities.of(Some(*b)).usual.total_cmp(&affinities.of(Some(*a)).usual).then(a.cmp(b));
    if close.len() > NEW_BY_AFFINITY {
        close.select_nth_unstable_by(NEW_BY_AFFINITY, by_affinity);
        close.truncate(NEW_BY_AFFINITY);
    }
    close.extend(view.model.popular().filter(fresh).take(NEW_BY_POPULARITY));
    close.sort_unstable();
    close.dedup();
    close
}

/// Default weights of products bought before; their source is that of [`week::DEFAULT`].
pub const REPEAT_DEFAULT: [f64; REPEAT_FEATURES + 1] = [
    0.6005, -0.0095, 0.0402, -0.3409, -0.5671, 0.1346, 0.0713, 0.0800, 0.4705, -0.0955, 0.0325, 0.0853, -0.0471,
    -0.1122, -0.0791, 0.2460, -0.0040, 0.2383, 0.3017, 0.2775, 0.1291, -0.0669, -0.0434, 0.7223, -0.7660, 0.3906,
    -0.3225, 0.0163, -0.1911, 0.4391, 0.3967, 0.2680, -0.0659, -0.0405, 0.1186, 0.0234, 0.2302, 0.0472, -0.0627,
    0.1014, -0.1616, -0.2158, 0.0,
];

/// Default weights of products never bought; their source is that of [`week::DEFAULT`].
pub const NEW_DEFAULT: [f64; NEW_FEATURES + 1] =
    [-2.1715, -0.2697, 0.4172, -0.8801, 0.4720, 0.5011, 0.2849, 0.5340, -0.1434, 0.3908];
