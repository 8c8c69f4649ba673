//! Fitting the weights to a shop's own last weeks, and measuring what they are worth there.
//!
//! For each of the last weeks before the model's day the shop is seen as it was on that week's first day; what was bought then is the
//! label. Nothing a training week sees lies after its first day.

use std::collections::BTreeSet;
use std::ops::Range;

use super::dataset::{Dataset, Purchase};
use super::day::Day;
use super::fit::{Examples, Fit, log_loss, move_intercept};
use super::order::{self, Affinities};
use super::record::Neighbour;
use super::snapshot::{Model, Parts};
use super::view::View;
use super::week::{self, WEEK_FEATURES};
use super::weights::{Bend, Weights};
use super::{neighbours, tables};
use crate::customer::purchases::Folder;

/// Weeks looked at.
pub const WEEKS_MAX: usize = 8;

/// Examples kept of each score; the negatives are thinned to fit.
const EXAMPLES_MAX: f64 = 500_000.0;

/// A customer silent for longer than this many days takes no part in the weekly chance.
const SILENT_DAYS_MAX: i32 = 180;

/// Days on which a next order is asked for.
const ORDER_CUTS_MAX: i32 = 18;

/// How strongly weights are pulled to the defaults, in scaled units; those of the next order more, as shops differ less there.
const PULL: f64 = 30.0;
const PULL_REPEAT: f64 = 300.0;

/// Shares that a shop's own weights may have beside the defaults: fitted twice from different sides, weights err less between the two than
/// at either end.
const OWN_SHARES: [f64; 3] = [0.5, 0.75, 1.0];

/// How much more loss on the latest days is put up with for the shop's own weights: they know its products and customers, and the days they
/// are judged by are few.
const OWN_LOSS_SLACK: f64 = 0.005;

/// How much of what the same week asked for more a year ago is expected again: half, as one year is only one.
const SEASON_SHARE: f64 = 0.5;

/// Weeks from which the bend of the weekly chance is fitted: the latest, as seasons pass.
const BEND_WEEKS: usize = 6;

/// Examples of one score, in the order of time.
pub(super) struct Lesson {
    pub examples: Examples,
    /// Where each day's examples start.
    starts: Vec<usize>,
    pull: f64,
}

impl Lesson {
    fn new(width: usize, pull: f64) -> Self {
        Self { examples: Examples::new(width), starts: Vec::new(), pull }
    }

    /// The first example of the latest `days` days.
    fn latest(&self, days: usize) -> usize {
        self.starts.get(self.starts.len().saturating_sub(days)).copied().unwrap_or(0)
    }

    /// Weights between those fitted to all examples and the prior with its intercept moved: what share the fitted ones have is judged by
    /// the latest quarter of the days, with weights fitted to the others.
    ///
    /// Beside them the same share of weights that have not seen the latest quarter, to measure with.
    fn fit(&self, prior: &[f64], emphasis: bool) -> (Vec<f64>, Vec<f64>) {
        let all = 0..self.examples.len();
        let held = self.latest(self.starts.len().div_ceil(4));
        let early = 0..held;
        let own = self.run(early.clone(), prior, prior, None);
        let moved = self.moved(early, prior);
        let loss = |share: f64| log_loss(&self.examples, held..self.examples.len(), &between(&moved, &own, share));
        let best = OWN_SHARES.into_iter().map(|share| (loss(share), share)).min_by(|a, b| a.0.total_cmp(&b.0));
        let share = match best {
            Some((loss_of_best, share)) if held > 0 && loss_of_best <= loss(0.0) * (1.0 + OWN_LOSS_SLACK) => share,
            _ => return (self.moved(all, prior), moved),
        };
        let fitted = self.run(all.clone(), prior, &own, None);
        let fitted = if emphasis { self.run(all.clone(), prior, &fitted, Some(&fitted)) } else { fitted };
        (between(&self.moved(all, prior), &fitted, share), between(&moved, &own, share))
    }

    fn run(&self, rows: Range<usize>, prior: &[f64], start: &[f64], emphasis: Option<&[f64]>) -> Vec<f64> {
        Fit { examples: &self.examples, rows, prior, pull: self.pull, start, emphasis }.run()
    }

    /// The prior with only its intercept fitted.
    fn moved(&self, rows: Range<usize>, prior: &[f64]) -> Vec<f64> {
        move_intercept(&self.examples, rows, prior)
    }
}

