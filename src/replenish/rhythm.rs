//! The reminder date of a product: how often this customer buys it, when it is due, and how sure that is.
//!
//! Not whether it will be bought at all; that is [`chance`](super::chance). The arithmetic of the *fixed* method (days per unit) is not
//! here either, it needs nothing that was learned.
//!
//! ```
//! use comeback::customer::purchases::{Kind, Purchases, Quantity};
//! use comeback::model::{Model, ProductKey};
//! use comeback::replenish::rhythm;
//!
//! let tea = ProductKey::of("", "tea");
//! let mut purchases = Purchases::default();
//! for day in [20_000, 20_030, 20_060] {
//!     purchases.record(tea, day, Kind::Bought, Quantity::units(2));
//! }
//! let reminder = rhythm::reminder(&Model::for_small_shop(), &purchases, tea, 20_070).unwrap();
//! assert_eq!(reminder.last_day, 20_060);
//! assert!(reminder.low_day < reminder.expected_day && reminder.expected_day < reminder.high_day);
//! assert!(reminder.reason.english().starts_with("every "));
//! ```

use serde::{Deserialize, Serialize};

use crate::customer::purchases::Purchases;
use crate::model::day::{self, Day};
use crate::model::gap::{Gap, again};
use crate::model::view::{Seen, View};
use crate::model::{Model, ProductKey};

/// Half the width of the window a reminder aims at, in days.
pub const WINDOW_HALF_DAYS: f64 = 7.5;

/// Where the rhythm mostly comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The customer's own gaps.
    Own,
    /// Other customers of the product.
    Product,
    /// The product's type or category.
    Category,
    /// The shop as a whole.
    Shop,
}

/// When a product is due and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reminder {
    /// Middle of the logarithm of the gap in days.
    pub mu: f64,
    /// Its spread.
    pub sigma: f64,
    /// The day the usual gap after the last purchase is over; may have passed.
    pub expected_day: Day,
    /// Half of all gaps end between this day …
    pub low_day: Day,
    /// … and this one.
    pub high_day: Day,
    /// The likeliest day from today on, given that it has not been bought since: the expected next purchase.
    pub due_day: Day,
    /// The day, from today on, around which a purchase within a week either way is most likely.
    pub best_day: Day,
    /// How likely that is: 0 to 1. A reminder on that day makes sense where this is high.
    pub confidence: f64,
    /// The customer's own gaps.
    pub gaps: u32,
    /// The last purchase.
    pub last_day: Day,
    /// Units bought usually.
    pub usual_quantity: f64,
    /// Where the rhythm mostly comes from.
    pub source: Source,
    /// For people.
    pub reason: Reason,
}

/// Why a date was chosen, in numbers; every language makes its own sentence of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// What the sentence says first.
    pub code: Code,
    /// Half of the gaps are at least this many days …
    pub every_low_days: i32,
    /// … and at most this many.
    pub every_high_days: i32,
    /// The last purchase.
    pub last_day: Day,
    /// Units bought usually.
    pub usual_quantity: f64,
    /// On how many days it was bought.
    pub times: u32,
    /// When it was last postponed since.
    pub postponed_day: Option<Day>,
}

/// The kinds of reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The customer's own rhythm, and it is about time or will be.
    Rhythm,
    /// The customer's own rhythm, and the usual time has passed.
    Overdue,
    /// Bought once; others buy it again after so long.
    BoughtOnce,
    /// Put off by the customer.
    Postponed,
}

impl Reason {
    pub(crate) fn of(seen: Seen<'_>, gap: &Gap, today: Day) -> Self {
        let (low, high) = (gap.quantile(0.25), gap.quantile(0.75));
        let age = today - seen.pair.last_day;
        let code = match seen.pair {
            pair if pair.postponed > 0 => Code::Postponed,
            pair if pair.gaps == 0 => Code::BoughtOnce,
            _ if f64::from(age) > high => Code::Overdue,
            _ => Code::Rhythm,
        };
        Self {
            code,
            every_low_days: whole_days(low),
            every_high_days: whole_days(high),
            last_day: seen.pair.last_day,
            usual_quantity: if seen.pair.usual_quantity > 0.0 { seen.pair.usual_quantity } else { 1.0 },
            times: seen.pair.count,
            postponed_day: (seen.pair.postponed > 0).then_some(seen.pair.postponed_day),
        }
    }

    /// The reason in English: `every 26 to 34 days, last on 3 March, usually two`.
    #[must_use]
    pub fn english(&self) -> String {
        let every = match (self.every_low_days, self.every_high_days) {
            (low, high) if low == high && low == 1 => "every day".to_string(),
            (low, high) if low == high => format!("every {low} days"),
            (low, high) => format!("every {low} to {high} days"),
        };
        let last = day::to_words(self.last_day);
        let usually = usually(self.usual_quantity);
        match self.code {
            Code::Rhythm => format!("{every}, last on {last}{usually}"),
            Code::Overdue => format!("{every}, last on {last}, so it may have run out{usually}"),
            Code::BoughtOnce => format!(
                "bought once, on {last}; customers buy it again after {} to {} days",
                self.every_low_days, self.every_high_days
            ),
            Code::Postponed => format!(
                "{every}, last on {last}, put off on {}{usually}",
                day::to_words(self.postponed_day.unwrap_or(self.last_day))
            ),
        }
    }
}

