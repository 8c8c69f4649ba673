//! What each kind of event carries.

use super::{EventKind, Refusal, read};
use crate::time::Instant;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// Lines one order may have; more is refused.
pub const ORDER_LINES_MAX: usize = 500;
/// Units of one line; more is refused as a mistake.
pub const QUANTITY_MAX: u32 = 1_000_000;

/// The payload by kind, complete and checked.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum EventData {
    Order(Box<OrderData>),
    Profile(Box<ProfileData>),
    Consent(ConsentData),
    Product(ProductData),
    Page(PageData),
    CartItem(CartItemData),
    Cart(CartData),
    PredictedCart(PredictedCartData),
    Message(MessageData),
    Effect(EffectData),
    Operator(OperatorData),
    Other,
}

/// An order as the shop has it now: always whole, never a difference.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct OrderData {
    pub id: String,
    #[serde(default)]
    pub number: Option<String>,
    /// Grows with each change; an older copy is ignored.
    #[serde(default)]
    pub revision: u64,
    pub status: String,
    #[serde(deserialize_with = "instant")]
    pub placed_at: Instant,
    #[serde(default)]
    pub currency: String,
    #[serde(default)]
    pub total: i64,
    #[serde(default)]
    pub goods_total: Option<i64>,
    #[serde(default)]
    pub paid: bool,
    #[serde(default)]
    pub cart: Option<String>,
    #[serde(default)]
    pub coupon: Option<String>,
    pub lines: Vec<OrderLineData>,
}

/// One line of an order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct OrderLineData {
    pub id: String,
    pub product: String,
    pub quantity: u32,
    #[serde(default)]
    pub price: i64,
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// What is known of a person. Absent fields stay as they were; `null` clears.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct ProfileData {
    #[serde(default, deserialize_with = "nullable")]
    pub name: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    pub email: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    pub phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    pub locale: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    pub zone: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    pub region: Option<Option<String>>,
    /// `YYYY-MM-DD` or `--MM-DD`.
    #[serde(default, deserialize_with = "nullable")]
    pub birthday: Option<Option<String>>,
    #[serde(default)]
    pub country: Option<String>,
    #[serde(default)]
    pub roles: Option<Vec<String>>,
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    #[serde(default)]
    pub attributes: Option<BTreeMap<String, Option<String>>>,
    #[serde(default)]
    pub fields: Option<BTreeMap<String, Option<String>>>,
}

/// A change of consent, with where the proof is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct ConsentData {
    pub channel: String,
    /// `*` means every topic.
    #[serde(default = "every_topic")]
    pub topic: String,
    pub state: ConsentState,
    #[serde(default)]
    pub proof: Value,
}

/// What the customer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum ConsentState {
    Granted,
    Denied,
}

fn every_topic() -> String {
    "*".to_owned()
}

/// A product, category or manufacturer was looked at, wished or reviewed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct ProductData {
    pub product: Option<String>,
    pub products: Vec<String>,
    pub category: Option<String>,
    pub manufacturer: Option<String>,
    pub rating: Option<u8>,
    pub order: Option<String>,
    pub attributes: BTreeMap<String, String>,
}

/// A page was visited.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct PageData {
    pub url: String,
    pub referrer: Option<String>,
    pub utm: BTreeMap<String, String>,
    pub device: Option<String>,
    pub partner: Option<String>,
}

/// One product was put into the shop's cart.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)]
pub struct CartItemData {
    pub product: String,
    #[serde(default = "one")]
    pub quantity: u32,
    #[serde(default)]
    pub price: i64,
    #[serde(default)]
    pub cart: Option<String>,
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

fn one() -> u32 {
    1
}

/// The shop's cart as it is now.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct CartData {
    pub cart: Option<String>,
    pub lines: Vec<CartItemData>,
    pub total: i64,
    pub currency: String,
    pub step: Option<String>,
    pub shipping: Option<i64>,
    pub delivery_days: Option<u32>,
    pub error: Option<String>,
}

/// What the shop says of one product now. Anything more that it says is ignored.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[allow(missing_docs)]
pub struct Quote {
    pub product: String,
    #[serde(default)]
    pub in_stock: bool,
    #[serde(default)]
    pub discontinued: bool,
    /// The product that replaces a discontinued one.
    #[serde(default)]
    pub successor: Option<String>,
    /// Minor units.
    #[serde(default)]
    pub price: Option<i64>,
    #[serde(default)]
    pub currency: Option<String>,
}

impl Quote {
    /// The quotes of a receipt; one that can't be read is as if the product had not been quoted.
    pub fn list(quotes: &Value) -> Vec<Quote> {
        let quotes = quotes.as_array().map_or(&[][..], Vec::as_slice);
        quotes.iter().filter_map(|quote| Quote::deserialize(quote).ok()).collect()
    }
}

/// What a customer did with a predicted cart.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct PredictedCartData {
    pub cart: String,
    #[serde(default)]
    pub product: Option<String>,
    #[serde(default)]
    pub quantity: Option<u32>,
    /// `YYYY-MM-DD`, in the customer's zone.
    #[serde(default)]
    pub until: Option<String>,
    /// With a confirmation: what the shop said of the lines when the page was shown.
    #[serde(default)]
    pub quotes: Vec<Quote>,
    /// A shop may say anything more; it is kept for conditions.
    #[serde(default)]
    pub note: Option<String>,
}

/// What came of a message.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)]
pub struct MessageData {
    pub effect: String,
    #[serde(default)]
    pub reason: Option<String>,
    /// The contact itself is bad and must not be used again.
    #[serde(default)]
    pub suppress: bool,
    #[serde(default)]
    pub purpose: Option<String>,
}