/// `share` of the way from the one to the other.
fn between(from: &[f64], to: &[f64], share: f64) -> Vec<f64> {
    from.iter().zip(to).map(|(from, to)| from + share * (to - from)).collect()
}

/// What the weeks say.
pub(super) struct Lessons {
    /// First days of the weeks in `week`.
    pub weeks: Vec<Day>,
    /// The [`season`] on each of them, and on the day the model is made for.
    seasons: Vec<f64>,
    season: f64,
    pub week: Lesson,
    pub repeat: Lesson,
    pub new: Lesson,
}

impl Lessons {
    pub fn new() -> Self {
        Self {
            weeks: Vec::new(),
            seasons: Vec::new(),
            season: 0.0,
            week: Lesson::new(WEEK_FEATURES, PULL),
            repeat: Lesson::new(order::REPEAT_FEATURES, PULL_REPEAT),
            new: Lesson::new(order::NEW_FEATURES, PULL),
        }
    }

    /// The weights these lessons teach, pulled towards `prior`.
    pub fn fit(&self, prior: &Weights) -> Fitted {
        let (week, early_week) = self.week.fit(&prior.week, true);
        let week = week.try_into().unwrap_or(prior.week);
        let early_week = early_week.try_into().unwrap_or(prior.week);
        let held = self.held_weeks();
        let early =
            Weights { bend: self.bend(&early_week, self.week.starts.len() - held), week: early_week, ..prior.clone() };
        let weights = Weights {
            repeat: self.repeat.fit(&prior.repeat, true).0.try_into().unwrap_or(prior.repeat),
            new: self.new.fit(&prior.new, false).0.try_into().unwrap_or(prior.new),
            bend: self.bend(&week, self.week.starts.len()),
            week,
        };
        Fitted { weights, early, held_weeks: self.weeks[self.weeks.len() - held..].to_vec() }
    }

    /// The same weights with the weekly chance set right by the latest weeks.
    pub fn refresh(&self, weights: &Weights) -> Weights {
        Weights { bend: self.bend(&weights.week, self.week.starts.len()), ..weights.clone() }
    }

    fn held_weeks(&self) -> usize {
        self.week.starts.len().div_ceil(4)
    }

    /// The bend that the latest of the first `weeks` weeks ask for.
    fn bend(&self, week: &[f64], weeks: usize) -> Bend {
        let examples = &self.week.examples;
        let start = |at: usize| self.week.starts.get(at).copied().unwrap_or(examples.len());
        let first = weeks.saturating_sub(BEND_WEEKS);
        let rows = start(first)..start(weeks);
        let mut bend = Bend::fit(
            rows.map(|at| (examples.score(week, at), examples.labels[at], f64::from(examples.counts[at]))).collect(),
        );
        // The bend knows the weeks it was fitted to; the week it is for may ask for more.
        bend.shift(SEASON_SHARE * self.seasons.get(weeks).copied().unwrap_or(self.season));
        bend
    }
}

/// What came of fitting.
pub(super) struct Fitted {
    pub weights: Weights,
    /// Weights that have not seen the held weeks.
    pub early: Weights,
    /// First days of the latest weeks, which `early` has not seen.
    pub held_weeks: Vec<Day>,
}

/// How many more order days the week from `day` on had a year earlier than the four weeks before it, as a logarithm; nothing where the shop
/// is younger. A year is 364 days here, so that Mondays meet Mondays.
fn season(data: &Dataset, day: Day) -> f64 {
    let then = day - 364;
    if data.span().is_none_or(|(first, _)| then - first < 28) {
        return 0.0;
    }
    let (mut month, mut week, mut days) = (0.0, 0.0, Vec::new());
    for customer in 0..data.customers() {
        days.clear();
        days.extend(data.of(customer).iter().map(|purchase| purchase.day));
        days.retain(|day| (then - 28..then + 7).contains(day));
        days.sort_unstable();
        days.dedup();
        let before = days.partition_point(|&day| day < then);
        (month, week) = (month + before as f64, week + (days.len() - before) as f64);
    }
    // A few imaginary order days keep small shops quiet.
    libm::log((week + 20.0) / (month / 4.0 + 20.0))
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

/// The days on which a next order is asked for, oldest first: further apart and further back the more seldom customers order, as a shop
/// whose customers come every two months learns nothing of them in eight weeks.
pub(super) fn order_starts(data: &Dataset, until: Day) -> Vec<Day> {
    let Some((first, _)) = data.span() else { return Vec::new() };
    let step = order_step(data, until);
    let cuts = ((until - first - 28) / step).clamp(0, ORDER_CUTS_MAX);
    (1..=cuts).rev().map(|back| until - step * back).collect()
}

/// Half of the usual days between two orders of a customer, from one week to three.
fn order_step(data: &Dataset, until: Day) -> Day {
    let mut gaps = Vec::new();
    let mut days: Vec<Day> = Vec::new();
    for customer in 0..data.customers() {
        days.clear();
        days.extend(data.of(customer).iter().map(|purchase| purchase.day).filter(|&day| day < until));
        days.sort_unstable();
        days.dedup();
        gaps.extend(days.windows(2).map(|pair| pair[1] - pair[0]));
    }
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).map_or(7, |gap| (gap / 2).clamp(7, 21))
}

