//! The predicted cart and what is remembered between carts.

use super::stores::Stores;
use crate::codec::{CodecError, Part, Writer};
use crate::condition::CartFacts;
use crate::effect::{CartLineView, CartView, LeftOut, OrderRef, Reason};
use crate::event::OrderData;
use crate::id::{EffectId, Id};
use crate::model::{Catalogue, ProductKey};
use crate::time::{Day, Instant, day_text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const TAG: u8 = 8;
const VERSION: u8 = 1;
/// Carts remembered of one customer, the oldest go first; the one that is open never goes.
pub const CARTS_MAX: usize = 8;

/// Where a cart is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CartStatus {
    /// Gathered, waiting for the shop's word on stock and price.
    Quoting,
    /// Quoted, waiting for its hour.
    Waiting,
    /// Offered: it may be edited, confirmed or postponed.
    Ready,
    /// Confirmed; the shop is making the order.
    Confirming,
    /// The order is made.
    Ordered,
    /// Confirmed and taken back.
    Undone,
    /// Broken up; each line has its own new date.
    Postponed,
    /// Nobody answered; each line has its own new date.
    Lapsed,
    /// The customer bought in the ordinary way first.
    Superseded,
    /// Nothing was left to offer.
    Empty,
}

impl CartStatus {
    /// The word pages and hosts know.
    pub fn word(self) -> &'static str {
        match self {
            CartStatus::Quoting | CartStatus::Waiting => "quoting",
            CartStatus::Ready => "ready",
            CartStatus::Confirming => "confirming",
            CartStatus::Ordered => "ordered",
            CartStatus::Undone => "undone",
            CartStatus::Postponed => "postponed",
            CartStatus::Lapsed => "lapsed",
            CartStatus::Superseded => "superseded",
            CartStatus::Empty => "empty",
        }
    }

    /// Not yet decided one way or the other.
    pub fn is_open(self) -> bool {
        matches!(self, CartStatus::Quoting | CartStatus::Waiting | CartStatus::Ready)
    }
}

/// One customer's predicted cart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Cart {
    pub id: Id,
    pub store: String,
    pub status: CartStatus,
    pub prepared_at: Instant,
    /// The hour it is for.
    pub delivery_at: Instant,
    pub delivery_day: Day,
    pub lines: Vec<CartLine>,
    pub left_out: Vec<LeftOutLine>,
    pub currency: String,
    pub edited: bool,
    /// A person looked at its page.
    pub viewed: bool,
    pub order: Option<(String, Option<String>)>,
    pub confirmed_at: Option<Instant>,
    pub undo_until: Option<Instant>,
    pub undo_asked: bool,
    /// The operator's task and when it is late.
    pub call: Option<EffectId>,
    pub call_due: Option<Instant>,
    /// The operator said what came of the call.
    pub call_done: bool,
    /// Things sold on the phone: product and quantity.
    pub added: Vec<(ProductKey, u32)>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CartLine {
    pub unit: ProductKey,
    pub product: ProductKey,
    pub quantity: u32,
    pub price: i64,
    /// What the customer was offered it for, when the price has changed since.
    pub price_before: Option<i64>,
    pub run_out: Day,
    pub chance: f64,
    pub interval_days: u32,
    pub reason: Reason,
    pub removed: bool,
    /// Where it went when the cart was broken up.
    pub next_day: Option<Day>,
}

/// Due, but not to be had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LeftOutLine {
    pub product: ProductKey,
    pub reason: String,
}

/// A unit that is left alone until a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Snooze {
    pub until: Day,
    pub in_a_row: u16,
}

/// What is remembered between carts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Shelf {
    /// Newest last.
    pub carts: Vec<Cart>,
    /// By unit.
    pub snoozes: BTreeMap<ProductKey, Snooze>,
    pub postponed_in_a_row: u32,
    /// Carts in a row that nobody answered; each makes the next come a week later, up to four.
    pub ignored_in_a_row: u32,
    /// The customer asked for no more carts.
    pub stopped: bool,
    /// When to gather next.
    pub look_at: Option<Instant>,
    /// Carts ever made; a part of their identity.
    pub made: u32,
    /// The customer's first store.
    pub store: String,
    /// What is bought in others; a part of its own in stored bytes.
    #[serde(skip)]
    pub stores: Stores,
}

impl Shelf {
    /// The cart with this id, or the newest.
    pub fn cart(&self, id: Option<Id>) -> Option<&Cart> {
        match id {
            Some(id) => self.carts.iter().find(|cart| cart.id == id),
            None => self.carts.last(),
        }
    }

    pub(super) fn cart_mut(&mut self, id: Id) -> Option<&mut Cart> {
        self.carts.iter_mut().find(|cart| cart.id == id)
    }

