//! What the learned model says of a customer's units on one day, in the shape this room needs.

use super::chance;
use super::due::Rhythm;
use super::rhythm::{self, Code, Source};
use crate::customer::purchases::Purchases;
use crate::effect::Reason;
use crate::model::view::View;
use crate::model::{Model, ProductKey};
use crate::time::{Day, day_text};
use std::collections::BTreeMap;

/// One customer through the model on one day: every unit's chance and rhythm.
pub(super) struct Forecast {
    units: BTreeMap<ProductKey, (f64, Rhythm)>,
}

impl Forecast {
    /// Folds a ledger of units once and asks everything of it.
    pub(super) fn of(model: &Model, coarse: &Purchases, day: Day) -> Forecast {
        let view = View::new(model, coarse.fold(day));
        let mut chances: BTreeMap<ProductKey, f64> =
            chance::week_of(&view).into_iter().map(|(unit, chance)| (unit, chance.p)).collect();
        let units = rhythm::reminders(&view)
            .map(|(unit, reminder)| (unit, (chances.remove(&unit).unwrap_or(0.0), rhythm_of(&reminder))));
        Forecast { units: units.collect() }
    }

    /// The chance of a purchase in the coming week, and the rhythm.
    pub(super) fn take(&mut self, unit: ProductKey) -> Option<(f64, Rhythm)> {
        self.units.remove(&unit)
    }
}

fn rhythm_of(reminder: &rhythm::Reminder) -> Rhythm {
    let days = |later: Day| u32::try_from(later.saturating_sub(reminder.last_day)).unwrap_or(0);
    let reason = &reminder.reason;
    let code = match reason.code {
        Code::Rhythm => "rhythm",
        Code::Overdue => "overdue",
        Code::BoughtOnce => "bought_once",
        Code::Postponed => "postponed",
    };
    let source = match reminder.source {
        Source::Own => "own",
        Source::Product => "product",
        Source::Category => "category",
        Source::Shop => "shop",
    };
    Rhythm {
        run_out: reminder.expected_day,
        low_days: days(reminder.low_day),
        high_days: days(reminder.high_day),
        interval_days: days(reminder.expected_day),
        reason: Reason {
            code: code.to_owned(),
            text: reason.english(),
            low_days: u32::try_from(reason.every_low_days).ok(),
            high_days: u32::try_from(reason.every_high_days).ok(),
            last: Some(day_text(reason.last_day)),
            quantity: Some(libm::round(reason.usual_quantity).max(1.0) as u32),
            source: Some(source.to_owned()),
            with: None,
        },
    }
}
