//! The customer's last orders, whole, and what of them counts as bought.
//!
//! The shop reports an order as it is now, with a revision. An older copy is ignored; a newer one
//! replaces what the order had contributed to the purchases ledger, so back-dated, repeated and
//! edited orders come out the same in any order of arrival.

mod bytes;

use super::purchases::{Kind, Purchases, Quantity};
use super::{Change, profile::bounded};
use crate::codec::Stored;
use crate::event::{Event, EventKind, OrderData, OrderLineData};
use crate::id::name_hash;
use crate::model::ProductKey;
use crate::time::{CalendarSpan, Day, Instant, Zone};
use serde::{Deserialize, Serialize};

/// Orders kept whole. Of an older order only the purchases and the totals remain; a change of it
/// is ignored, with the reason in the trace.
pub const ORDERS_MAX: usize = 24;
/// Changes of status kept of one order, newest last.
pub const STATUSES_MAX: usize = 16;

/// How the shop's order statuses are to be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct OrdersPolicy {
    /// Statuses in which an order counts as bought. Too early a status (`placed`) starts the
    /// consumption clock before the parcel arrives; too late a one (`archived`) makes every date late.
    pub counts_when: Vec<String>,
    /// Statuses in which an order is as if never placed.
    pub cancelled_when: Vec<String>,
    /// Statuses of a line that is as if never bought.
    pub line_cancelled_when: Vec<String>,
    /// How long an order that neither counts nor is cancelled holds back reminders for its products.
    pub in_progress_for: CalendarSpan,
}

impl Default for OrdersPolicy {
    fn default() -> Self {
        OrdersPolicy {
            counts_when: vec!["completed".into()],
            cancelled_when: vec!["cancelled".into()],
            line_cancelled_when: vec!["cancelled".into(), "returned".into()],
            in_progress_for: CalendarSpan::days(30),
        }
    }
}

impl OrdersPolicy {
    fn counts(&self, status: &str) -> bool {
        self.counts_when.iter().any(|name| name == status)
    }

    fn cancels(&self, status: &str) -> bool {
        self.cancelled_when.iter().any(|name| name == status)
    }

    fn line_is_bought(&self, line: &OrderLine) -> bool {
        !line.status.as_deref().is_some_and(|status| self.line_cancelled_when.iter().any(|name| name == status))
    }
}

/// One order as last reported.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Order {
    pub id: String,
    pub number: Option<String>,
    pub revision: u64,
    pub status: String,
    pub placed_at: Instant,
    /// When the newest folded change was made.
    pub changed_at: Instant,
    pub currency: String,
    pub total: i64,
    pub goods_total: i64,
    pub paid: bool,
    pub paid_at: Option<Instant>,
    pub cancelled: bool,
    /// The customer's day on which it began to count; its purchases are dated by it.
    pub counted_on: Option<Day>,
    /// The predicted cart it was made from.
    pub cart: Option<String>,
    pub coupon: Option<String>,
    #[serde(with = "bytes::lines")]
    pub lines: Vec<OrderLine>,
    /// Every status it was seen in and since when, newest last.
    pub statuses: Vec<(String, Instant)>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct OrderLine {
    /// Hash of the shop's line id.
    pub id: u64,
    pub product: ProductKey,
    pub quantity: u32,
    pub price: i64,
    pub status: Option<String>,
    /// It was there when the order was created.
    pub original: bool,
}

/// The last orders and the totals of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Orders {
    /// By `placed_at`, then id; newest last.
    list: Vec<Kept>,
    /// Orders no longer kept whole.
    squashed: u32,
    squashed_spent: i64,
    squashed_until: Option<Instant>,
    squashed_last: Option<Instant>,
}

/// An order kept whole, which most steps leave unread, and what is asked of all of them.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    head: Head,
    order: Stored<Order>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    id: String,
    placed_at: Instant,
    total: i64,
    cancelled: bool,
    counted: bool,
}

impl From<Order> for Kept {
    fn from(order: Order) -> Kept {
        let head = Head {
            id: order.id.clone(),
            placed_at: order.placed_at,
            total: order.total,
            cancelled: order.cancelled,
            counted: order.counted_on.is_some(),
        };
        Kept { head, order: order.into() }
    }
}