/// All lessons of a shop, taken one day after the other, so that whoever waits can be told how far it is.
pub(super) struct Course {
    until: Day,
    weeks: Vec<Day>,
    orders: Vec<Day>,
    /// The days of both, oldest first, and how many of them are done.
    starts: Vec<Day>,
    done: usize,
    alike: Vec<Vec<Neighbour>>,
    purchases: f64,
    lessons: Lessons,
}

impl Course {
    /// Everything that can be learned from what was bought before `until`.
    pub fn whole(data: &Dataset, until: Day) -> Self {
        Self::of(data, until, week_starts(data, until), order_starts(data, until))
    }

    /// Only how likely purchases were in the latest weeks.
    pub fn latest_weeks(data: &Dataset, until: Day) -> Self {
        let mut weeks = week_starts(data, until);
        weeks.drain(..weeks.len().saturating_sub(BEND_WEEKS));
        Self::of(data, until, weeks, Vec::new())
    }

    fn of(data: &Dataset, until: Day, weeks: Vec<Day>, orders: Vec<Day>) -> Self {
        let alike = orders.first().map_or_else(Vec::new, |first| neighbours::alike(data, *first));
        let purchases = data.purchases.iter().filter(|purchase| purchase.day < until).count() as f64;
        let mut starts: Vec<Day> = weeks.iter().chain(&orders).copied().collect();
        starts.sort_unstable();
        starts.dedup();
        let lessons = Lessons { season: season(data, until), ..Lessons::new() };
        Self { until, weeks, orders, starts, done: 0, alike, purchases, lessons }
    }

    /// Days done, and days in all.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.starts.len())
    }

    /// Takes the next day; says no when there is none.
    pub fn step(&mut self, data: &Dataset) -> bool {
        let Some(&start) = self.starts.get(self.done) else { return false };
        self.done += 1;
        // About two purchases in three are of a pair of their own.
        let keep = |days: usize| (EXAMPLES_MAX / (self.purchases * 0.66 * days.max(1) as f64)).min(1.0);
        let week = self.weeks.contains(&start).then(|| keep(self.weeks.len()));
        let order = self.orders.contains(&start).then(|| keep(self.orders.len()));
        let model = model_as_of(data, start, &self.alike, &Weights::default());
        learn(data, &model, &Ask { until: self.until, week, order }, &mut self.lessons);
        true
    }

    /// The lessons, all days taken.
    pub fn finish(mut self, data: &Dataset) -> Lessons {
        while self.step(data) {}
        self.lessons
    }
}

/// What is asked of one day: for which scores, and which share of the negatives is kept.
struct Ask {
    until: Day,
    week: Option<f64>,
    order: Option<f64>,
}

