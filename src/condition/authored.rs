//! Conditions as they are written. Each leaf is an object with one key.

use super::text::Pattern;
use crate::event::EventKind;
use crate::time::CalendarSpan;
use serde::{Deserialize, Serialize};

/// A test, or several joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Every one holds; an empty list holds.
    All(Vec<Condition>),
    /// At least one holds; an empty list does not hold.
    Any(Vec<Condition>),
    /// Not one holds.
    None(Vec<Condition>),
    /// How the lines of an order or cart are to be read by the tests inside. Without it one line
    /// must satisfy all product tests together.
    Lines(LinesTest),
    /// The product itself.
    Product(Members),
    /// A category of the product.
    Category(Members),
    /// The product's manufacturer.
    Manufacturer(Members),
    /// The product's vendor.
    Vendor(Members),
    /// An attribute chosen with the product, such as its size.
    ProductAttribute(NamedTest),
    /// A specification of the product.
    ProductSpecification(NamedTest),
    /// The customer's roles.
    Role(Members),
    /// The customer's tags.
    Tag(Members),
    /// A field of the registration form.
    RegisterField(NamedTest),
    /// A custom attribute of the customer.
    CustomAttribute(NamedTest),
    /// The address of the page the visitor came from.
    Referrer(Pattern),
    /// The address of the page.
    Url(Pattern),
    /// The store in which the event happened.
    Store(Members),
    /// A field of the event's data by its path, such as `utm.campaign` or `lines.0.quantity`.
    Event(FieldTest),
    /// A field of the customer: `country`, `locale`, `device`, `partner`, `campaign`, `name`, `email`, `phone`, `birthday`.
    Profile(FieldTest),
    /// The order the run is about, or the event's.
    Order(OrderTest),
    /// Orders of the customer, counted.
    Orders(OrdersTest),
    /// Messages of the customer, counted.
    Messages(MessagesTest),
    /// How long ago something last happened.
    Since(SinceTest),
    /// The predicted cart the run is about.
    Cart(CartTest),
    /// The shop's cart has something in it.
    CartHasItems(bool),
    /// The shop's own cart as it stands: what may have stopped the customer.
    ShopCart(ShopCartTest),
    /// Products looked at, counted.
    Viewed(ViewedTest),
    /// What an accumulator of the program counted.
    Counted(CountedTest),
    /// Consent is recorded for marketing on a channel.
    Consent(ChannelTest),
    /// There is a valid contact that is not suppressed.
    Contact(ChannelTest),
    /// What came of the run's last step: `released`, `skipped`, `completed`, `failed`, `timeout`.
    Outcome(Members),
}

/// Membership of the subject's names. At least one of the three lists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Members {
    /// At least one of these.
    pub any_of: Vec<String>,
    /// Every one of these.
    pub all_of: Vec<String>,
    /// Not one of these.
    pub none_of: Vec<String>,
}

impl Members {
    /// Nothing asked.
    pub fn is_empty(&self) -> bool {
        self.any_of.is_empty() && self.all_of.is_empty() && self.none_of.is_empty()
    }

    /// Whether a set of names satisfies all three lists.
    pub fn test(&self, has: impl Fn(&str) -> bool) -> bool {
        (self.any_of.is_empty() || self.any_of.iter().any(|name| has(name)))
            && self.all_of.iter().all(|name| has(name))
            && !self.none_of.iter().any(|name| has(name))
    }
}

/// How lines are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinesTest {
    /// Which lines must satisfy the tests.
    #[serde(rename = "match")]
    pub mode: LineMode,
    /// The tests.
    #[serde(rename = "where")]
    pub test: Box<Condition>,
}

/// Which lines must satisfy the tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineMode {
    /// One line satisfies all tests together.
    #[default]
    Any,
    /// Each line does.
    All,
    /// The order as a whole: different lines may satisfy different tests.
    Whole,
}

/// A named text: an attribute, a specification, a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NamedTest {
    /// Which one.
    pub name: String,
    /// What it must be; without it, it must be set.
    #[serde(default)]
    pub is: Option<Pattern>,
    /// It must not be set.
    #[serde(default)]
    pub absent: bool,
}

/// A field by its path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FieldTest {
    /// Dotted path; numbers index lists.
    pub field: String,
    /// Text it must match.
    #[serde(default)]
    pub is: Option<Pattern>,
    /// A number at least.
    #[serde(default)]
    pub at_least: Option<f64>,
    /// A number at most.
    #[serde(default)]
    pub at_most: Option<f64>,
    /// It must not be there.
    #[serde(default)]
    pub absent: bool,
}

/// One order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct OrderTest {
    /// Its status is one of these.
    pub status: Vec<String>,
    /// It was in one of these statuses at some time.
    pub was: Vec<String>,
    /// Whether it is paid.
    pub paid: Option<bool>,
    /// Whether it is cancelled.
    pub cancelled: Option<bool>,
    /// Total at least, minor units.
    pub total_at_least: Option<i64>,
    /// Total below, minor units.
    pub total_below: Option<i64>,
    /// Goods without shipping at least, minor units.
    pub goods_at_least: Option<i64>,
    /// Goods without shipping below, minor units.
    pub goods_below: Option<i64>,
    /// It is the customer's n-th order, 1 for the first.
    pub nth: Option<u32>,
    /// It is at least the customer's n-th.
    pub nth_at_least: Option<u32>,
    /// The currency the totals are in; an order in another does not pass.
    pub currency: Option<String>,
    /// Whether it was made from a predicted cart.
    pub from_cart: Option<bool>,
}

