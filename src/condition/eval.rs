//! Evaluation of conditions.

use super::*;
use crate::customer::{Customer, Order, Status};
use crate::event::{Event, EventData};
use crate::model::{Catalogue, Product, ProductKey};
use crate::time::{Instant, Zone};
use serde_json::Value;
use std::collections::BTreeMap;

/// Everything a condition may look at.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct Scope<'a> {
    pub now: Instant,
    pub zone: Zone,
    pub customer: &'a Customer,
    pub catalogue: &'a Catalogue,
    /// The event being folded, when there is one.
    pub event: Option<&'a Event>,
    /// The run asking, when there is one.
    pub run: Option<RunFacts<'a>>,
    /// The predicted cart the run is about.
    pub cart: Option<CartFacts>,
    /// The one line that product tests are about, inside a `lines` test.
    pub line: Option<LineFacts<'a>>,
}

/// What a condition may know of a run.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct RunFacts<'a> {
    pub journey: &'a str,
    pub started_at: Instant,
    pub last_step_at: Instant,
    /// The order it is about.
    pub order: Option<&'a str>,
    /// What came of its last step.
    pub outcome: &'a str,
}

/// What a condition may know of a predicted cart.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)]
pub struct CartFacts {
    pub edited: bool,
    pub viewed: bool,
    pub opened: bool,
    pub open: bool,
    pub lines: u32,
    pub total: i64,
}

/// One product with what was chosen with it.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct LineFacts<'a> {
    pub product: ProductKey,
    pub attributes: Option<&'a BTreeMap<String, String>>,
}

impl Condition {
    /// The truth now and the earliest instant it could change without an event. Outside a `lines`
    /// test one line must satisfy all product tests together.
    pub fn eval(&self, scope: &Scope<'_>) -> Truth {
        let lines = scope.lines();
        if scope.line.is_none() && lines.len() > 1 && self.asks_about_products() {
            return over_lines(self, LineMode::Any, scope, &lines);
        }
        let line = scope.line.or_else(|| lines.first().copied());
        self.test(&Scope { line, ..*scope })
    }

    fn asks_about_products(&self) -> bool {
        let mut asks = false;
        self.visit(&mut |inner| asks |= inner.is_about_product());
        asks
    }

    fn test(&self, scope: &Scope<'_>) -> Truth {
        match self {
            Condition::All(list) => join(list.iter().map(|inner| inner.test(scope)), |a, b| a && b, true),
            Condition::Any(list) => join(list.iter().map(|inner| inner.test(scope)), |a, b| a || b, false),
            Condition::None(list) => join(list.iter().map(|inner| inner.test(scope)), |a, b| a || b, false).not(),
            Condition::Lines(lines) => over_lines(&lines.test, lines.mode, scope, &scope.all_lines()),
            Condition::Since(since) => scope.since(since),
            Condition::Orders(orders) => scope.orders(orders),
            Condition::Messages(messages) => scope.messages(messages),
            Condition::Viewed(viewed) => scope.viewed(viewed),
            Condition::Counted(counted) => scope.counted(counted),
            _ => Truth::fixed(self.test_now(scope)),
        }
    }

