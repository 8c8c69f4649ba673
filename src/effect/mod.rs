//! What the host should do, each with an id that never depends on an attempt.
//!
//! Effects are requests. What came of one returns as an event: a receipt. The shapes are those of
//! `js-shim/core/types.ts`.

mod view;

pub use view::{CartLineView, CartView, LeftOut, OrderRef, ProductCard, Reason};

use crate::customer::messages::Class;
use crate::id::{EffectId, Id, RunId};
use crate::time::Instant;
use serde::Serialize;
use serde_json::Value;

/// Effects one step may ask for; the rest of the work waits for the next wake.
pub const EFFECTS_MAX: usize = 64;

/// Something the host should do for a customer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// Hash of what this is: the same decision has the same id in every replay.
    pub id: EffectId,
    /// The customer's key.
    pub customer: String,
    /// Which of the shop's stores.
    pub store: String,
    /// What to do.
    #[serde(flatten)]
    pub what: What,
}

/// The kinds of effect, by the name the host knows them by.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind")]
#[allow(missing_docs)]
pub enum What {
    #[serde(rename = "message.send")]
    MessageSend(Box<MessageSend>),
    #[serde(rename = "cart.quote")]
    CartQuote { cart: Id, lines: Vec<QuoteLine> },
    #[serde(rename = "order.create")]
    OrderCreate { cart: Id, currency: String, lines: Vec<OrderLine> },
    #[serde(rename = "order.cancel")]
    OrderCancel { order: String, reason: String },
    #[serde(rename = "wishlist.add")]
    WishlistAdd { products: Vec<String> },
    #[serde(rename = "operator.task")]
    OperatorTask(Box<OperatorTask>),
    #[serde(rename = "operator.cancel")]
    OperatorCancel { task: EffectId, reason: String },
    #[serde(rename = "role.assign")]
    RoleAssign { role: String },
    #[serde(rename = "role.remove")]
    RoleRemove { role: String },
    #[serde(rename = "tag.assign")]
    TagAssign { tag: String },
    #[serde(rename = "tag.remove")]
    TagRemove { tag: String },
    #[serde(rename = "attribute.set")]
    AttributeSet { name: String, value: Option<String> },
    #[serde(rename = "offer.issue")]
    OfferIssue(Box<OfferIssue>),
    #[serde(rename = "banner.show")]
    BannerShow(Box<BannerShow>),
    #[serde(rename = "webhook.call")]
    WebhookCall { webhook: String, body: Value },
    #[serde(rename = "event.emit")]
    EventEmit { event: Value },
}

impl What {
    /// The name the host knows it by.
    pub fn name(&self) -> &'static str {
        match self {
            What::MessageSend(_) => "message.send",
            What::CartQuote { .. } => "cart.quote",
            What::OrderCreate { .. } => "order.create",
            What::OrderCancel { .. } => "order.cancel",
            What::WishlistAdd { .. } => "wishlist.add",
            What::OperatorTask(_) => "operator.task",
            What::OperatorCancel { .. } => "operator.cancel",
            What::RoleAssign { .. } => "role.assign",
            What::RoleRemove { .. } => "role.remove",
            What::TagAssign { .. } => "tag.assign",
            What::TagRemove { .. } => "tag.remove",
            What::AttributeSet { .. } => "attribute.set",
            What::OfferIssue(_) => "offer.issue",
            What::BannerShow(_) => "banner.show",
            What::WebhookCall { .. } => "webhook.call",
            What::EventEmit { .. } => "event.emit",
        }
    }
}

/// A released message. The host renders it once and sends the same bytes on every retry.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct MessageSend {
    pub channel: String,
    pub template: String,
    pub variant: u8,
    pub topic: String,
    pub class: Class,
    pub locale: String,
    pub to: String,
    pub sender: Option<String>,
    pub bcc: Vec<String>,
    #[serde(serialize_with = "ms")]
    pub not_after: Instant,
    pub journey: String,
    pub run: RunId,
    pub step: String,
    pub context: Value,
}

/// A line to be quoted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct QuoteLine {
    pub product: String,
    pub quantity: u32,
}

/// A line to be ordered at the price that was shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct OrderLine {
    pub product: String,
    pub quantity: u32,
    pub price: i64,
}

/// A task for shop staff.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct OperatorTask {
    pub task: String,
    pub title: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub locale: String,
    pub cart: Option<CartView>,
    pub order: Option<OrderRef>,
    pub additions: Vec<ProductCard>,
    #[serde(serialize_with = "maybe_ms")]
    pub due_at: Option<Instant>,
    pub of: Option<EffectId>,
}

/// A unique code to reserve.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct OfferIssue {
    pub offer: String,
    pub code: String,
    pub discount: Value,
    pub minimum: Option<i64>,
    #[serde(serialize_with = "maybe_ms")]
    pub expires_at: Option<Instant>,
    pub budget: Option<u32>,
}

/// A banner to show on the next pages.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct BannerShow {
    pub banner: String,
    pub slot: String,
    pub template: String,
    pub title: String,
    pub text: String,
    pub url: String,
    #[serde(serialize_with = "ms")]
    pub not_before: Instant,
    #[serde(serialize_with = "maybe_ms")]
    pub until: Option<Instant>,
    pub times: u32,
    pub priority: i32,
    pub context: Value,
}

/// Instants leave the core as milliseconds, which a double holds exactly.
pub(crate) fn ms<S: serde::Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(at.0)
}

pub(crate) fn maybe_ms<S: serde::Serializer>(at: &Option<Instant>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(|at| at.0).serialize(serializer)
}
