//! Facts about one customer: a fold of what was reported, never of what was decided.
//!
//! Facts may be folded again from the journal at any time and come out the same. Decisions (runs,
//! the message ledger) live beside them in the state and are made once.

pub mod activity;
pub mod consent;
pub mod counters;
pub mod messages;
pub mod orders;
pub mod profile;
pub mod purchases;

pub use activity::Activity;
pub use consent::Consents;
pub use counters::Counters;
pub use messages::{Message, Messages, Status};
pub use orders::{Order, Orders, OrdersPolicy};
pub use profile::Profile;
pub use purchases::Purchases;

use crate::codec::Stored;
use crate::event::{Event, EventData, EventKind};
use crate::time::{Instant, Zone, Zones};

/// Everything known about one customer.
#[derive(Clone, Debug, Default)]
pub struct Customer {
    /// The customer's key in the shop; empty for a customer never seen.
    pub key: String,
    /// Who it is and how to reach them.
    pub profile: Profile,
    /// What they agreed to.
    pub consent: Consents,
    /// What they looked at and put into carts.
    pub activity: Activity,
    /// What the program wants counted.
    pub counters: Counters,
    /// What was sent to them.
    pub messages: Messages,
    /// Their last orders, whole.
    pub orders: Stored<Orders>,
    /// All they ever bought, by product and day.
    pub purchases: Stored<Purchases>,
}

/// What a folded event changed, for rooms that react.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The event was older than what is known and changed nothing.
    pub stale: bool,
    /// The purchases ledger or an order changed.
    pub purchases: bool,
}

impl Customer {
    /// Where the customer may be: the zone they or their place are known by, else any of the shop's.
    pub fn zones(&self, shop: &Zones) -> Zones {
        match self.profile.zone.as_deref().and_then(Zone::named) {
            Some(zone) => Zones::one(zone),
            None => shop.in_place(self.profile.country.as_deref(), self.profile.region.as_deref()),
        }
    }

    /// The zone of the customer's calendar.
    pub fn zone(&self, shop: &Zones) -> Zone {
        self.zones(shop).first()
    }

    /// Folds one fact. Receipts and decisions are not facts and are folded elsewhere.
    pub fn fold(&mut self, event: &Event, policy: &OrdersPolicy, shop: &Zones) -> Change {
        if self.key.is_empty() {
            self.key.clone_from(&event.customer);
        }
        self.profile.first_seen_at = Some(self.profile.first_seen_at.map_or(event.at, |at| at.min(event.at)));
        match &event.data {
            EventData::Order(order) => {
                let zone = self.zone(shop);
                self.activity.seen(event.at);
                if order.placed_at >= self.activity.cart_at() {
                    self.activity.empty_cart(event.at);
                }
                self.orders.fold(order, event, policy, zone, &mut self.purchases)
            }
            EventData::Profile(profile) => {
                self.profile.fold(profile, event);
                Change::default()
            }
            EventData::Consent(consent) => {
                self.consent.fold(consent, event);
                Change::default()
            }
            _ => {
                self.fold_activity(event);
                Change::default()
            }
        }
    }

    fn fold_activity(&mut self, event: &Event) {
        match event.kind {
            EventKind::CustomerLoggedIn => self.activity.logged_in(event.at),
            EventKind::FormAnswered => self.profile.answer(&event.raw),
            kind if kind.is_receipt() => {}
            _ => self.activity.fold(event),
        }
    }

    /// When the customer last placed an order that is not cancelled.
    pub fn last_order_at(&self) -> Option<Instant> {
        self.orders.last_placed_at()
    }
}
