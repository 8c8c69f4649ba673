//! The accuracy report: what predictions would have been worth in the shop's own last weeks, for a shop owner to read.
//!
//! The weights it measures were fitted to earlier weeks only, and each week is seen as it was on its first day.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::dataset::Dataset;
use super::day::{self, Day};
use super::gap::Gap;
use super::view::{Seen, View};
use super::week;
use super::weights::Weights;
use crate::customer::purchases::Folder;

/// Customers looked at in a week; the first by the hash of their id.
const CUSTOMERS_MAX: usize = 1_000;

/// Lines of a cart.
const CART: usize = 10;

/// Customers silent for longer than this many days would get no cart.
const SILENT_DAYS_MAX: Day = 90;

/// What predictions would have been worth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccuracyReport {
    /// Customers, order days and products the model was built from.
    pub customers: u32,
    /// Order days of all customers.
    pub orders: u32,
    /// Products ever bought.
    pub products: u32,
    /// First days of the weeks measured, as `YYYY-MM-DD`; none where the shop is too young to measure.
    pub weeks: Vec<String>,
    /// Carts in those weeks, of customers who bought something again.
    pub carts: u32,
    /// Share of what was bought again that a cart of ten held, by rule; ours first.
    pub found: Vec<RuleFigure>,
    /// Mean error in days of the expected date of what was bought again, by rule; ours first.
    pub days_off: Vec<RuleFigure>,
    /// What a merchant's threshold would send.
    pub thresholds: Vec<Threshold>,
}

/// A figure of a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleFigure {
    /// What the rule is called.
    pub rule: String,
    /// The figure.
    pub value: f64,
}

/// What a threshold would send and hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The least chance of a line.
    pub chance: f64,
    /// Lines sent a week, on average over the customers who had any chance to get one.
    pub lines_per_customer: f64,
    /// Share of the lines bought within the week.
    pub bought: f64,
}

const RULES: [&str; 3] = ["Comeback", "most often bought", "own mean interval is due"];
const THRESHOLDS: [f64; 5] = [0.05, 0.1, 0.2, 0.3, 0.5];

#[derive(Default)]
struct Sums {
    carts: u32,
    customers: u32,
    found: [f64; 3],
    days_off: [f64; 2],
    dated: u32,
    sent: [u32; 5],
    bought: [u32; 5],
}

/// Measures `weights` in the weeks that start on `starts`.
pub(super) fn measure(data: &Dataset, starts: &[Day], until: Day, weights: &Weights) -> AccuracyReport {
    let mut sums = Sums::default();
    for &start in starts {
        let model = super::training::model_as_of(data, start, &[], weights);
        let (mut folder, mut lines, mut seen) = (Folder::default(), Vec::new(), 0);
        for customer in 0..data.customers() {
            data.lines_before(customer, start, &mut lines);
            if lines.is_empty() || seen == CUSTOMERS_MAX {
                continue;
            }
            let view = View::new(&model, folder.fold_lines(&lines, start));
            if start - view.history.customer.last_day > SILENT_DAYS_MAX {
                continue;
            }
            seen += 1;
            one_customer(data, customer, &view, until, &mut sums);
        }
    }
    let mean = |sum: f64, count: u32| if count == 0 { 0.0 } else { sum / f64::from(count) };
    let named = |rule: &str, value: f64| RuleFigure { rule: rule.into(), value };
    let threshold = |at: usize| Threshold {
        chance: THRESHOLDS[at],
        lines_per_customer: mean(f64::from(sums.sent[at]), sums.customers),
        bought: mean(f64::from(sums.bought[at]), sums.sent[at]),
    };
    AccuracyReport {
        weeks: starts.iter().map(|&start| day::to_text(start)).collect(),
        carts: sums.carts,
        found: (0..3).map(|rule| named(RULES[rule], mean(sums.found[rule], sums.carts))).collect(),
        days_off: vec![
            named(RULES[0], mean(sums.days_off[0], sums.dated)),
            named(RULES[2], mean(sums.days_off[1], sums.dated)),
        ],
        thresholds: (0..THRESHOLDS.len()).map(threshold).collect(),
        ..AccuracyReport::default()
    }
}

