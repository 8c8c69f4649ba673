//! The cart's life: gathered, quoted, offered, and what the customer and the shop make of it.

use super::cart::{Cart, CartLine, CartStatus, Shelf, Snooze};
use super::{Due, DueStatus, Replenish, Units, due_units};
use crate::customer::purchases::{Kind, Quantity};
use crate::customer::{Customer, OrdersPolicy};
use crate::effect::Reason;
use crate::event::{CallOutcome, EffectData, OperatorData, OrderData, PredictedCartData, Quote};
use crate::explain::Trace;
use crate::id::{EffectId, Id, fraction};
use crate::journey::ChosenProduct;
use crate::model::{Catalogue, Model, ProductKey};
use crate::time::{Day, Hours, Instant, Zone, day_text, parse_day, weekday};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many delivery days ahead something due is looked for; then the customer sleeps that long.
const DELIVERIES_AHEAD: i32 = 4;
/// Silence makes the next cart come later, by at most so many weeks.
const IGNORED_WEEKS_MAX: u32 = 3;
/// The customer may put something off for at most two years.
const POSTPONE_DAYS_MAX: Day = 731;

/// What this room asks of the host; the engine gives it its full shape.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Errand {
    Quote {
        cart: Id,
    },
    CreateOrder {
        cart: Id,
    },
    CancelOrder {
        cart: Id,
        order: String,
    },
    Wishlist {
        cart: Id,
        products: Vec<ProductKey>,
    },
    /// Call this customer.
    Call {
        cart: Id,
    },
    /// The call is late.
    RemindCall {
        cart: Id,
        of: EffectId,
    },
    CancelCall {
        cart: Id,
        task: EffectId,
    },
    /// The order could not be made; somebody must look.
    OrderFailed {
        cart: Id,
        why: String,
    },
}

/// What this room says to the journeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Said {
    Prepared(Id),
    Lapsed(Id),
}

/// The place where carts are worked on, for one customer in one step.
#[allow(missing_docs)]
pub struct Desk<'a> {
    pub now: Instant,
    pub zone: Zone,
    pub shop_zone: Zone,
    pub authored: &'a Replenish,
    pub business_hours: &'a Hours,
    pub orders: &'a OrdersPolicy,
    pub catalogue: &'a Catalogue,
    pub model: &'a Model,
    pub customer: &'a mut Customer,
    pub shelf: &'a mut Shelf,
    pub errands: Vec<Errand>,
    pub said: Vec<Said>,
    pub trace: &'a mut Trace,
}

/// The identity of an errand: what it is, about which cart.
pub fn errand_id(cart: Id, what: &str) -> EffectId {
    Id::of(&[&cart.bytes(), what.as_bytes()])
}