    /// An order was placed in a store.
    pub fn on_order(&mut self, store: &str, order: &OrderData) {
        let products = order.lines.iter().map(|line| ProductKey::of("", &line.product));
        self.stores.on_order(&mut self.store, store, products);
    }

    /// The store whose cart a product belongs in.
    pub fn store_of(&self, product: ProductKey) -> &str {
        self.stores.away(product).unwrap_or(if self.store.is_empty() { "main" } else { &self.store })
    }

    /// The cart that still waits for an answer.
    pub fn open_cart(&self) -> Option<&Cart> {
        self.carts.iter().rev().find(|cart| cart.status.is_open())
    }

    pub(super) fn add(&mut self, cart: Cart) {
        if self.carts.len() >= CARTS_MAX {
            let settled = self.carts.iter().position(|old| !old.status.is_open()).unwrap_or(0);
            self.carts.remove(settled);
        }
        self.carts.push(cart);
    }

    /// The earliest instant at which time alone moves something here.
    pub fn wakes_at(&self) -> Option<Instant> {
        let hours = self.carts.iter().filter(|cart| cart.status == CartStatus::Waiting).map(|cart| cart.delivery_at);
        let calls = self.carts.iter().filter(|cart| !cart.call_done).filter_map(|cart| cart.call_due);
        hours.chain(calls).chain(self.look_at).min()
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.part(TAG, VERSION, self);
        self.stores.write(writer);
    }

    /// Takes a part that belongs here.
    pub(crate) fn read(&mut self, part: &Part<'_>) -> Option<Result<(), CodecError>> {
        if let Some(found) = Stores::read(part) {
            return Some(found.map(|stores| self.stores = stores));
        }
        let found = (part.tag == TAG).then(|| part.decode::<Shelf>("the predicted carts"))?;
        Some(found.map(|shelf| *self = Shelf { stores: std::mem::take(&mut self.stores), ..shelf }))
    }
}

impl Cart {
    /// Lines that would be ordered.
    pub fn kept(&self) -> impl Iterator<Item = &CartLine> {
        self.lines.iter().filter(|line| !line.removed)
    }

    /// What the kept lines cost, minor units.
    pub fn total(&self) -> i64 {
        self.kept().fold(0, |sum, line| sum.saturating_add(line.price.saturating_mul(i64::from(line.quantity))))
    }

    /// What conditions may know.
    pub fn facts(&self, opened: bool) -> CartFacts {
        CartFacts {
            edited: self.edited,
            viewed: self.viewed,
            opened,
            open: self.status.is_open(),
            lines: self.kept().count() as u32,
            total: self.total(),
        }
    }

    /// The order made from it.
    pub fn order_ref(&self) -> Option<OrderRef> {
        let (id, number) = self.order.clone()?;
        Some(OrderRef { id, number, total: self.total(), currency: self.currency.clone() })
    }

    /// As the customer sees it, in a language. Products that left the catalogue are not shown.
    pub fn view(&self, shelf: &Shelf, catalogue: &Catalogue, locale: &str, ask_to_stop_after: u32) -> CartView {
        let next = self.lines.iter().filter_map(|line| line.next_day).min();
        CartView {
            cart: self.id,
            store: self.store.clone(),
            status: self.status.word(),
            currency: self.currency.clone(),
            prepared_at: self.prepared_at,
            lines: self.lines.iter().filter_map(|line| line.view(catalogue, locale)).collect(),
            left_out: self.left_out.iter().filter_map(|line| line.view(catalogue, locale)).collect(),
            total: self.total(),
            edited: self.edited,
            order: self.order_ref(),
            undo_until: self.undo_until,
            postponed_in_a_row: shelf.postponed_in_a_row,
            ask_to_stop: !shelf.stopped
                && self.status == CartStatus::Postponed
                && shelf.postponed_in_a_row >= ask_to_stop_after,
            next_delivery_day: next.map(day_text),
        }
    }
}

impl CartLine {
    fn view(&self, catalogue: &Catalogue, locale: &str) -> Option<CartLineView> {
        let product = catalogue.get(self.product)?;
        Some(CartLineView {
            product: product.id.clone(),
            name: product.name_in(locale).to_owned(),
            quantity: self.quantity,
            price: self.price,
            price_before: self.price_before,
            run_out: day_text(self.run_out),
            chance: self.chance,
            reason: self.reason.clone(),
            removed: self.removed,
            next_date: self.next_day.map(day_text),
            url: product.url.clone(),
            image: product.image.clone(),
        })
    }
}

impl LeftOutLine {
    fn view(&self, catalogue: &Catalogue, locale: &str) -> Option<LeftOut> {
        let product = catalogue.get(self.product)?;
        Some(LeftOut {
            product: product.id.clone(),
            name: product.name_in(locale).to_owned(),
            reason: self.reason.clone(),
        })
    }
}