    /// The tests whose truth changes only with an event.
    fn test_now(&self, scope: &Scope<'_>) -> bool {
        let customer = scope.customer;
        match self {
            Condition::Product(names) => scope.product_is(names),
            Condition::Category(names) => {
                scope.on_product(|product| names.test(|name| product.categories.iter().any(|has| has == name)))
                    || scope.viewed_name(names, "category")
            }
            Condition::Manufacturer(names) => {
                scope.on_product(|product| names.test(|name| product.manufacturer.as_deref() == Some(name)))
                    || scope.viewed_name(names, "manufacturer")
            }
            Condition::Vendor(names) => {
                scope.on_product(|product| names.test(|name| product.vendor.as_deref() == Some(name)))
            }
            Condition::ProductAttribute(test) => named(test, scope.attribute(&test.name)),
            Condition::ProductSpecification(test) => {
                scope.on_product(|product| named(test, product.specifications.get(&test.name).map(String::as_str)))
            }
            Condition::Role(names) => names.test(|name| customer.profile.roles.contains(name)),
            Condition::Tag(names) => names.test(|name| customer.profile.tags.contains(name)),
            Condition::RegisterField(test) => named(test, customer.profile.fields.get(&test.name).map(String::as_str)),
            Condition::CustomAttribute(test) => {
                named(test, customer.profile.attributes.get(&test.name).map(String::as_str))
            }
            Condition::Referrer(pattern) => {
                scope.page().is_some_and(|page| pattern.matches(page.referrer.as_deref().unwrap_or("")))
            }
            Condition::Url(pattern) => scope.page().is_some_and(|page| pattern.matches(&page.url)),
            Condition::Store(names) => scope.event.is_some_and(|event| names.test(|name| event.store == name)),
            Condition::Event(test) => scope.event.is_some_and(|event| field(test, at_path(&event.raw, &test.field))),
            Condition::Profile(test) => field(test, scope.profile_field(&test.field).as_ref()),
            Condition::Order(test) => scope.order().is_some_and(|order| order_is(test, order, customer)),
            Condition::Cart(test) => scope.cart.is_some_and(|cart| cart_is(test, cart)),
            Condition::CartHasItems(wanted) => {
                customer.activity.cart.as_ref().is_some_and(|cart| !cart.lines.is_empty()) == *wanted
            }
            Condition::ShopCart(test) => {
                customer.activity.cart.as_ref().is_some_and(|cart| scope.shop_cart_is(test, cart))
            }
            Condition::Consent(test) => customer.consent.granted(&test.channel, test.topic.as_deref().unwrap_or("*")),
            Condition::Contact(test) => {
                customer.profile.contact(&test.channel).is_some()
                    && customer.profile.suppression(&test.channel).is_none()
            }
            Condition::Outcome(names) => scope.run.is_some_and(|run| names.test(|name| run.outcome == name)),
            Condition::All(_)
            | Condition::Any(_)
            | Condition::None(_)
            | Condition::Lines(_)
            | Condition::Since(_)
            | Condition::Orders(_)
            | Condition::Messages(_)
            | Condition::Viewed(_)
            | Condition::Counted(_) => false,
        }
    }
}

fn join(truths: impl Iterator<Item = Truth>, combine: fn(bool, bool) -> bool, start: bool) -> Truth {
    truths.fold(Truth::fixed(start), |sum, truth| Truth {
        holds: combine(sum.holds, truth.holds),
        flips_at: earlier(sum.flips_at, truth.flips_at),
    })
}

fn over_lines(test: &Condition, mode: LineMode, scope: &Scope<'_>, lines: &[LineFacts<'_>]) -> Truth {
    let each = || lines.iter().map(|line| test.test(&Scope { line: Some(*line), ..*scope }));
    match mode {
        LineMode::Any => join(each(), |a, b| a || b, false),
        LineMode::All => join(each(), |a, b| a && b, !lines.is_empty()),
        LineMode::Whole => whole(test, scope, lines),
    }
}

/// Different lines may satisfy different tests, so the tree is walked and each product leaf looks at every line.
fn whole(test: &Condition, scope: &Scope<'_>, lines: &[LineFacts<'_>]) -> Truth {
    match test {
        Condition::All(list) => join(list.iter().map(|inner| whole(inner, scope, lines)), |a, b| a && b, true),
        Condition::Any(list) => join(list.iter().map(|inner| whole(inner, scope, lines)), |a, b| a || b, false),
        Condition::None(list) => join(list.iter().map(|inner| whole(inner, scope, lines)), |a, b| a || b, false).not(),
        leaf if leaf.is_about_product() => over_lines(leaf, LineMode::Any, scope, lines),
        leaf => leaf.test(scope),
    }
}