impl Kept {
    /// Not cancelled.
    fn stands(&self) -> bool {
        !self.head.cancelled
    }
}

impl Orders {
    pub(super) fn fold(
        &mut self,
        data: &OrderData,
        event: &Event,
        policy: &OrdersPolicy,
        zone: Zone,
        purchases: &mut Purchases,
    ) -> Change {
        let known = self.list.iter().position(|kept| kept.head.id == data.id);
        if known.is_none()
            && self.squashed_until.is_some_and(|until| data.placed_at <= until)
            && self.list.len() >= ORDERS_MAX
        {
            return self.fold_too_old(data, event, policy, zone, purchases);
        }
        let before = known.map(|index| &*self.list[index].order);
        // What cannot be read is not replaced: the step is refused in the end.
        if self.damage().is_some() || before.is_some_and(|before| is_older(data, event, before)) {
            return Change { stale: true, purchases: false };
        }
        let after = updated(before, data, event, policy, zone);
        contribute(before, policy, purchases, Kind::Cancelled);
        contribute(Some(&after), policy, purchases, Kind::Bought);
        if let Some(index) = known {
            self.list.remove(index);
        }
        self.insert(after.into());
        self.squash_oldest();
        Change { stale: false, purchases: true }
    }

    /// A back-dated order older than all that are kept whole: its purchases count once, nothing else is remembered.
    fn fold_too_old(
        &mut self,
        data: &OrderData,
        event: &Event,
        policy: &OrdersPolicy,
        zone: Zone,
        purchases: &mut Purchases,
    ) -> Change {
        if event.kind != EventKind::OrderPlaced {
            return Change { stale: true, purchases: false };
        }
        let order = updated(None, data, event, policy, zone);
        contribute(Some(&order), policy, purchases, Kind::Bought);
        self.squash(&Kept::from(order).head);
        Change { stale: false, purchases: true }
    }

    fn insert(&mut self, kept: Kept) {
        let place = (kept.head.placed_at, &kept.head.id);
        let at = self.list.partition_point(|other| (other.head.placed_at, &other.head.id) < place);
        self.list.insert(at, kept);
    }

    fn squash_oldest(&mut self) {
        while self.list.len() > ORDERS_MAX {
            let oldest = self.list.remove(0);
            self.squash(&oldest.head);
        }
    }

    fn squash(&mut self, order: &Head) {
        self.squashed_until = self.squashed_until.max(Some(order.placed_at));
        if !order.cancelled {
            self.squashed = self.squashed.saturating_add(1);
            self.squashed_spent = self.squashed_spent.saturating_add(order.total);
            self.squashed_last = self.squashed_last.max(Some(order.placed_at));
        }
    }

    /// How many orders are kept whole.
    pub fn kept(&self) -> usize {
        self.list.len()
    }

    /// When the oldest order that is kept whole was placed.
    pub fn first_placed_at(&self) -> Option<Instant> {
        self.list.first().map(|kept| kept.head.placed_at)
    }

    /// The newest order, cancelled or not.
    pub fn last(&self) -> Option<&Order> {
        self.list.last().map(|kept| &*kept.order)
    }

    /// The order with this id, if it is kept.
    pub fn find(&self, id: &str) -> Option<&Order> {
        self.list.iter().find(|kept| kept.head.id == id).map(|kept| &*kept.order)
    }

    fn standing(&self) -> impl DoubleEndedIterator<Item = &Kept> {
        self.list.iter().filter(|kept| kept.stands())
    }

    /// How many orders were placed and not cancelled, ever.
    pub fn count(&self) -> u32 {
        self.squashed.saturating_add(self.standing().count() as u32)
    }

    /// 1 for the customer's first order that was not cancelled.
    pub fn nth(&self, order: &Order) -> u32 {
        let is_later = |kept: &&Kept| (kept.head.placed_at, &kept.head.id) > (order.placed_at, &order.id);
        self.count().saturating_sub(self.standing().filter(is_later).count() as u32)
    }

