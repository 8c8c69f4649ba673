//! What the customer looked at, and the shop's own cart as it stands.

use crate::codec::{CodecError, Part, Writer};
use crate::event::{CartItemData, Event, EventData, EventKind};
use crate::model::ProductKey;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

const TAG: u8 = 3;
const VERSION: u8 = 1;
/// Views kept, the oldest go first.
pub const VIEWS_MAX: usize = 64;
/// Lines kept of the shop's cart.
pub const CART_LINES_MAX: usize = 100;

/// Browsing, bounded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Activity {
    pub last_seen_at: Option<Instant>,
    pub last_login_at: Option<Instant>,
    /// Newest last.
    pub views: Vec<View>,
    pub cart: Option<ShopCart>,
    pub last_referrer: Option<String>,
    pub last_campaign: Option<String>,
    pub partner: Option<String>,
    pub device: Option<String>,
}

/// A product page seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct View {
    pub product: ProductKey,
    pub at: Instant,
}

/// The shop's cart, as last reported.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ShopCart {
    pub id: String,
    pub updated_at: Instant,
    pub total: i64,
    pub lines: Vec<(ProductKey, u32, i64)>,
    /// The furthest checkout step reached.
    pub step: Option<String>,
    pub shipping: Option<i64>,
    pub delivery_days: Option<u32>,
    pub error: Option<String>,
}

impl Activity {
    pub(super) fn seen(&mut self, at: Instant) {
        self.last_seen_at = self.last_seen_at.max(Some(at));
    }

    pub(super) fn logged_in(&mut self, at: Instant) {
        self.seen(at);
        self.last_login_at = self.last_login_at.max(Some(at));
    }

    pub(super) fn cart_at(&self) -> Instant {
        self.cart.as_ref().map_or(Instant(i64::MIN), |cart| cart.updated_at)
    }

    pub(super) fn empty_cart(&mut self, at: Instant) {
        if self.cart.as_ref().is_some_and(|cart| cart.updated_at <= at) {
            self.cart = None;
        }
    }

    pub(super) fn fold(&mut self, event: &Event) {
        match &event.data {
            EventData::Product(data) => {
                self.seen(event.at);
                if let (EventKind::ProductViewed, Some(product)) = (event.kind, &data.product) {
                    self.view(ProductKey::of("", product), event.at);
                }
            }
            EventData::Page(page) => {
                self.seen(event.at);
                self.last_referrer =
                    page.referrer.as_deref().map(super::profile::bounded).or(self.last_referrer.take());
                self.last_campaign =
                    page.utm.get("campaign").map(|text| super::profile::bounded(text)).or(self.last_campaign.take());
                self.partner = page.partner.as_deref().map(super::profile::bounded).or(self.partner.take());
                self.device = page.device.as_deref().map(super::profile::bounded).or(self.device.take());
            }
            EventData::CartItem(item) => {
                self.seen(event.at);
                self.add_item(item, event.at);
            }
            EventData::Cart(_) => {
                self.seen(event.at);
                self.replace_cart(event);
            }
            _ => {}
        }
    }

    fn view(&mut self, product: ProductKey, at: Instant) {
        if self.views.len() >= VIEWS_MAX {
            self.views.remove(0);
        }
        self.views.push(View { product, at });
    }

    fn add_item(&mut self, item: &CartItemData, at: Instant) {
        let cart = self.cart.get_or_insert_with(ShopCart::default);
        if let Some(id) = &item.cart {
            cart.id.clone_from(id);
        }
        cart.updated_at = cart.updated_at.max(at);
        if cart.lines.len() < CART_LINES_MAX {
            cart.lines.push((ProductKey::of("", &item.product), item.quantity, item.price));
            cart.total = cart.total.saturating_add(item.price.saturating_mul(i64::from(item.quantity)));
        }
    }

    fn replace_cart(&mut self, event: &Event) {
        let EventData::Cart(data) = &event.data else { return };
        if self.cart_at() > event.at {
            return;
        }
        let mut cart = self.cart.take().unwrap_or_default();
        cart.updated_at = event.at;
        if let Some(id) = &data.cart {
            cart.id.clone_from(id);
        }
        if event.kind == EventKind::CartUpdated {
            cart.total = data.total;
            cart.lines = data
                .lines
                .iter()
                .take(CART_LINES_MAX)
                .map(|line| (ProductKey::of("", &line.product), line.quantity, line.price))
                .collect();
        }
        cart.step = data.step.clone().or(cart.step);
        cart.shipping = data.shipping.or(cart.shipping);
        cart.delivery_days = data.delivery_days.or(cart.delivery_days);
        cart.error = data.error.as_deref().map(super::profile::bounded);
        self.cart = (event.kind != EventKind::CartUpdated || !cart.lines.is_empty()).then_some(cart);
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.part(TAG, VERSION, self);
    }

    pub(crate) fn read(part: &Part<'_>) -> Option<Result<Activity, CodecError>> {
        (part.tag == TAG).then(|| part.decode("the activity"))
    }
}