impl<'a> Scope<'a> {
    /// The lines the event is about, or the one line already chosen.
    fn lines(&self) -> Vec<LineFacts<'a>> {
        if self.line.is_some() { self.line.into_iter().collect() } else { self.all_lines() }
    }

    pub(super) fn all_lines(&self) -> Vec<LineFacts<'a>> {
        match self.event.map(|event| &event.data) {
            Some(EventData::Order(order)) => order
                .lines
                .iter()
                .map(|line| LineFacts {
                    product: ProductKey::of("", &line.product),
                    attributes: Some(&line.attributes),
                })
                .collect(),
            Some(EventData::CartItem(item)) => {
                vec![LineFacts { product: ProductKey::of("", &item.product), attributes: Some(&item.attributes) }]
            }
            Some(EventData::Cart(cart)) if !cart.lines.is_empty() => cart
                .lines
                .iter()
                .map(|line| LineFacts {
                    product: ProductKey::of("", &line.product),
                    attributes: Some(&line.attributes),
                })
                .collect(),
            Some(EventData::Product(data)) => data
                .product
                .iter()
                .chain(&data.products)
                .map(|id| LineFacts { product: ProductKey::of("", id), attributes: Some(&data.attributes) })
                .collect(),
            _ => self.lines_of_what_it_is_about(),
        }
    }

    /// Without an event that names products: those of the run's order, else of the shop's cart.
    fn lines_of_what_it_is_about(&self) -> Vec<LineFacts<'a>> {
        let plain = |product| LineFacts { product, attributes: None };
        if let Some(order) = self.order() {
            return order.lines.iter().map(|line| plain(line.product)).collect();
        }
        self.customer.activity.cart.iter().flat_map(|cart| &cart.lines).map(|(product, _, _)| plain(*product)).collect()
    }

    fn product(&self) -> Option<&'a Product> {
        self.catalogue.get(self.line?.product)
    }

    fn on_product(&self, test: impl Fn(&Product) -> bool) -> bool {
        self.product().is_some_and(test)
    }

    fn product_is(&self, names: &Members) -> bool {
        self.line.is_some_and(|line| names.test(|name| ProductKey::of("", name) == line.product))
    }

    /// `category.viewed` and `manufacturer.viewed` name one without a product.
    fn viewed_name(&self, names: &Members, what: &str) -> bool {
        self.name_viewed(what).is_some_and(|viewed| names.test(|name| name == viewed))
    }

    pub(super) fn name_viewed(&self, what: &str) -> Option<&'a str> {
        let Some(EventData::Product(data)) = self.event.map(|event| &event.data) else { return None };
        let viewed = if what == "category" { &data.category } else { &data.manufacturer };
        viewed.as_deref()
    }

    /// The products of all lines that the catalogue knows.
    pub(super) fn each_product(&self, see: impl FnMut(&'a Product)) {
        self.all_lines().iter().filter_map(|line| self.catalogue.get(line.product)).for_each(see);
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let chosen = self.line.and_then(|line| line.attributes?.get(name));
        chosen.or_else(|| self.product()?.attributes.get(name)).map(String::as_str)
    }

    pub(super) fn page(&self) -> Option<&'a crate::event::PageData> {
        match self.event.map(|event| &event.data) {
            Some(EventData::Page(page)) => Some(page),
            _ => None,
        }
    }

    pub(super) fn profile_field(&self, name: &str) -> Option<Value> {
        let (profile, activity) = (&self.customer.profile, &self.customer.activity);
        let text = match name {
            "country" => profile.country.clone(),
            "locale" => profile.locale.clone(),
            "zone" => profile.zone.clone(),
            "name" => profile.name.clone(),
            "email" => profile.email.clone(),
            "phone" => profile.phone.clone(),
            "device" => activity.device.clone(),
            "partner" => activity.partner.clone(),
            "campaign" => activity.last_campaign.clone(),
            "referrer" => activity.last_referrer.clone(),
            "birthday" => profile.birthday.map(|(month, day)| format!("--{month:02}-{day:02}")),
            _ => None,
        };
        text.map(Value::String)
    }

    /// The order the run is about, else the event's.
    pub fn order(&self) -> Option<&'a Order> {
        let id = match (self.run.and_then(|run| run.order), self.event.map(|event| &event.data)) {
            (Some(id), _) => id,
            (None, Some(EventData::Order(order))) => &order.id,
            _ => return None,
        };
        self.customer.orders.find(id)
    }

    /// Where counting begins, and how a counted instant later leaves the span.
    fn origin(&self, since: Option<Origin>, within: Option<crate::time::CalendarSpan>) -> Instant {
        let from_run = since.and_then(|origin| {
            self.run.map(|run| match origin {
                Origin::RunStarted => run.started_at,
                Origin::LastStep => run.last_step_at,
            })
        });
        let from_span = within.map(|span| span.before(self.now, self.zone));
        from_run.max(from_span).unwrap_or(Instant(i64::MIN))
    }

    /// A count over instants; with a sliding span it changes when the oldest leaves it.
    fn count(
        &self,
        instants: &[Instant],
        within: Option<crate::time::CalendarSpan>,
        at_least: Option<u32>,
        at_most: Option<u32>,
    ) -> Truth {
        let count = instants.len() as u32;
        let least = at_least.unwrap_or(u32::from(at_most.is_none()));
        let holds = count >= least && at_most.is_none_or(|most| count <= most);
        let leaves = within.and_then(|span| Some(span.after(*instants.iter().min()?, self.zone).plus_ms(1)));
        Truth { holds, flips_at: leaves.filter(|&at| at > self.now) }
    }

    fn orders(&self, test: &OrdersTest) -> Truth {
        let since = self.origin(test.since, test.within);
        let fits = |order: &&Order| {
            test.paid.is_none_or(|paid| order.paid == paid)
                && test.test.as_deref().is_none_or(|inner| self.order_has_line(inner, order))
        };
        let found: Vec<&Order> = self.customer.orders.placed_since(since).filter(fits).collect();
        let counted = self.count(
            &found.iter().map(|order| order.placed_at).collect::<Vec<_>>(),
            test.within,
            test.at_least,
            test.at_most,
        );
        let total = found.iter().fold(0i64, |sum, order| sum.saturating_add(order.total));
        Truth { holds: counted.holds && test.total_at_least.is_none_or(|least| total >= least), ..counted }
    }

    fn order_has_line(&self, test: &Condition, order: &Order) -> bool {
        order.lines.iter().any(|line| {
            test.test(&Scope {
                line: Some(LineFacts { product: line.product, attributes: None }),
                event: None,
                ..*self
            })
            .holds
        })
    }

    fn shop_cart_is(&self, test: &ShopCartTest, cart: &crate::customer::activity::ShopCart) -> bool {
        let named = |list: &[String], value: &Option<String>| {
            list.is_empty() || value.as_ref().is_some_and(|value| list.contains(value))
        };
        let line =
            |product: ProductKey| Scope { line: Some(LineFacts { product, attributes: None }), event: None, ..*self };
        named(&test.step, &cart.step)
            && named(&test.error, &cart.error)
            && test.shipping_at_least.is_none_or(|least| cart.shipping.is_some_and(|shipping| shipping >= least))
            && test.delivery_days_at_least.is_none_or(|least| cart.delivery_days.is_some_and(|days| days >= least))
            && test.total_at_least.is_none_or(|least| cart.total >= least)
            && test.total_below.is_none_or(|most| cart.total < most)
            && test
                .test
                .as_deref()
                .is_none_or(|inner| cart.lines.iter().any(|(product, _, _)| inner.test(&line(*product)).holds))
    }

    fn messages(&self, test: &MessagesTest) -> Truth {
        let since = self.origin(test.since, test.within);
        let journey = test
            .journey
            .as_deref()
            .map(|name| if name == "this" { self.run.map_or("", |run| run.journey) } else { name });
        let wanted = |message: &&crate::customer::Message| {
            journey.is_none_or(|name| message.journey == name)
                && test.step.as_ref().is_none_or(|step| message.step == *step)
                && test.channel.as_ref().is_none_or(|channel| message.channel == *channel)
                && test.topic.as_ref().is_none_or(|topic| message.topic == *topic)
                && status_reached(message.status, test.status.as_deref())
        };
        let found: Vec<Instant> = self
            .customer
            .messages
            .all()
            .iter()
            .filter(|message| message.at >= since)
            .filter(wanted)
            .map(|message| message.at)
            .collect();
        self.count(&found, test.within, test.at_least, test.at_most)
    }

    fn since(&self, test: &SinceTest) -> Truth {
        let Some(last) = self.last(test.last) else { return Truth::fixed(test.never) };
        let long = test.at_least.map(|span| at_or_after(self.now, span.after(last, self.zone)));
        let short = test.less_than.map(|span| at_or_after(self.now, span.after(last, self.zone)).not());
        join(long.into_iter().chain(short), |a, b| a && b, true)
    }

    fn last(&self, thing: LastThing) -> Option<Instant> {
        let customer = self.customer;
        match thing {
            LastThing::Purchase => customer.last_order_at(),
            LastThing::Visit => customer.activity.last_seen_at,
            LastThing::Login => customer.activity.last_login_at,
            LastThing::Registration => customer.profile.registered_at,
            LastThing::CartChange => customer.activity.cart.as_ref().map(|cart| cart.updated_at),
            LastThing::Message => customer
                .messages
                .all()
                .iter()
                .filter(|message| message.status.counts_as_sent())
                .map(|message| message.at)
                .max(),
        }
    }

    /// A sum over events; with a sliding span it changes when one of them leaves it.
    fn counted(&self, test: &CountedTest) -> Truth {
        let holds = |sum: f64| {
            sum >= test.at_least.unwrap_or(if test.at_most.is_some() { f64::MIN } else { 1.0 })
                && test.at_most.is_none_or(|most| sum <= most)
        };
        let since = self.origin(test.since, test.within);
        let events: Vec<(Instant, f64)> = self.customer.counters.since(&test.of, since).collect();
        let mut sum: f64 = events.iter().map(|(_, value)| value).sum();
        let now = holds(sum);
        let flips = |span: crate::time::CalendarSpan| {
            events.iter().find_map(|(at, value)| {
                sum -= value;
                (holds(sum) != now).then(|| span.after(*at, self.zone).plus_ms(1)).filter(|&at| at > self.now)
            })
        };
        Truth { holds: now, flips_at: test.within.and_then(flips) }
    }

    fn viewed(&self, test: &ViewedTest) -> Truth {
        let since = self.origin(None, test.within);
        let satisfies = |inner: Option<&Condition>, product| {
            inner.is_none_or(|inner| {
                inner.test(&Scope { line: Some(LineFacts { product, attributes: None }), event: None, ..*self }).holds
            })
        };
        let views = || self.customer.activity.views.iter().filter(|view| view.at >= since);
        let from = match test.after.as_deref() {
            None => Some(since),
            first => views().find(|view| satisfies(first, view.product)).map(|view| view.at),
        };
        let Some(from) = from else { return Truth::fixed(false) };
        let found: Vec<Instant> = views()
            .filter(|view| view.at >= from && satisfies(test.test.as_deref(), view.product))
            .map(|view| view.at)
            .collect();
        self.count(&found, test.within, test.at_least, None)
    }
}

