//! The accuracy report: what predictions would have been worth in the shop's own last weeks, for a shop owner to read.
//!
//! The weights it measures were fitted to earlier weeks only, and each week is seen as it was on its first day.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::dataset::{Dataset, Purchase};
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
    /// The share that their chances promised; nothing in models of earlier versions.
    #[serde(default)]
    pub promised: f64,
}

const RULES: [&str; 3] = ["Comeback", "most often bought", "usual interval is over"];
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
    promised: [f64; 5],
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
    measure_days(data, until, &mut sums);
    let mean = |sum: f64, count: u32| if count == 0 { 0.0 } else { sum / f64::from(count) };
    let named = |rule: &str, value: f64| RuleFigure { rule: rule.into(), value };
    let threshold = |at: usize| Threshold {
        chance: THRESHOLDS[at],
        lines_per_customer: mean(f64::from(sums.sent[at]), sums.customers),
        bought: mean(f64::from(sums.bought[at]), sums.sent[at]),
        promised: mean(sums.promised[at], sums.sent[at]),
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
    let bought: BTreeSet<u64> = coming.map(|purchase| data.products[purchase.product as usize].0).collect();
    let own = week::Customer::new(view);
    let chances: Vec<f64> = view.seen().map(|seen| week::chance(view, &own, seen)).collect();
    let labels: Vec<bool> = view.seen().map(|seen| bought.contains(&seen.pair.product.0)).collect();
    for (chance, label) in chances.iter().zip(&labels) {
        for at in (0..THRESHOLDS.len()).filter(|&at| *chance >= THRESHOLDS[at]) {
            sums.sent[at] += 1;
            sums.bought[at] += u32::from(*label);
            sums.promised[at] += chance;
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
}

/// How far the expected days were off, for purchases of one week, asked on their own day: the week that lies thirteen weeks back, or six in a
/// young shop, so that there was time to buy again. Only products bought before and bought again count, as neither rule says whether.
fn measure_days(data: &Dataset, until: Day, sums: &mut Sums) {
    let Some((first, _)) = data.span() else { return };
    let Some(origin) = [13, 6].map(|weeks| until - 7 * weeks).into_iter().find(|origin| origin - first >= 56) else {
        return;
    };
    let model = super::training::model_as_of(data, origin, &[], &Weights::default());
    let (mut folder, mut lines) = (Folder::default(), Vec::new());
    for customer in 0..data.customers() {
        let mut days: Vec<Day> = data.of(customer).iter().map(|purchase| purchase.day).collect();
        days.retain(|day| (origin..origin + 7).contains(day));
        days.sort_unstable();
        days.dedup();
        for today in days {
            data.lines_before(customer, today + 1, &mut lines);
            let view = View::new(&model, folder.fold_lines(&lines, today));
            for seen in view.seen().filter(|seen| seen.pair.last_day == today && seen.pair.gaps > 0) {
                let same = |purchase: &&Purchase| data.products[purchase.product as usize].0 == seen.pair.product.0;
                let later = data.of(customer).iter().filter(|purchase| (today + 1..until).contains(&purchase.day));
                let Some(gap) =
                    later.filter(same).map(|purchase| f64::from(purchase.day - today)).min_by(f64::total_cmp)
                else {
                    continue;
                };
                let own = f64::from(seen.pair.last_day - seen.pair.first_day) / f64::from(seen.pair.gaps);
                sums.days_off[0] += (Gap::of(&view, seen).quantile_after(0.0, 0.5) - gap).abs();
                sums.days_off[1] += (own - gap).abs();
                sums.dated += 1;
            }
        }
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
            "Learned from {} customers, {} orders (those of one day are one) and {} products.",
            grouped(self.customers),
            grouped(self.orders),
            grouped(self.products)
        )?;
        let (Some(first), true) = (self.weeks.first(), self.carts > 0) else {
            return writeln!(
                f,
                "There is not enough history yet to measure how well it predicts; what was learned in other shops is used."
            );
        };
        let weeks = if self.weeks.len() == 1 { "week".into() } else { format!("{} weeks", self.weeks.len()) };
        writeln!(f, "\nTried out on the last {weeks}, from {first}, as if they were still to come:")?;
        writeln!(f, "{} times a customer bought something again in one of them.\n", grouped(self.carts))?;
        writeln!(f, "Of 100 products bought again, this many were in the cart of ten proposed to the customer:")?;
        for figure in &self.found {
            writeln!(f, "  {:<28} {:>5.0}", figure.rule, figure.value * 100.0)?;
        }
        if self.days_off.iter().any(|figure| figure.value > 0.0) {
            writeln!(f, "\nAsked when somebody buys a product again, the next time was off by, on average:")?;
            for figure in &self.days_off {
                writeln!(f, "  {:<28} {:>5.1} days", figure.rule, figure.value)?;
            }
        }
        self.write_thresholds(f)?;
        writeln!(f, "\n{}", self.verdict())
    }
}

/// `12,345`
fn grouped(count: u32) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl AccuracyReport {
    fn write_thresholds(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nHow sure should Comeback be before it proposes a product? For 100 customers and one week:")?;
        writeln!(f, "  at least      proposed   bought that week   promised")?;
        for threshold in self.thresholds.iter().filter(|threshold| threshold.lines_per_customer > 0.0) {
            let lines = threshold.lines_per_customer * 100.0;
            let (bought, promised) = (lines * threshold.bought, lines * threshold.promised);
            writeln!(f, "  {:>3.0} % sure  {lines:>9.0}   {bought:>16.0}   {promised:>8.0}", threshold.chance * 100.0)?;
        }
        Ok(())
    }

    /// Whether it is worth switching on, in a sentence.
    fn verdict(&self) -> String {
        let best = self.found.iter().skip(1).max_by(|a, b| a.value.total_cmp(&b.value));
        let (Some(ours), Some(best)) = (self.found.first(), best) else { return String::new() };
        let more = ours.value / best.value.max(1e-9) - 1.0;
        if more >= 0.02 {
            let more = (more * 100.0).min(999.0);
            format!("In short: {more:.0} % more of what they want is in the cart than by the rule `{}`.", best.rule)
        } else if more > -0.02 {
            format!(
                "In short: in this shop the carts are as good as by the rule `{}`, not better; what you gain is the day and the chance.",
                best.rule
            )
        } else {
            format!("In short: in this shop the rule `{}` finds more. Wait for more orders.", best.rule)
        }
    }
}