/// A span to count in: exactly one of the two, or neither for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Since the run began.
    #[default]
    RunStarted,
    /// Since the run's step before this one.
    LastStep,
}

/// Orders in a span of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct OrdersTest {
    /// Counted from this moment of the run.
    pub since: Option<Origin>,
    /// Or counted in the last so much time.
    pub within: Option<CalendarSpan>,
    /// At least so many; 1 when neither bound is given.
    pub at_least: Option<u32>,
    /// At most so many.
    pub at_most: Option<u32>,
    /// Only paid ones.
    pub paid: Option<bool>,
    /// Their totals together at least, minor units.
    pub total_at_least: Option<i64>,
    /// Only orders with a line that satisfies this.
    #[serde(rename = "where")]
    pub test: Option<Box<Condition>>,
}

/// Messages in a span of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct MessagesTest {
    /// Counted from this moment of the run.
    pub since: Option<Origin>,
    /// Or counted in the last so much time.
    pub within: Option<CalendarSpan>,
    /// Only of this journey; `this` is the run's own.
    pub journey: Option<String>,
    /// Only of this step.
    pub step: Option<String>,
    /// Only on this channel.
    pub channel: Option<String>,
    /// Only about this topic.
    pub topic: Option<String>,
    /// Only those that got this far: `sent`, `opened`, `clicked`, `bounced`. Opens are a guess: machines open mail too.
    pub status: Option<String>,
    /// At least so many; 1 when neither bound is given.
    pub at_least: Option<u32>,
    /// At most so many.
    pub at_most: Option<u32>,
}

/// How long ago something last happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SinceTest {
    /// What happened.
    pub last: LastThing,
    /// At least so long ago.
    #[serde(default)]
    pub at_least: Option<CalendarSpan>,
    /// Less than so long ago.
    #[serde(default)]
    pub less_than: Option<CalendarSpan>,
    /// What holds when it never happened.
    #[serde(default)]
    pub never: bool,
}

/// Things with a last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum LastThing {
    Purchase,
    Visit,
    Login,
    Registration,
    CartChange,
    Message,
}

/// The predicted cart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CartTest {
    /// A line was removed or a quantity changed.
    pub edited: Option<bool>,
    /// A person looked at its page.
    pub viewed: Option<bool>,
    /// One of its mails was opened, as far as that can be known.
    pub opened: Option<bool>,
    /// It still waits for an answer.
    pub open: Option<bool>,
    /// It has at least so many lines.
    pub lines_at_least: Option<u32>,
    /// Its total is at least, minor units.
    pub total_at_least: Option<i64>,
}

/// The shop's own cart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ShopCartTest {
    /// The furthest checkout step is one of these.
    pub step: Vec<String>,
    /// What went wrong last is one of these, for example `payment`, `coupon_refused`.
    pub error: Vec<String>,
    /// Quoted shipping at least, minor units.
    pub shipping_at_least: Option<i64>,
    /// Quoted delivery in at least so many days.
    pub delivery_days_at_least: Option<u32>,
    /// Goods at least, minor units.
    pub total_at_least: Option<i64>,
    /// Goods below, minor units.
    pub total_below: Option<i64>,
    /// A line satisfies this.
    #[serde(rename = "where")]
    pub test: Option<Box<Condition>>,
}

/// An accumulator in a span of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CountedTest {
    /// Which accumulator.
    pub of: String,
    /// Counted from this moment of the run.
    pub since: Option<Origin>,
    /// Or counted in the last so much time.
    pub within: Option<CalendarSpan>,
    /// The count, or the sum, is at least this; 1 when neither bound is given.
    pub at_least: Option<f64>,
    /// It is at most this.
    pub at_most: Option<f64>,
}

/// Product views.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ViewedTest {
    /// Counted in the last so much time; all remembered views when absent.
    pub within: Option<CalendarSpan>,
    /// Only products that satisfy this.
    #[serde(rename = "where")]
    pub test: Option<Box<Condition>>,
    /// At least so many; 1 when absent.
    pub at_least: Option<u32>,
    /// Only after a view that satisfies this.
    pub after: Option<Box<Condition>>,
}

/// A channel, and for consent a topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChannelTest {
    /// Which channel.
    pub channel: String,
    /// Which topic; every one when absent.
    #[serde(default)]
    pub topic: Option<String>,
}

impl Condition {
    /// Visits this condition and all inside it.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Condition)) {
        see(self);
        match self {
            Condition::All(list) | Condition::Any(list) | Condition::None(list) => {
                list.iter().for_each(|inner| inner.visit(see))
            }
            Condition::Lines(lines) => lines.test.visit(see),
            _ => {}
        }
    }

    /// Whether this very test is about a product.
    pub fn is_about_product(&self) -> bool {
        matches!(
            self,
            Condition::Product(_)
                | Condition::Category(_)
                | Condition::Manufacturer(_)
                | Condition::Vendor(_)
                | Condition::ProductAttribute(_)
                | Condition::ProductSpecification(_)
                | Condition::Lines(_)
        )
    }
}

/// Which products an event is about, for checking what can apply.
pub fn carries_products(kind: EventKind) -> bool {
    kind.carries_order()
        || matches!(
            kind,
            EventKind::ProductViewed
                | EventKind::CategoryViewed
                | EventKind::ManufacturerViewed
                | EventKind::CartItemAdded
                | EventKind::CartUpdated
                | EventKind::CheckoutStarted
                | EventKind::CheckoutStepReached
                | EventKind::CheckoutFailed
                | EventKind::WishlistUpdated
                | EventKind::ReviewPosted
                | EventKind::ReviewRemoved
        )
}
