//! Replenishment as it is written.

use crate::time::{CalendarSpan, ClockTime, Weekday};
use serde::{Deserialize, Serialize};

/// The predicted cart: when, of what, how sure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Replenish {
    /// The day and hour, in the customer's zone, for which carts are gathered.
    pub delivery_day: DeliveryDay,
    /// What a date is kept for.
    pub units: UnitKind,
    /// How dates are found.
    pub method: Method,
    /// Other methods and units for some products; the first rule that names a product counts.
    pub rules: Vec<UnitRule>,
    /// Under `learned`: how likely a purchase in the coming week must be, 0 to 1. Low values send
    /// long carts that miss often; high values send rarely and hit. `model build` prints what each would do.
    pub threshold: f64,
    /// Which sibling of a unit is proposed.
    pub propose: Propose,
    /// Lines in one cart; the surest stay.
    pub lines_max: u32,
    /// Carts are prepared so long before the hour, spread over customers, so that Monday comes softly.
    pub prepare_ahead: CalendarSpan,
    /// A cart that could not be offered within this time after its hour waits for the next delivery day.
    pub offer_within: CalendarSpan,
    /// After confirming, so long it can be undone.
    pub undo_within: CalendarSpan,
    /// Business hours in which the customer is to be called.
    pub call_within_hours: u32,
    /// Additions suggested to the operator.
    pub additions: u8,
    /// After so many postponements in a row the page asks whether to stop.
    pub ask_to_stop_after: u32,
    /// The topic consent is asked for.
    pub topic: String,
}

impl Default for Replenish {
    fn default() -> Self {
        Replenish {
            delivery_day: DeliveryDay::default(),
            units: UnitKind::Product,
            method: Method::Learned,
            rules: Vec::new(),
            threshold: 0.25,
            propose: Propose::Last,
            lines_max: 12,
            prepare_ahead: CalendarSpan::minutes(180),
            offer_within: CalendarSpan::minutes(12 * 60),
            undo_within: CalendarSpan::minutes(15),
            call_within_hours: 4,
            additions: 3,
            ask_to_stop_after: 3,
            topic: "replenishment".into(),
        }
    }
}

/// When carts are offered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryDay {
    /// The day of the week.
    pub weekday: Weekday,
    /// The local hour.
    pub at: ClockTime,
}

impl Default for DeliveryDay {
    fn default() -> Self {
        DeliveryDay { weekday: Weekday::Monday, at: ClockTime::hm(9, 0) }
    }
}

/// What a date is kept for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// Each product by itself.
    #[default]
    Product,
    /// Siblings (flavours, sizes) together.
    VariantGroup,
    /// All products of a type together.
    Type,
}

/// How dates are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// From the customer's own rhythm, helped by the product's, its category's and the shop's.
    #[default]
    Learned,
    /// So many days for one unit; quantity counts linearly.
    Fixed {
        /// Days one unit lasts.
        days_per_unit: f64,
    },
    /// Never proposed.
    Never,
}

/// Another method or unit for some products.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct UnitRule {
    /// These products.
    pub products: Vec<String>,
    /// Products in these categories.
    pub categories: Vec<String>,
    /// Products of these types.
    pub types: Vec<String>,
    /// How dates are found.
    pub method: Option<Method>,
    /// What a date is kept for.
    pub units: Option<UnitKind>,
    /// How likely it must be.
    pub threshold: Option<f64>,
}

/// Which sibling of a unit is proposed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Propose {
    /// The one bought last.
    #[default]
    Last,
    /// The one bought most often.
    Most,
}