fn at_or_after(now: Instant, due: Instant) -> Truth {
    if now >= due { Truth::fixed(true) } else { Truth::until(false, due) }
}

fn status_reached(status: Status, wanted: Option<&str>) -> bool {
    match wanted {
        None | Some("sent") => status.counts_as_sent(),
        Some("opened") => status.has(Status::OPENED) || status.has(Status::CLICKED),
        Some("clicked") => status.has(Status::CLICKED),
        Some("delivered") => status.has(Status::DELIVERED),
        Some("bounced") => status.has(Status::BOUNCED) || status.has(Status::FAILED),
        Some("skipped") => status.has(Status::SKIPPED),
        Some(_) => false,
    }
}

fn named(test: &NamedTest, value: Option<&str>) -> bool {
    match (value, &test.is) {
        (None, _) => test.absent,
        (Some(_), _) if test.absent => false,
        (Some(value), Some(pattern)) => pattern.matches(value),
        (Some(_), None) => true,
    }
}

fn field(test: &FieldTest, value: Option<&Value>) -> bool {
    let Some(value) = value.filter(|value| !value.is_null()) else { return test.absent };
    if test.absent {
        return false;
    }
    let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
    let bounds = test.at_least.is_none_or(|least| number.is_some_and(|n| n >= least))
        && test.at_most.is_none_or(|most| number.is_some_and(|n| n <= most));
    bounds && test.is.as_ref().is_none_or(|pattern| text_matches(pattern, value))
}

