//! In which of the shop's stores a customer buys what: each store gets a cart of its own.

use crate::codec::{CodecError, Part, Writer};
use crate::model::ProductKey;
use std::collections::BTreeMap;

const TAG: u8 = 10;
const VERSION: u8 = 1;
/// Products remembered as bought away from home; one more is counted as bought at home.
const AWAY_MAX: usize = 2_000;

/// The stores of one customer. Nearly all customers have one, which costs nothing here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stores {
    /// Products last bought in a store that is not the customer's first.
    away: BTreeMap<ProductKey, String>,
}

impl Stores {
    /// An order was placed in a store; `home` is the customer's first one and is learned here.
    pub(super) fn on_order(&mut self, home: &mut String, store: &str, products: impl Iterator<Item = ProductKey>) {
        if home.is_empty() {
            store.clone_into(home);
        }
        for product in products {
            if store == home {
                self.away.remove(&product);
            } else if self.away.len() < AWAY_MAX || self.away.contains_key(&product) {
                self.away.insert(product, store.to_owned());
            }
        }
    }

    /// The store of a product, when it is not the first one.
    pub(super) fn away(&self, product: ProductKey) -> Option<&str> {
        self.away.get(&product).map(String::as_str)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        if !self.away.is_empty() {
            writer.part(TAG, VERSION, &self.away);
        }
    }

    pub(super) fn read(part: &Part<'_>) -> Option<Result<Stores, CodecError>> {
        (part.tag == TAG).then(|| Ok(Stores { away: part.decode("the stores of a customer")? }))
    }
}