    /// What was spent in orders not cancelled, minor units.
    pub fn spent(&self) -> i64 {
        self.standing().fold(self.squashed_spent, |sum, kept| sum.saturating_add(kept.head.total))
    }

    /// When the last order that is not cancelled was placed.
    pub fn last_placed_at(&self) -> Option<Instant> {
        self.standing().next_back().map(|kept| kept.head.placed_at).max(self.squashed_last)
    }

    /// Orders placed after an instant and not cancelled, among those kept.
    pub fn placed_since(&self, since: Instant) -> impl Iterator<Item = &Order> {
        self.standing().filter(move |kept| kept.head.placed_at > since).map(|kept| &*kept.order)
    }

    /// Orders under way: placed, neither counted nor cancelled, and not forgotten on the way.
    pub fn in_progress<'a>(
        &'a self,
        policy: &'a OrdersPolicy,
        now: Instant,
        zone: Zone,
    ) -> impl Iterator<Item = &'a Order> {
        let is_under_way =
            move |kept: &&Kept| !kept.head.counted && policy.in_progress_for.after(kept.head.placed_at, zone) > now;
        self.standing().filter(is_under_way).map(|kept| &*kept.order)
    }
}

/// Revisions decide; with equal ones (shops that have none) the time of the change does.
fn is_older(data: &OrderData, event: &Event, known: &Order) -> bool {
    (data.revision, event.at) < (known.revision, known.changed_at)
}

fn updated(before: Option<&Order>, data: &OrderData, event: &Event, policy: &OrdersPolicy, zone: Zone) -> Order {
    let cancelled = policy.cancels(&data.status) || event.kind == EventKind::OrderCancelled;
    let counts = policy.counts(&data.status) && !cancelled;
    let counted_on = counts
        .then(|| before.and_then(|order| order.counted_on).unwrap_or_else(|| zone.day(event.at.max(data.placed_at))));
    let paid = data.paid || event.kind == EventKind::OrderPaid || before.is_some_and(|order| order.paid);
    Order {
        id: bounded(&data.id),
        number: data.number.as_deref().map(bounded),
        revision: data.revision,
        status: bounded(&data.status),
        placed_at: data.placed_at.min(event.at),
        changed_at: event.at,
        currency: bounded(&data.currency),
        total: data.total,
        goods_total: data.goods_total.unwrap_or(data.total),
        paid,
        paid_at: before.and_then(|order| order.paid_at).or(paid.then_some(event.at)),
        cancelled,
        counted_on,
        cart: data.cart.clone(),
        coupon: data.coupon.clone(),
        lines: data.lines.iter().map(|line| order_line(before, line)).collect(),
        statuses: statuses(before, data, event),
    }
}

fn order_line(before: Option<&Order>, line: &OrderLineData) -> OrderLine {
    let id = name_hash(&line.id);
    OrderLine {
        id,
        product: ProductKey::of("", &line.product),
        quantity: line.quantity,
        price: line.price,
        status: line.status.as_deref().map(bounded),
        original: before.is_none_or(|order| order.lines.iter().any(|known| known.id == id && known.original)),
    }
}

fn statuses(before: Option<&Order>, data: &OrderData, event: &Event) -> Vec<(String, Instant)> {
    let mut seen = before.map(|order| order.statuses.clone()).unwrap_or_default();
    if seen.last().is_none_or(|(status, _)| *status != data.status) {
        seen.push((bounded(&data.status), event.at));
    }
    let excess = seen.len().saturating_sub(STATUSES_MAX);
    seen.drain(..excess);
    seen
}

/// Adds what an order counts for to the ledger, or takes it back with [`Kind::Cancelled`].
fn contribute(order: Option<&Order>, policy: &OrdersPolicy, purchases: &mut Purchases, kind: Kind) {
    let Some((order, day)) = order.and_then(|order| order.counted_on.map(|day| (order, day))) else { return };
    for line in order.lines.iter().filter(|line| policy.line_is_bought(line)) {
        purchases.record(line.product, day, kind, Quantity::units(line.quantity));
    }
}

#[cfg(test)]
mod tests;
