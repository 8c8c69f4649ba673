//! The chance that a product is bought within the coming week.
//!
//! Calibrated: of a hundred products with a chance of 0.3, about thirty are bought. See [`week`](crate::model::week) for the score.

use crate::customer::purchases::Purchases;
use crate::model::day::Day;
use crate::model::gap::Gap;
use crate::model::view::View;
use crate::model::{Model, ProductKey, week};

use super::rhythm::Reason;

/// Days looked ahead for a delivery day on which a product is likely enough.
pub const LOOK_AHEAD_DAYS_MAX: i32 = 28;

/// A chance and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chance {
    /// Of being bought within the seven days from today on: 0 to 1.
    pub p: f64,
    /// For people.
    pub reason: Reason,
}

/// The chance of every product of a customer, likeliest first, ties by key.
#[must_use]
pub fn week(model: &Model, purchases: &Purchases, today: Day) -> Vec<(ProductKey, Chance)> {
    week_of(&View::new(model, purchases.fold(today)))
}

/// The same for a customer already seen through the model.
#[must_use]
pub fn week_of(view: &View<'_>) -> Vec<(ProductKey, Chance)> {
    let customer = week::Customer::new(view);
    let mut chances: Vec<(ProductKey, Chance)> = view
        .seen()
        .map(|seen| {
            let p = week::chance(view, &customer, seen);
            (seen.pair.product, Chance { p, reason: Reason::of(seen, &Gap::of(view, seen), view.history.today) })
        })
        .collect();
    chances.sort_unstable_by(|a, b| b.1.p.total_cmp(&a.1.p).then(a.0.cmp(&b.0)));
    chances
}

/// The first of the `delivery_days` on which the coming week's chance of `product` reaches `threshold`, supposing that the customer buys
/// nothing until then.
///
/// Days before `today` and more than [`LOOK_AHEAD_DAYS_MAX`] after it are not looked at; nothing where none reaches it.
#[must_use]
pub fn first_day_reaching(
    model: &Model,
    purchases: &Purchases,
    product: ProductKey,
    today: Day,
    delivery_days: &[Day],
    threshold: f64,
) -> Option<Day> {
    let mut days: Vec<Day> = delivery_days
        .iter()
        .copied()
        .filter(|day| (0..=LOOK_AHEAD_DAYS_MAX).contains(&day.saturating_sub(today)))
        .collect();
    days.sort_unstable();
    days.into_iter().find(|&day| {
        let view = View::new(model, purchases.fold(day));
        let found = view.history.pairs.binary_search_by_key(&product, |pair| pair.product);
        found.is_ok_and(|at| week::chance(&view, &week::Customer::new(&view), view.seen_at(at)) >= threshold)
    })
}
