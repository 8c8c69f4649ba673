//! Fitting the weights to a shop's own last weeks, and measuring what they are worth there.
//!
//! For each of the last weeks before the model's day the shop is seen as it was on that week's first day; what was bought then is the
//! label. Nothing a training week sees lies after its first day.

use std::collections::BTreeSet;

use super::dataset::Dataset;
use super::day::Day;
use super::fit::{Examples, logistic};
use super::order::{self, Affinities};
use super::record::Neighbour;
use super::snapshot::{Model, Parts};
use super::view::View;
use super::week::{self, WEEK_FEATURES};
use super::weights::Weights;
use super::{neighbours, tables};
use crate::customer::purchases::Folder;

/// Weeks looked at.
pub const WEEKS_MAX: usize = 8;

/// Examples kept of each score; the negatives are thinned to fit.
const EXAMPLES_MAX: f64 = 400_000.0;

/// A customer silent for longer than this many days takes no part in the weekly chance.
const SILENT_DAYS_MAX: i32 = 180;

/// Within how many days the next order must come to count as an example.
const NEXT_ORDER_DAYS: i32 = 28;

/// How strongly weights are pulled to the defaults, in scaled units.
const PULL: f64 = 30.0;

/// What the weeks say.
pub(super) struct Lessons {
    pub week: Examples,
    pub repeat: Examples,
    pub new: Examples,
}

impl Lessons {
    pub fn new() -> Self {
        Self {
            week: Examples::new(WEEK_FEATURES),
            repeat: Examples::new(order::REPEAT_FEATURES),
            new: Examples::new(order::NEW_FEATURES),
        }
    }

    /// The weights these lessons teach, pulled towards `prior`.
    pub fn fit(&self, prior: &Weights) -> Weights {
        let fit = |examples: &Examples, prior: &[f64]| logistic(examples, prior, PULL);
        Weights {
            week: fit(&self.week, &prior.week).try_into().unwrap_or(prior.week),
            repeat: fit(&self.repeat, &prior.repeat).try_into().unwrap_or(prior.repeat),
            new: fit(&self.new, &prior.new).try_into().unwrap_or(prior.new),
        }
    }
}

/// The first days of the training weeks before `until`, oldest first; none where the shop is too young.
pub(super) fn week_starts(data: &Dataset, until: Day) -> Vec<Day> {
    let Some((first, _)) = data.span() else { return Vec::new() };
    let weeks = ((until - first - 28) / 7).clamp(0, WEEKS_MAX as i32);
    (1..=weeks).rev().map(|back| until - 7 * back).collect()
}

/// The model as it would have been on `day`, with neighbours learned earlier.
pub(super) fn model_as_of(data: &Dataset, day: Day, alike: &[Vec<Neighbour>], weights: &Weights) -> Model {
    let (shop, products) = tables::records(data, day);
    let popular = popular(&products);
    let neighbours = if alike.is_empty() {
        vec![(Vec::new(), Vec::new()); products.len()]
    } else {
        alike.iter().map(|row| (row.clone(), Vec::new())).collect()
    };
    let product_ids = vec![String::new(); products.len()];
    let parts =
        Parts { shop, products, product_ids, neighbours, popular, weights: weights.clone(), ..Parts::default() };
    Model::open(parts.write()).expect("what was just written can be read")
}

/// Indexes of the products bought within the last four weeks, most first; at most a thousand.
pub(super) fn popular(products: &[super::record::Record]) -> Vec<u32> {
    let mut popular: Vec<u32> = (0..products.len() as u32).filter(|&at| products[at as usize].buys_91 > 0).collect();
    popular.sort_by_key(|&at| {
        let record = &products[at as usize];
        std::cmp::Reverse((record.buys_28, record.buys_91, record.buys))
    });
    popular.truncate(1_000);
    popular
}

/// Learns from the weeks that start on `starts`, all before `until`.
pub(super) fn lessons(data: &Dataset, starts: &[Day], until: Day) -> Lessons {
    let mut lessons = Lessons::new();
    let Some(&first) = starts.first() else { return lessons };
    let alike = neighbours::alike(data, first);
    let before = data.purchases.iter().filter(|purchase| purchase.day < until).count() as f64;
    // About two purchases in three are of a pair of their own.
    let keep = (EXAMPLES_MAX / (before * 0.66 * starts.len() as f64)).min(1.0);
    for &start in starts {
        let model = model_as_of(data, start, &alike, &Weights::default());
        week_lessons(data, &model, until, keep, &mut lessons);
    }
    lessons
}

fn week_lessons(data: &Dataset, model: &Model, until: Day, keep: f64, lessons: &mut Lessons) {
    let start = model.day();
    let (mut folder, mut lines, mut affinities) = (Folder::default(), Vec::new(), Affinities::default());
    for customer in 0..data.customers() {
        data.lines_before(customer, start, &mut lines);
        if lines.is_empty() {
            continue;
        }
        let view = View::new(model, folder.fold_lines(&lines, start));
        let after = || data.of(customer).iter().filter(|purchase| purchase.day >= start && purchase.day < until);
        let own = week::Customer::new(&view);
        if start - view.history.customer.last_day <= SILENT_DAYS_MAX {
            let bought: BTreeSet<u64> = after()
                .filter(|purchase| purchase.day < start + 7)
                .map(|purchase| data.products[purchase.product as usize].0)
                .collect();
            for seen in view.seen() {
                let label = bought.contains(&seen.pair.product.0);
                if label || thin(seen.pair.product.0, customer, start) < keep {
                    lessons.week.push(&week::features(&view, &own, seen), label, if label { 1.0 } else { 1.0 / keep });
                }
            }
        }
        let next = after().map(|purchase| purchase.day).min().filter(|&day| day < start + NEXT_ORDER_DAYS);
        let Some(next) = next else { continue };
        let bought: BTreeSet<u64> = after()
            .filter(|purchase| purchase.day == next)
            .map(|purchase| data.products[purchase.product as usize].0)
            .collect();
        affinities.fill(&view);
        for place in 0..view.history.pairs.len() {
            let key = view.history.pairs[place].product.0;
            let label = bought.contains(&key);
            if label || thin(key, customer, start) < keep {
                lessons.repeat.push(
                    &order::repeat_features(&view, &own, &affinities, place),
                    label,
                    if label { 1.0 } else { 1.0 / keep },
                );
            }
        }
        for index in order::candidates(&view, &affinities) {
            let record = model.product_at(index);
            let label = bought.contains(&record.key);
            if label || thin(record.key, customer, start) < keep {
                lessons.new.push(
                    &order::new_features(&view, &affinities, index, &record),
                    label,
                    if label { 1.0 } else { 1.0 / keep },
                );
            }
        }
    }
}

/// A number in 0..1 that depends on nothing but the example, so that thinning is the same in every run.
fn thin(product: u64, customer: usize, day: Day) -> f64 {
    let mixed = (product ^ (customer as u64) << 20 ^ day as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as f64 / (1u64 << 24) as f64
}