fn learn(data: &Dataset, model: &Model, ask: &Ask, lessons: &mut Lessons) {
    let start = model.day();
    if ask.week.is_some() {
        lessons.weeks.push(start);
        lessons.seasons.push(season(data, start));
        lessons.week.starts.push(lessons.week.examples.len());
    }
    if ask.order.is_some() {
        lessons.repeat.starts.push(lessons.repeat.examples.len());
        lessons.new.starts.push(lessons.new.examples.len());
    }
    let (mut folder, mut lines, mut affinities) = (Folder::default(), Vec::new(), Affinities::default());
    for customer in 0..data.customers() {
        data.lines_before(customer, start, &mut lines);
        if lines.is_empty() {
            continue;
        }
        let view = View::new(model, folder.fold_lines(&lines, start));
        let after = || data.of(customer).iter().filter(|purchase| purchase.day >= start && purchase.day < ask.until);
        let kept = |key: u64, label: bool, keep: f64| label || thin(key, customer, start) < keep;
        let count = |label: bool, keep: f64| if label { 1.0 } else { 1.0 / keep };
        let own = week::Customer::new(&view);
        if let Some(keep) = ask.week.filter(|_| start - view.history.customer.last_day <= SILENT_DAYS_MAX) {
            let bought = keys(data, after().filter(|purchase| purchase.day < start + 7));
            for seen in view.seen() {
                let label = bought.contains(&seen.pair.product.0);
                if kept(seen.pair.product.0, label, keep) {
                    lessons.week.examples.push(&week::features(&view, &own, seen), label, count(label, keep));
                }
            }
        }
        let next = after().map(|purchase| purchase.day).min();
        let (Some(next), Some(keep)) = (next, ask.order) else { continue };
        let bought = keys(data, after().filter(|purchase| purchase.day == next));
        affinities.fill(&view);
        for (place, pair) in view.history.pairs.iter().enumerate() {
            let label = bought.contains(&pair.product.0);
            if kept(pair.product.0, label, keep) {
                lessons.repeat.examples.push(
                    &order::repeat_features(&view, &own, &affinities, place),
                    label,
                    count(label, keep),
                );
            }
        }
        for index in order::candidates(&view, &affinities) {
            let record = model.product_at(index);
            let label = bought.contains(&record.key);
            if kept(record.key, label, keep) {
                lessons.new.examples.push(
                    &order::new_features(&view, &affinities, index, &record),
                    label,
                    count(label, keep),
                );
            }
        }
    }
}

fn keys<'a>(data: &Dataset, purchases: impl Iterator<Item = &'a Purchase>) -> BTreeSet<u64> {
    purchases.map(|purchase| data.products[purchase.product as usize].0).collect()
}

/// A number in 0..1 that depends on nothing but the example, so that thinning is the same in every run.
fn thin(product: u64, customer: usize, day: Day) -> f64 {
    let mixed = (product ^ (customer as u64) << 20 ^ day as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as f64 / (1u64 << 24) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::weights::sigmoid;

    /// Eight days of examples whose chance is made by `weights(day)`.
    fn lesson(each_day: usize, weights: impl Fn(usize) -> [f64; 2]) -> Lesson {
        let mut lesson = Lesson::new(1, PULL);
        for day in 0..8 {
            lesson.starts.push(lesson.examples.len());
            let [intercept, weight] = weights(day);
            for at in 0..each_day {
                let feature = (at % 21) as f64 / 5.0 - 2.0;
                let chance = sigmoid(intercept + weight * feature);
                lesson.examples.push(&[feature], true, chance);
                lesson.examples.push(&[feature], false, 1.0 - chance);
            }
        }
        lesson
    }

    #[test]
    fn a_shop_unlike_the_defaults_has_its_own_weights() {
        // Enough of them that the pull to the defaults is no longer felt.
        let (weights, early) = lesson(8_400, |_| [-1.0, 1.5]).fit(&[0.0, -0.5], false);
        assert!((weights[1] - 1.5).abs() < 0.05 && (early[1] - 1.5).abs() < 0.05, "{weights:?} {early:?}");
    }

    #[test]
    fn where_own_weights_fail_the_latest_days_the_defaults_stay_with_their_intercept_moved() {
        // Six days say the opposite of the latest two.
        let turned = lesson(2_100, |day| if day < 6 { [-1.0, -1.5] } else { [-1.0, 1.5] });
        let (weights, early) = turned.fit(&[0.0, 1.5], true);
        assert_eq!((weights[1], early[1]), (1.5, 1.5));
        assert!(weights[0] < -0.3, "{weights:?}");
        let mut young = Lesson::new(1, PULL);
        assert_eq!(young.fit(&[0.5, 2.0], true).0, [0.5, 2.0]);
        young.starts.push(0);
        young.examples.push(&[1.0], false, 50.0);
        assert_eq!(young.fit(&[0.5, 2.0], true).0[1], 2.0, "one day is not enough to judge by");
    }

    #[test]
    fn where_both_err_the_truth_between_them_is_found() {
        // The days pull the shop's own weights to 1.5, the latest are made by 1.0, and the defaults say 0.5.
        let drifting = lesson(2_100, |day| if day < 6 { [-1.0, 1.5] } else { [-1.0, 1.0] });
        let early = drifting.fit(&[-1.0, 0.5], false).1;
        assert!((early[1] - 1.0).abs() < 0.1, "{early:?}");
    }
}