fn one_customer(data: &Dataset, customer: usize, view: &View<'_>, until: Day, sums: &mut Sums) {
    let start = view.history.today;
    sums.customers += 1;
    let coming = data.of(customer).iter().filter(|purchase| (start..until.min(start + 7)).contains(&purchase.day));
    let coming: Vec<(u64, Day)> =
        coming.map(|purchase| (data.products[purchase.product as usize].0, purchase.day)).collect();
    let bought: BTreeSet<u64> = coming.iter().map(|purchase| purchase.0).collect();
    let own = week::Customer::new(view);
    let chances: Vec<f64> = view.seen().map(|seen| week::chance(view, &own, seen)).collect();
    let labels: Vec<bool> = view.seen().map(|seen| bought.contains(&seen.pair.product.0)).collect();
    for (chance, label) in chances.iter().zip(&labels) {
        for at in (0..THRESHOLDS.len()).filter(|&at| *chance >= THRESHOLDS[at]) {
            sums.sent[at] += 1;
            sums.bought[at] += u32::from(*label);
        }
    }
    let again = labels.iter().filter(|label| **label).count();
    if again == 0 {
        return;
    }
    sums.carts += 1;
    let often: Vec<f64> = view.seen().map(|seen| f64::from(seen.pair.count)).collect();
    let due: Vec<f64> = view.seen().map(|seen| -f64::from((naive_day(seen) - start).abs())).collect();
    for (found, scores) in sums.found.iter_mut().zip([&chances, &often, &due]) {
        *found += share_found(scores, &labels) / again as f64;
    }
    for (seen, _) in view.seen().zip(&labels).filter(|(_, label)| **label) {
        let day = coming
            .iter()
            .filter(|purchase| purchase.0 == seen.pair.product.0)
            .map(|purchase| purchase.1)
            .min()
            .unwrap_or(start);
        let last = seen.pair.last_day;
        let expected = last + libm::round(Gap::of(view, seen).quantile_after(f64::from(start - last), 0.5)) as Day;
        sums.days_off[0] += f64::from((expected - day).abs());
        sums.days_off[1] += f64::from((naive_day(seen).max(start) - day).abs());
        sums.dated += 1;
    }
}

/// The day the customer's own mean interval is over; thirty days where there is none.
fn naive_day(seen: Seen<'_>) -> Day {
    let pair = seen.pair;
    pair.last_day + if pair.gaps == 0 { 30 } else { (pair.last_day - pair.first_day) / pair.gaps as Day }
}

fn share_found(scores: &[f64], labels: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    order.into_iter().take(CART).filter(|&at| labels[at]).count() as f64
}

impl fmt::Display for AccuracyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Learned from {} customers, {} order days, {} products.",
            self.customers, self.orders, self.products
        )?;
        let (Some(first), true) = (self.weeks.first(), self.carts > 0) else {
            return writeln!(
                f,
                "There is not enough history yet to measure how well it predicts; defaults from other shops are used."
            );
        };
        let weeks = self.weeks.len();
        writeln!(
            f,
            "Measured on the {weeks} weeks from {first}, without having seen them: {} carts of customers who bought again.",
            self.carts
        )?;
        writeln!(f, "\nOf what they bought again, a cart of ten held:")?;
        for figure in &self.found {
            writeln!(f, "  {:<28} {:>5.1} %", figure.rule, figure.value * 100.0)?;
        }
        writeln!(f, "\nThe expected day was off by, on average:")?;
        for figure in &self.days_off {
            writeln!(f, "  {:<28} {:>5.1} days", figure.rule, figure.value)?;
        }
        writeln!(f, "\nHow sure should Comeback be before it proposes a product?")?;
        for threshold in self.thresholds.iter().filter(|threshold| threshold.lines_per_customer > 0.0) {
            let (chance, lines, bought) =
                (threshold.chance * 100.0, threshold.lines_per_customer, threshold.bought * 100.0);
            writeln!(
                f,
                "  at least {chance:>2.0} %: {lines:>6.2} products a customer and week, {bought:>3.0} % of them bought that week"
            )?;
        }
        Ok(())
    }
}
