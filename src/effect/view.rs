//! What people get to see: carts, product cards, reasons. Plain values for templates and pages.

use super::{maybe_ms, ms};
use crate::id::Id;
use crate::model::{Catalogue, Product, ProductKey};
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// Why something is proposed: a code to localise by, and the English sentence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Reason {
    pub code: String,
    pub text: String,
    pub low_days: Option<u32>,
    pub high_days: Option<u32>,
    /// `YYYY-MM-DD`
    pub last: Option<String>,
    pub quantity: Option<u32>,
    /// `own`, `product`, `category`, `shop` or `fixed`.
    pub source: Option<String>,
    /// The product that brought this one up.
    pub with: Option<String>,
}

/// A product as a template shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct ProductCard {
    pub product: String,
    pub name: String,
    pub price: Option<i64>,
    pub currency: String,
    pub url: Option<String>,
    pub image: Option<String>,
    pub reason: Option<Reason>,
}

impl ProductCard {
    /// The card of a product in a language.
    pub fn of(product: &Product, locale: &str, reason: Option<Reason>) -> ProductCard {
        ProductCard {
            product: product.id.clone(),
            name: product.name_in(locale).to_owned(),
            price: Some(product.price),
            currency: product.currency.clone(),
            url: product.url.clone(),
            image: product.image.clone(),
            reason,
        }
    }

    /// Cards for keys that the catalogue knows, in the order given.
    pub fn all(catalogue: &Catalogue, keys: &[(ProductKey, Option<Reason>)], locale: &str) -> Vec<ProductCard> {
        keys.iter()
            .filter_map(|(key, reason)| Some(ProductCard::of(catalogue.get(*key)?, locale, reason.clone())))
            .collect()
    }
}

/// An order that was made.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct OrderRef {
    pub id: String,
    pub number: Option<String>,
    pub total: i64,
    pub currency: String,
}

/// A predicted cart as the customer sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct CartView {
    pub cart: Id,
    pub store: String,
    pub status: &'static str,
    pub currency: String,
    #[serde(serialize_with = "ms")]
    pub prepared_at: Instant,
    pub lines: Vec<CartLineView>,
    pub left_out: Vec<LeftOut>,
    pub total: i64,
    pub edited: bool,
    pub order: Option<OrderRef>,
    #[serde(serialize_with = "maybe_ms")]
    pub undo_until: Option<Instant>,
    pub postponed_in_a_row: u32,
    pub ask_to_stop: bool,
    pub next_delivery_day: Option<String>,
}

/// One line of a predicted cart as the customer sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct CartLineView {
    pub product: String,
    pub name: String,
    pub quantity: u32,
    pub price: i64,
    pub price_before: Option<i64>,
    pub run_out: String,
    pub chance: f64,
    pub reason: Reason,
    pub removed: bool,
    pub next_date: Option<String>,
    pub url: Option<String>,
    pub image: Option<String>,
}

/// A product that was due but could not be offered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct LeftOut {
    pub product: String,
    pub name: String,
    pub reason: String,
}
