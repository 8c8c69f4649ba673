//! Which reminder units are due on a delivery day, and why.

use super::forecast::Forecast;
use super::{Method, Shelf, Units};
use crate::customer::purchases::{Kind, Line, Purchases};
use crate::effect::Reason;
use crate::model::{Model, ProductKey};
use crate::time::{Day, day_text};
use std::collections::BTreeSet;

/// A fixed date that is this many of its own intervals past is given up: the customer has moved on.
const FIXED_INTERVALS_MAX: f64 = 3.0;

/// Why a unit is, or is not, in the next cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum DueStatus {
    Due,
    Waiting,
    InProgress,
    Snoozed,
    Never,
}

impl DueStatus {
    /// The word hosts know.
    pub fn word(self) -> &'static str {
        match self {
            DueStatus::Due => "due",
            DueStatus::Waiting => "waiting",
            DueStatus::InProgress => "in_progress",
            DueStatus::Snoozed => "snoozed",
            DueStatus::Never => "never",
        }
    }
}

/// One unit on one delivery day.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Due {
    pub unit: ProductKey,
    pub product: ProductKey,
    pub method: Method,
    pub status: DueStatus,
    pub quantity: u32,
    pub last_day: Day,
    pub run_out: Day,
    /// Of being bought in the week that begins on the delivery day, 0 to 1.
    pub chance: f64,
    pub threshold: f64,
    pub low_days: u32,
    pub high_days: u32,
    pub interval_days: u32,
    pub reason: Reason,
}

/// Every unit of a customer as it stands on a delivery day, the surest first; ties by run-out, then unit.
pub fn due_units(
    units: Units<'_>,
    model: &Model,
    purchases: &Purchases,
    shelf: &Shelf,
    in_progress: &BTreeSet<ProductKey>,
    delivery: Day,
) -> Vec<Due> {
    let coarse = purchases.by_unit(|product| units.unit(product));
    let mut forecast = Forecast::of(model, &coarse, delivery);
    let about = About { units, purchases, coarse: &coarse, shelf, in_progress, delivery };
    let siblings = units.siblings(purchases);
    let mut found: Vec<Due> =
        siblings.iter().filter_map(|(unit, products)| about.unit(*unit, products, forecast.take(*unit))).collect();
    found.sort_by(|a, b| b.chance.total_cmp(&a.chance).then(a.run_out.cmp(&b.run_out)).then(a.unit.cmp(&b.unit)));
    found
}

/// Everything that decides about one unit.
struct About<'a> {
    units: Units<'a>,
    purchases: &'a Purchases,
    coarse: &'a Purchases,
    shelf: &'a Shelf,
    in_progress: &'a BTreeSet<ProductKey>,
    delivery: Day,
}

impl About<'_> {
    fn unit(&self, unit: ProductKey, siblings: &[ProductKey], learned: Option<(f64, Rhythm)>) -> Option<Due> {
        let product = self.units.proposal(siblings, self.purchases)?;
        let last_day = self.coarse.last_bought(unit)?;
        let method = self.units.method(product);
        let threshold = self.units.threshold(product);
        let (chance, rhythm) = match method {
            Method::Fixed { days_per_unit } => {
                let rhythm = fixed(self.units, product, self.coarse, unit, last_day, days_per_unit);
                (fixed_chance(&rhythm, self.delivery), rhythm)
            }
            Method::Learned | Method::Never => learned?,
        };
        let is_due = match method {
            Method::Never => false,
            Method::Fixed { .. } => rhythm.run_out < self.delivery + 7 && !given_up(&rhythm, self.delivery),
            Method::Learned => chance >= threshold,
        };
        let status = self.status(unit, method, last_day, is_due);
        let quantity = usual_quantity(self.purchases.lines_of(product));
        let Rhythm { run_out, low_days, high_days, interval_days, reason } = rhythm;
        Some(Due {
            unit,
            product,
            method,
            status,
            quantity,
            last_day,
            run_out,
            chance,
            threshold,
            low_days,
            high_days,
            interval_days,
            reason,
        })
    }

    fn status(&self, unit: ProductKey, method: Method, last_day: Day, is_due: bool) -> DueStatus {
        let snoozed =
            self.shelf.snoozes.get(&unit).is_some_and(|snooze| snooze.until > self.delivery && last_day < snooze.until);
        match (method, self.in_progress.contains(&unit), snoozed, is_due) {
            (Method::Never, ..) => DueStatus::Never,
            (_, true, ..) => DueStatus::InProgress,
            (_, _, true, _) => DueStatus::Snoozed,
            (_, _, _, true) => DueStatus::Due,
            _ => DueStatus::Waiting,
        }
    }
}

/// What is known of a unit's rhythm.
pub(super) struct Rhythm {
    pub run_out: Day,
    pub low_days: u32,
    pub high_days: u32,
    pub interval_days: u32,
    pub reason: Reason,
}

/// Days for one unit times what was bought last, packs counted by their units.
fn fixed(
    units: Units<'_>,
    product: ProductKey,
    coarse: &Purchases,
    unit: ProductKey,
    last_day: Day,
    days_per_unit: f64,
) -> Rhythm {
    let last = coarse.lines_of(unit).iter().rev().find(|line| line.kind == Kind::Bought && line.day == last_day);
    let bought = last.map_or(1.0, |line| line.quantity.as_f64());
    let per_pack = units.catalogue.get(product).and_then(|product| product.units).unwrap_or(1);
    let days = libm::round(days_per_unit * bought * f64::from(per_pack)).clamp(1.0, 3650.0) as u32;
    let text = format!("one lasts {days_per_unit} days, bought on {}", day_text(last_day));
    Rhythm {
        run_out: last_day.saturating_add(days as i32),
        low_days: days,
        high_days: days,
        interval_days: days,
        reason: Reason {
            code: "fixed".into(),
            text,
            low_days: Some(days),
            high_days: Some(days),
            last: Some(day_text(last_day)),
            quantity: Some(libm::round(bought) as u32),
            source: Some("fixed".into()),
            with: None,
        },
    }
}

/// A fixed date claims no probability; it is sure when due.
fn fixed_chance(rhythm: &Rhythm, delivery: Day) -> f64 {
    if rhythm.run_out < delivery + 7 { 1.0 } else { 0.0 }
}

fn given_up(rhythm: &Rhythm, delivery: Day) -> bool {
    f64::from(delivery - rhythm.run_out) > f64::from(rhythm.interval_days.max(14)) * FIXED_INTERVALS_MAX
}

/// The middle of the last five quantities, at least one.
fn usual_quantity(lines: &[Line]) -> u32 {
    let mut last: Vec<i64> =
        lines.iter().rev().filter(|line| line.kind == Kind::Bought).take(5).map(|line| line.quantity.0).collect();
    last.sort_unstable();
    let middle = last.get(last.len() / 2).copied().unwrap_or(1_000);
    u32::try_from((middle + 500) / 1_000).unwrap_or(1).max(1)
}