fn usually(quantity: f64) -> String {
    const WORDS: [&str; 11] = ["", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let whole = libm::round(quantity);
    // Thousands are not units any more but grams, millilitres or till artefacts; a sentence is better without.
    if whole >= 1_000.0 {
        String::new()
    } else if (quantity - whole).abs() > 0.005 {
        format!(", usually {quantity:.2}")
    } else {
        match WORDS.get(whole as usize) {
            Some(&"") => String::new(),
            Some(word) => format!(", usually {word}"),
            None => format!(", usually {whole}"),
        }
    }
}

/// The reminder of a product (or unit, if the ledger was made [coarser](Purchases::by_unit)); nothing if it was never bought.
#[must_use]
pub fn reminder(model: &Model, purchases: &Purchases, product: ProductKey, today: Day) -> Option<Reminder> {
    let view = View::new(model, purchases.fold(today));
    let at = view.history.pairs.binary_search_by_key(&product, |pair| pair.product).ok()?;
    Some(reminder_of(&view, view.seen_at(at)))
}

/// The reminders of all products of a customer, in the order of the history.
pub fn reminders<'v>(view: &'v View<'_>) -> impl Iterator<Item = (ProductKey, Reminder)> + 'v {
    view.seen().map(|seen| (seen.pair.product, reminder_of(view, seen)))
}

/// The reminder of one product of a customer.
#[must_use]
pub fn reminder_of(view: &View<'_>, seen: Seen<'_>) -> Reminder {
    let gap = Gap::of(view, seen);
    let (today, last) = (view.history.today, seen.pair.last_day);
    let age = (today - last).max(0);
    let (best, confidence) = gap.best_window(age, WINDOW_HALF_DAYS);
    let after = |days: f64| last.saturating_add(whole_days(days));
    Reminder {
        mu: gap.mu,
        sigma: gap.sigma,
        expected_day: after(gap.quantile(0.5)),
        low_day: after(gap.quantile(0.25)),
        high_day: after(gap.quantile(0.75)),
        due_day: due_day(&gap, last, today),
        best_day: last.saturating_add(best),
        confidence: confidence * again(view, seen),
        gaps: seen.pair.gaps,
        last_day: last,
        usual_quantity: seen.pair.usual_quantity,
        source: source(seen),
        reason: Reason::of(seen, &gap, today),
    }
}

/// The expected day of the next purchase, given none until `today`.
#[must_use]
pub fn due_day(gap: &Gap, last: Day, today: Day) -> Day {
    last.saturating_add(whole_days(gap.quantile_after(f64::from((today - last).max(0)), 0.5))).max(today)
}

fn source(seen: Seen<'_>) -> Source {
    let (own, product) = (f64::from(seen.pair.gaps), f64::from(seen.record.gaps));
    if own >= 3.0 {
        Source::Own
    } else if product >= 5.0 {
        Source::Product
    } else if seen.record.kind != crate::model::record::NONE || seen.record.category != crate::model::record::NONE {
        Source::Category
    } else {
        Source::Shop
    }
}

fn whole_days(days: f64) -> i32 {
    libm::round(days).clamp(1.0, 3_650.0) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: Code, low: i32, high: i32, quantity: f64, expected: &str) {
        let reason = Reason {
            code,
            every_low_days: low,
            every_high_days: high,
            last_day: 20_515,
            usual_quantity: quantity,
            times: 3,
            postponed_day: Some(20_530),
        };
        assert_eq!(reason.english(), expected);
    }

    #[test]
    fn reasons_read_like_sentences() {
        check(Code::Rhythm, 26, 34, 2.0, "every 26 to 34 days, last on 3 March, usually two");
        check(Code::Rhythm, 7, 9, 12_593.0, "every 7 to 9 days, last on 3 March");
        check(Code::Rhythm, 7, 7, 1.0, "every 7 days, last on 3 March");
        check(Code::Rhythm, 1, 1, 0.35, "every day, last on 3 March, usually 0.35");
        check(Code::Overdue, 26, 34, 24.0, "every 26 to 34 days, last on 3 March, so it may have run out, usually 24");
        check(Code::BoughtOnce, 20, 60, 1.0, "bought once, on 3 March; customers buy it again after 20 to 60 days");
        check(Code::Postponed, 26, 34, 1.0, "every 26 to 34 days, last on 3 March, put off on 18 March");
    }
}