/// What came of any other effect.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)]
pub struct EffectData {
    pub effect: String,
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub result: Value,
    #[serde(default)]
    pub error: Option<String>,
    #[serde(default)]
    pub permanent: bool,
}

/// What an operator did.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)]
pub struct OperatorData {
    /// The effect id of the task.
    pub task: String,
    pub outcome: CallOutcome,
    #[serde(default)]
    pub items_added: Vec<AddedItem>,
    #[serde(default)]
    pub note: Option<String>,
}

/// Whether the customer was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum CallOutcome {
    Reached,
    NotReached,
    Done,
}

/// Something the operator sold on the phone.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)]
pub struct AddedItem {
    pub product: String,
    #[serde(default = "one")]
    pub quantity: u32,
}

impl EventData {
    pub(super) fn parse(kind: EventKind, data: &Value) -> Result<EventData, Refusal> {
        use EventKind::*;
        let null_is_empty = if data.is_null() { &Value::Object(Default::default()) } else { data };
        let data = null_is_empty;
        Ok(match kind {
            OrderPlaced | OrderStatusChanged | OrderPaid | OrderCancelled | OrderLineReturned => {
                EventData::Order(Box::new(parse_order(data)?))
            }
            CustomerRegistered | CustomerUpdated => EventData::Profile(Box::new(parse_profile(data)?)),
            ConsentChanged => EventData::Consent(read(data, "data")?),
            ProductViewed | CategoryViewed | ManufacturerViewed | WishlistUpdated | ReviewPosted | ReviewRemoved => {
                EventData::Product(read(data, "data")?)
            }
            PageVisited => EventData::Page(read(data, "data")?),
            CartItemAdded => EventData::CartItem(read(data, "data")?),
            CartUpdated | CheckoutStarted | CheckoutStepReached | CheckoutFailed => {
                EventData::Cart(read(data, "data")?)
            }
            CartConfirmed | CartUndone | CartPostponed | CartLineRemoved | CartLineRestored | CartQuantityChanged
            | CartViewed | CartStopped | CartKept => EventData::PredictedCart(read(data, "data")?),
            MessageSent | MessageDelivered | MessageOpened | MessageClicked | MessageFailed | MessageBounced
            | MessageComplained | MessageUncertain | MessageDropped | LinkFetched => {
                EventData::Message(read(data, "data")?)
            }
            EffectCompleted | EffectFailed | EffectUncertain => EventData::Effect(read(data, "data")?),
            OperatorCallDone => EventData::Operator(read(data, "data")?),
            SearchPerformed | CustomerLoggedIn | CustomerIdentified | CustomerErased | CouponRedeemed
            | ReferralUsed | FormAnswered | PushSubscribed | LeadSubmitted | ProductUpdated | CartPrepared
            | CartLapsed | BannerShown | BannerClicked | BannerDismissed | CallFinished | Emitted => EventData::Other,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderEnvelope {
    order: OrderData,
    #[serde(default, rename = "facts")]
    _facts: IgnoredAny,
}

fn parse_order(data: &Value) -> Result<OrderData, Refusal> {
    // Orders are large: where the first problem is, is only asked when there is one.
    let OrderEnvelope { order, .. } = OrderEnvelope::deserialize(data).or_else(|_| read(data, "data"))?;
    if order.lines.len() > ORDER_LINES_MAX {
        let message = format!("an order has at most {ORDER_LINES_MAX} lines, found {}", order.lines.len());
        return Err(Refusal { code: "too_many", path: "data.order.lines".into(), message });
    }
    for (index, line) in order.lines.iter().enumerate() {
        if line.quantity > QUANTITY_MAX {
            let path = format!("data.order.lines[{index}].quantity");
            return Err(Refusal {
                code: "too_large",
                path,
                message: format!("a quantity is at most {QUANTITY_MAX}, found {}", line.quantity),
            });
        }
    }
    Ok(order)
}

fn parse_profile(data: &Value) -> Result<ProfileData, Refusal> {
    let profile: ProfileData = read(data, "data")?;
    let bad = |path: &str, message: String| Err(Refusal { code: "bad_field", path: path.to_owned(), message });
    if let Some(Some(zone)) = &profile.zone
        && crate::time::Zone::named(zone).is_none()
    {
        return bad("data.zone", format!("`{zone}` is not an IANA time zone such as `Europe/London`"));
    }
    if let Some(Some(birthday)) = &profile.birthday
        && parse_birthday(birthday).is_none()
    {
        return bad("data.birthday", format!("`{birthday}` is not a date; write `1980-02-29` or `--02-29`"));
    }
    Ok(profile)
}

/// Month and day of `YYYY-MM-DD` or `--MM-DD`.
pub fn parse_birthday(text: &str) -> Option<(u8, u8)> {
    let full = text.strip_prefix("--").map_or_else(|| text.to_owned(), |rest| format!("2000-{rest}"));
    let date = chrono::NaiveDate::parse_from_str(&full, "%Y-%m-%d").ok()?;
    use chrono::Datelike;
    Some((date.month() as u8, date.day() as u8))
}

fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
    let text = String::deserialize(deserializer)?;
    Instant::parse(&text).ok_or_else(|| {
        serde::de::Error::custom(format!("`{text}` is not an RFC 3339 instant such as `2026-03-02T09:15:00Z`"))
    })
}

/// Tells an absent field from one that is `null`.
fn nullable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}