impl Desk<'_> {
    fn say(&mut self, text: impl FnOnce() -> String) {
        self.trace.say("replenish", text);
    }

    fn units(&self) -> Units<'_> {
        Units { authored: self.authored, catalogue: self.catalogue }
    }

    fn today(&self) -> Day {
        self.zone.day(self.now)
    }

    /// Purchases, consent or settings changed: look at the next delivery day again.
    pub fn stir(&mut self) {
        let (day, _) = self.next_delivery(self.now);
        let day = day + 7 * self.shelf.ignored_in_a_row.saturating_sub(1).min(IGNORED_WEEKS_MAX) as i32;
        let look = self.prepare_instant((day, self.zone.at(day, self.authored.delivery_day.at)));
        if self.shelf.open_cart().is_none() && self.refusal().is_none() {
            self.shelf.look_at = Some(look.max(self.now));
        }
    }

    /// Time has passed: gather, offer, remind.
    pub fn on_time(&mut self) {
        if self.shelf.look_at.is_some_and(|at| at <= self.now) {
            self.gather();
        }
        self.offer_waiting();
        self.remind_calls();
    }

    /// Why no cart is made for this customer, whatever is due; the first reason that holds.
    pub fn refusal(&self) -> Option<&'static str> {
        let topic = &self.authored.topic;
        let agreed = self
            .customer
            .consent
            .all()
            .iter()
            .any(|word| word.granted && self.customer.consent.granted(&word.channel, topic));
        match () {
            () if self.shelf.stopped => Some("stopped"),
            () if !agreed => Some("no_consent"),
            () if self.customer.purchases.is_empty() => Some("nothing_bought"),
            () => None,
        }
    }

    /// The first delivery hour at or after an instant, with its local day.
    fn next_delivery(&self, from: Instant) -> (Day, Instant) {
        let today = self.zone.day(from);
        let wanted = self.authored.delivery_day.weekday.number();
        let ahead = (i32::from(wanted) - i32::from(weekday(today))).rem_euclid(7);
        let at = |day| self.zone.at(day, self.authored.delivery_day.at);
        let day = if at(today + ahead) >= from { today + ahead } else { today + ahead + 7 };
        (day, at(day))
    }

    /// Preparing is spread over the hours before by a hash of the customer.
    fn prepare_instant(&self, (_, at): (Day, Instant)) -> Instant {
        let ahead = self.authored.prepare_ahead.roughly_ms() as f64;
        at.plus_ms(-((fraction("prepare", self.customer.key.as_bytes()) * ahead) as i64))
    }

    /// The delivery day this wake is for: the next one, or today's when its hour is not long past.
    fn delivery_for_now(&self) -> (Day, Instant) {
        let today = self.today();
        let at = self.zone.at(today, self.authored.delivery_day.at);
        let is_today = weekday(today) == self.authored.delivery_day.weekday.number();
        if is_today && at <= self.now && self.authored.offer_within.after(at, self.zone) >= self.now {
            return (today, at);
        }
        self.next_delivery(self.now)
    }

    fn gather(&mut self) {
        self.shelf.look_at = None;
        if let Some(why) = self.refusal() {
            return self.say(|| format!("no cart: {why}"));
        }
        let delivery = self.delivery_for_now();
        if delivery.1 > self.now && self.prepare_instant(delivery) > self.now {
            self.shelf.look_at = Some(self.prepare_instant(delivery));
            return;
        }
        if self.shelf.carts.iter().any(|cart| cart.delivery_day == delivery.0) {
            return self.sleep_past(delivery.0);
        }
        self.lapse_open();
        let due = self.due_on(delivery.0);
        if due.is_empty() {
            self.say(|| format!("nothing due on {}", day_text(delivery.0)));
            return self.sleep_past(delivery.0);
        }
        self.make_carts(delivery, due);
    }

    /// The units due on a delivery day, the surest first.
    fn due_on(&mut self, day: Day) -> Vec<Due> {
        let all = self.all_units(day);
        for due in &all {
            self.trace.say("replenish", || {
                format!(
                    "{}: {} on {}, chance {:.3} of {:.3}, {}",
                    self.catalogue.get(due.product).map_or("?", |product| &product.id),
                    due.status.word(),
                    day_text(day),
                    due.chance,
                    due.threshold,
                    due.reason.text
                )
            });
        }
        all.into_iter().filter(|due| due.status == DueStatus::Due).collect()
    }

    /// Every unit as it stands on a delivery day.
    pub fn all_units(&self, day: Day) -> Vec<Due> {
        due_units(self.units(), self.model, &self.customer.purchases, self.shelf, &self.in_progress(), day)
    }

    fn in_progress(&self) -> BTreeSet<ProductKey> {
        let orders = self.customer.orders.in_progress(self.orders, self.now, self.zone);
        orders.flat_map(|order| &order.lines).map(|line| self.units().unit(line.product)).collect()
    }

    /// Sleeps until the first later delivery day that has something, at most four weeks.
    fn sleep_past(&mut self, day: Day) {
        let later = (1..=DELIVERIES_AHEAD).map(|weeks| day + weeks * 7);
        let next = later
            .clone()
            .find(|&day| self.all_units(day).iter().any(|due| due.status == DueStatus::Due))
            .unwrap_or(day + DELIVERIES_AHEAD * 7);
        let at = self.zone.at(next, self.authored.delivery_day.at);
        self.shelf.look_at = Some(self.prepare_instant((next, at)));
    }

    /// One cart for each store, of what is bought there, cut at the cart's size.
    fn make_carts(&mut self, (day, at): (Day, Instant), due: Vec<Due>) {
        let mut by_store: BTreeMap<String, Vec<Due>> = BTreeMap::new();
        for due in due {
            by_store.entry(self.shelf.store_of(due.product).to_owned()).or_default().push(due);
        }
        for (store, mut due) in by_store {
            due.truncate(self.authored.lines_max as usize);
            self.make_cart(store, (day, at), due);
        }
        // If a quote never comes, the next delivery day is another chance.
        let next = self.zone.at(day + 7, self.authored.delivery_day.at);
        self.shelf.look_at = Some(self.prepare_instant((day + 7, next)));
    }

    /// A journey wants a cart of its own choice offered now. An open one of the same store gives way.
    pub fn prepare(&mut self, store: &str, wanted: &[ChosenProduct]) {
        let today = self.today();
        let reason = Reason { code: "segment".to_owned(), text: "chosen for you".to_owned(), ..Reason::default() };
        let line = |wanted: &ChosenProduct| {
            let key = ProductKey::of("", &wanted.product);
            let product = self.catalogue.get(key).filter(|product| product.is_on_sale())?;
            Some(CartLine {
                unit: self.units().unit(key),
                product: key,
                quantity: wanted.quantity,
                price: product.price,
                price_before: None,
                run_out: today,
                chance: 0.0,
                interval_days: 0,
                reason: reason.clone(),
                removed: false,
                next_day: None,
            })
        };
        let lines: Vec<CartLine> = wanted.iter().filter_map(line).collect();
        if lines.is_empty() {
            return self.say(|| "no cart is prepared: nothing of it is on sale".to_owned());
        }
        let open = |cart: &&Cart| cart.status.is_open() && cart.store == store;
        for id in self.shelf.carts.iter().filter(open).map(|cart| cart.id).collect::<Vec<_>>() {
            self.lapse(id);
        }
        self.add_cart(store.to_owned(), (today, self.now), lines);
    }

    fn make_cart(&mut self, store: String, (day, at): (Day, Instant), due: Vec<Due>) {
        let lines = due.into_iter().map(|due| self.line(due)).collect();
        self.add_cart(store, (day, at), lines);
    }

    fn add_cart(&mut self, store: String, (day, at): (Day, Instant), lines: Vec<CartLine>) {
        let id = Id::of(&[b"cart", self.customer.key.as_bytes(), &self.shelf.made.to_le_bytes()]);
        self.say(|| format!("cart {id} for {} with {} lines", day_text(day), lines.len()));
        self.shelf.made = self.shelf.made.saturating_add(1);
        self.shelf.add(Cart {
            id,
            store,
            status: CartStatus::Quoting,
            prepared_at: self.now,
            delivery_at: at,
            delivery_day: day,
            lines,
            left_out: Vec::new(),
            currency: String::new(),
            edited: false,
            viewed: false,
            order: None,
            confirmed_at: None,
            undo_until: None,
            undo_asked: false,
            call: None,
            call_due: None,
            call_done: false,
            added: Vec::new(),
        });
        self.errands.push(Errand::Quote { cart: id });
    }

    fn line(&self, due: Due) -> CartLine {
        let price = self.catalogue.get(due.product).map_or(0, |product| product.price);
        CartLine {
            unit: due.unit,
            product: due.product,
            quantity: due.quantity,
            price,
            price_before: None,
            run_out: due.run_out,
            chance: due.chance,
            interval_days: due.interval_days,
            reason: due.reason,
            removed: false,
            next_day: None,
        }
    }

    /// The shop said what can be had and for how much.
    pub fn on_quote(&mut self, cart: Id, receipt: &EffectData) {
        let quotes = Quote::list(receipt.result.get("quotes").unwrap_or(&Value::Null));
        let catalogue = self.catalogue;
        let Some(found) = self.shelf.cart_mut(cart).filter(|cart| cart.status == CartStatus::Quoting) else { return };
        found.quote(&quotes, catalogue);
        found.status = if found.lines.is_empty() { CartStatus::Empty } else { CartStatus::Waiting };
        let (day, kept, left) = (found.delivery_day, found.lines.len(), found.left_out.len());
        self.say(|| format!("cart {cart} quoted: {kept} lines, {left} left out"));
        if kept == 0 {
            self.sleep_past(day);
        }
        self.offer_waiting();
    }

    /// Carts whose hour has come are offered, unless it is long past.
    fn offer_waiting(&mut self) {
        let waiting: Vec<Id> = self
            .shelf
            .carts
            .iter()
            .filter(|cart| cart.status == CartStatus::Waiting && cart.delivery_at <= self.now)
            .map(|cart| cart.id)
            .collect();
        for id in waiting {
            let (now, zone, within) = (self.now, self.zone, self.authored.offer_within);
            let Some(cart) = self.shelf.cart_mut(id) else { continue };
            if within.after(cart.delivery_at, zone) < now {
                cart.status = CartStatus::Lapsed;
                let day = cart.delivery_day;
                self.say(|| format!("cart {id} came too late to be offered"));
                self.sleep_past(day);
            } else {
                cart.status = CartStatus::Ready;
                self.said.push(Said::Prepared(id));
            }
        }
    }

    /// What a customer did with a cart. Anything that does not fit its status changes nothing.
    pub fn on_customer(&mut self, kind: crate::event::EventKind, data: &PredictedCartData) {
        use crate::event::EventKind::*;
        let Some(id) = Id::parse(&data.cart).filter(|id| self.shelf.cart(Some(*id)).is_some()) else {
            return self.say(|| "no such cart; nothing changes".to_owned());
        };
        self.shelf.ignored_in_a_row = 0;
        match kind {
            CartConfirmed => self.confirm(id, &data.quotes),
            CartUndone => self.undo(id),
            CartPostponed => self.postpone(id, data),
            CartLineRemoved => self.edit(id, data, |line| line.removed = true),
            CartLineRestored => self.edit(id, data, |line| line.removed = false),
            CartQuantityChanged => self.change_quantity(id, data),
            CartViewed => {
                if let Some(cart) = self.shelf.cart_mut(id) {
                    cart.viewed = true;
                }
            }
            CartStopped => self.shelf.stopped = true,
            CartKept => {
                self.shelf.stopped = false;
                self.shelf.postponed_in_a_row = 0;
                self.stir();
            }
            _ => {}
        }
    }

    /// Orders what is kept, at the prices the customer has just been shown.
    fn confirm(&mut self, id: Id, quotes: &[Quote]) {
        let (now, catalogue) = (self.now, self.catalogue);
        let Some(cart) = self.shelf.cart_mut(id) else { return };
        let mut quoted = cart.clone();
        quoted.requote(quotes, catalogue);
        if cart.status != CartStatus::Ready || quoted.kept().next().is_none() {
            let word = cart.status.word();
            return self.say(|| format!("cart {id} is {word} or empty and cannot be confirmed"));
        }
        *cart = quoted;
        cart.status = CartStatus::Confirming;
        cart.confirmed_at = Some(now);
        self.shelf.postponed_in_a_row = 0;
        self.errands.push(Errand::CreateOrder { cart: id });
        self.say(|| format!("cart {id} confirmed"));
    }

    /// The shop made the order, or could not.
    pub fn on_order_created(&mut self, id: Id, receipt: &EffectData, failed: bool) {
        let (now, zone, within) = (self.now, self.zone, self.authored.undo_within);
        let call_due = self.business_hours.after_open_minutes(
            now,
            self.authored.call_within_hours.saturating_mul(60),
            self.shop_zone,
        );
        let Some(cart) = self.shelf.cart_mut(id).filter(|cart| cart.status == CartStatus::Confirming) else { return };
        if failed {
            cart.status = CartStatus::Ready;
            cart.confirmed_at = None;
            let why = receipt.error.clone().unwrap_or_default();
            return self.errands.push(Errand::OrderFailed { cart: id, why });
        }
        let text = |name: &str| receipt.result.get(name).and_then(Value::as_str).map(str::to_owned);
        cart.status = CartStatus::Ordered;
        cart.order = Some((text("order_id").unwrap_or_default(), text("number")));
        cart.undo_until = Some(within.after(cart.confirmed_at.unwrap_or(now), zone));
        cart.call = Some(errand_id(id, "call"));
        cart.call_due = call_due;
        let undo_asked = cart.undo_asked;
        if undo_asked {
            return self.take_back(id);
        }
        self.errands.push(Errand::Call { cart: id });
    }

    fn undo(&mut self, id: Id) {
        let now = self.now;
        let Some(cart) = self.shelf.cart_mut(id) else { return };
        match cart.status {
            CartStatus::Confirming => cart.undo_asked = true,
            CartStatus::Ordered if cart.undo_until.is_some_and(|until| now <= until) => self.take_back(id),
            _ => self.say(|| format!("cart {id} cannot be undone any more")),
        }
    }

    fn take_back(&mut self, id: Id) {
        let Some(cart) = self.shelf.cart_mut(id) else { return };
        cart.status = CartStatus::Undone;
        cart.call_done = true;
        let (order, call, asked) = (cart.order.clone(), cart.call, cart.undo_asked);
        if let Some((order, _)) = order {
            self.errands.push(Errand::CancelOrder { cart: id, order });
        }
        if let Some(task) = call.filter(|_| !asked) {
            self.errands.push(Errand::CancelCall { cart: id, task });
        }
        self.reassign(id, None);
        self.stir();
    }

    /// Breaks the cart up, or puts off one line of it.
    fn postpone(&mut self, id: Id, data: &PredictedCartData) {
        let open = self.shelf.cart(Some(id)).is_some_and(|cart| cart.status == CartStatus::Ready);
        if !open {
            return self.say(|| format!("cart {id} is not open and cannot be postponed"));
        }
        let until = data.until.as_deref().and_then(parse_day);
        match &data.product {
            Some(product) => self.postpone_line(id, ProductKey::of("", product), until),
            None => self.postpone_all(id, until),
        }
        self.stir();
    }

    fn postpone_all(&mut self, id: Id, until: Option<Day>) {
        let today = self.today();
        let Some(cart) = self.shelf.cart_mut(id) else { return };
        cart.status = CartStatus::Postponed;
        let put_off: Vec<(ProductKey, u32)> = cart.kept().map(|line| (line.product, line.quantity)).collect();
        self.shelf.postponed_in_a_row = self.shelf.postponed_in_a_row.saturating_add(1);
        for (product, quantity) in &put_off {
            self.customer.purchases.record(*product, today, Kind::Postponed, Quantity::units(*quantity));
        }
        self.reassign(id, until);
        self.errands
            .push(Errand::Wishlist { cart: id, products: put_off.into_iter().map(|(product, _)| product).collect() });
        self.say(|| format!("cart {id} postponed"));
    }

    fn postpone_line(&mut self, id: Id, product: ProductKey, until: Option<Day>) {
        let today = self.today();
        let Some(cart) = self.shelf.cart(Some(id)) else { return };
        let Some(index) = cart.lines.iter().position(|line| line.product == product && !line.removed) else { return };
        let quantity = cart.lines[index].quantity;
        self.customer.purchases.record(product, today, Kind::Postponed, Quantity::units(quantity));
        let day = self.new_date(&cart_line(self.shelf, id, index), until);
        self.snooze(id, index, day);
        if let Some(cart) = self.shelf.cart_mut(id) {
            cart.lines[index].removed = true;
            cart.edited = true;
        }
        self.errands.push(Errand::Wishlist { cart: id, products: vec![product] });
        self.close_if_empty(id);
    }

    fn close_if_empty(&mut self, id: Id) {
        if let Some(cart) = self.shelf.cart_mut(id).filter(|cart| cart.kept().next().is_none()) {
            cart.status = CartStatus::Postponed;
        }
    }

    /// Gives every line of a closed cart its own new date.
    fn reassign(&mut self, id: Id, until: Option<Day>) {
        let count = self.shelf.cart(Some(id)).map_or(0, |cart| cart.lines.len());
        for index in 0..count {
            let line = cart_line(self.shelf, id, index);
            if line.next_day.is_none() {
                let day = self.new_date(&line, until);
                self.snooze(id, index, day);
            }
        }
    }

    /// A line's own new date: the day the customer chose, else a quarter of its interval on, never
    /// before the next delivery day; always a delivery day.
    fn new_date(&self, line: &CartLine, until: Option<Day>) -> Day {
        let today = self.today();
        let chosen = until.map(|day| day.clamp(today + 1, today + POSTPONE_DAYS_MAX));
        let by_rhythm = today + (line.interval_days / 4).clamp(1, 90) as i32;
        let earliest = chosen.unwrap_or(by_rhythm).max(today + 1);
        let wanted = i32::from(self.authored.delivery_day.weekday.number());
        earliest + (wanted - i32::from(weekday(earliest))).rem_euclid(7)
    }

    fn snooze(&mut self, id: Id, index: usize, day: Day) {
        let Some(cart) = self.shelf.cart_mut(id) else { return };
        cart.lines[index].next_day = Some(day);
        let unit = cart.lines[index].unit;
        let in_a_row = self.shelf.snoozes.get(&unit).map_or(0, |snooze| snooze.in_a_row).saturating_add(1);
        self.shelf.snoozes.insert(unit, Snooze { until: day, in_a_row });
        self.forget_old_snoozes();
    }

    fn forget_old_snoozes(&mut self) {
        let today = self.today();
        self.shelf.snoozes.retain(|_, snooze| snooze.until >= today - 28);
    }

    fn edit(&mut self, id: Id, data: &PredictedCartData, change: impl Fn(&mut CartLine)) {
        let today = self.today();
        let Some(product) = data.product.as_deref().map(|id| ProductKey::of("", id)) else { return };
        let Some(cart) = self.shelf.cart_mut(id).filter(|cart| cart.status == CartStatus::Ready) else { return };
        let Some(line) = cart.lines.iter_mut().find(|line| line.product == product) else { return };
        let was = line.removed;
        change(line);
        let (removed, quantity) = (line.removed, line.quantity);
        cart.edited = true;
        if removed && !was {
            self.customer.purchases.record(product, today, Kind::Removed, Quantity::units(quantity));
        }
    }

    fn change_quantity(&mut self, id: Id, data: &PredictedCartData) {
        match data.quantity {
            Some(0) => self.edit(id, data, |line| line.removed = true),
            Some(quantity) => self.edit(id, data, |line| line.quantity = quantity.min(999)),
            None => {}
        }
    }

    /// An ordinary purchase ends an open cart; an order made from a cart belongs to it.
    pub fn on_order_placed(&mut self, order: &OrderData, store: &str) {
        self.shelf.on_order(store, order);
        let own = order.cart.as_deref().and_then(Id::parse);
        let open: Vec<Id> = self
            .shelf
            .carts
            .iter()
            .filter(|cart| cart.status.is_open() && cart.store == store && Some(cart.id) != own)
            .map(|cart| cart.id)
            .collect();
        for id in open {
            if let Some(cart) = self.shelf.cart_mut(id) {
                cart.status = CartStatus::Superseded;
            }
            self.say(|| format!("cart {id} is superseded by order {}", order.id));
        }
        self.shelf.postponed_in_a_row = 0;
        self.shelf.ignored_in_a_row = 0;
    }

    /// The operator said what came of the call.
    pub fn on_call_done(&mut self, data: &OperatorData) {
        let task = Id::parse(&data.task);
        let Some(cart) = self.shelf.carts.iter_mut().find(|cart| cart.call.is_some() && cart.call == task) else {
            return;
        };
        cart.call_done = data.outcome != CallOutcome::NotReached;
        cart.added = data.items_added.iter().map(|item| (ProductKey::of("", &item.product), item.quantity)).collect();
        if data.outcome == CallOutcome::NotReached {
            cart.call_due = self.business_hours.after_open_minutes(
                self.now,
                self.authored.call_within_hours.saturating_mul(60),
                self.shop_zone,
            );
        }
    }

    fn remind_calls(&mut self) {
        let now = self.now;
        let late: Vec<(Id, EffectId)> = self
            .shelf
            .carts
            .iter()
            .filter(|cart| !cart.call_done && cart.call_due.is_some_and(|due| due <= now))
            .filter_map(|cart| Some((cart.id, cart.call?)))
            .collect();
        for (id, of) in late {
            if let Some(cart) = self.shelf.cart_mut(id) {
                cart.call_due = None;
            }
            self.errands.push(Errand::RemindCall { cart: id, of });
        }
    }

    /// Nobody answered: the cart closes and each line gets a new date.
    pub fn lapse(&mut self, id: Id) {
        let Some(cart) = self.shelf.cart_mut(id).filter(|cart| cart.status.is_open()) else { return };
        cart.status = CartStatus::Lapsed;
        self.shelf.ignored_in_a_row = self.shelf.ignored_in_a_row.saturating_add(1);
        self.say(|| format!("cart {id} lapsed"));
        self.reassign(id, None);
        self.said.push(Said::Lapsed(id));
        self.stir();
    }

    fn lapse_open(&mut self) {
        let open: Vec<Id> = self.shelf.carts.iter().filter(|cart| cart.status.is_open()).map(|cart| cart.id).collect();
        for id in open {
            self.lapse(id);
        }
    }
}

fn cart_line(shelf: &Shelf, id: Id, index: usize) -> CartLine {
    // Callers count the lines of this very cart first.
    shelf.cart(Some(id)).map(|cart| cart.lines[index].clone()).expect("the cart and its line were just seen")
}