fn text_matches(pattern: &super::text::Pattern, value: &Value) -> bool {
    match value {
        Value::String(text) => pattern.matches(text),
        Value::Array(list) => list.iter().any(|inner| text_matches(pattern, inner)),
        other => pattern.matches(&other.to_string()),
    }
}

/// A value by dotted path; numbers index lists.
pub(crate) fn at_path<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, part| match value {
        Value::Array(list) => list.get(part.parse::<usize>().ok()?),
        Value::Object(map) => map.get(part),
        _ => None,
    })
}

fn order_is(test: &OrderTest, order: &Order, customer: &Customer) -> bool {
    let nth = || customer.orders.nth(order);
    (test.status.is_empty() || test.status.contains(&order.status))
        && (test.was.is_empty() || order.statuses.iter().any(|(status, _)| test.was.contains(status)))
        && test.paid.is_none_or(|paid| order.paid == paid)
        && test.cancelled.is_none_or(|cancelled| order.cancelled == cancelled)
        && test.total_at_least.is_none_or(|least| order.total >= least)
        && test.total_below.is_none_or(|most| order.total < most)
        && test.goods_at_least.is_none_or(|least| order.goods_total >= least)
        && test.goods_below.is_none_or(|most| order.goods_total < most)
        && test.currency.as_ref().is_none_or(|currency| order.currency == *currency)
        && test.nth.is_none_or(|n| nth() == n)
        && test.nth_at_least.is_none_or(|n| nth() >= n)
        && test.from_cart.is_none_or(|from| order.cart.is_some() == from)
}

fn cart_is(test: &CartTest, cart: CartFacts) -> bool {
    let same = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
    same(test.edited, cart.edited)
        && same(test.viewed, cart.viewed)
        && same(test.opened, cart.opened)
        && same(test.open, cart.open)
        && test.lines_at_least.is_none_or(|least| cart.lines >= least)
        && test.total_at_least.is_none_or(|least| cart.total >= least)
}
