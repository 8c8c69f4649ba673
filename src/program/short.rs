//! Short forms: actions, reminders, offers, segments, recommendations. The first two compile to journeys.

use crate::condition::{Condition, LastThing, Members, OrderTest};
use crate::event::EventKind;
use crate::journey::{
    Algorithm, Backlog, Banner, DateTrigger, Entry, EntryRule, EventMatch, EventNames, InactiveTrigger, Journey,
    OfferStep, Recommend, Send, Step, Trigger, Wait,
};
use crate::time::{CalendarSpan, ClockTime};
use serde::{Deserialize, Serialize};

/// Something happens, something follows; at most once for each customer unless `entry` says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Action {
    /// A name for machines, unique in the program.
    pub id: String,
    /// A name for people.
    pub name: Option<String>,
    /// What happens: `add_to_cart`, `order`, `paid_order`, `viewed`, `url`, `registration`.
    pub on: Option<ActionKind>,
    /// What must hold.
    pub when: Option<Condition>,
    /// How often; once ever when absent.
    pub entry: Option<Entry>,
    /// Not before this instant, RFC 3339.
    pub starts_at: Option<String>,
    /// Not after this instant, RFC 3339.
    pub ends_at: Option<String>,
    /// Show a banner.
    pub banner: Option<Banner>,
    /// Send an e-mail.
    pub email: Option<Send>,
    /// Assign a role.
    pub assign_role: Option<String>,
    /// Assign a tag.
    pub assign_tag: Option<String>,
    /// Show a form; its answers become attributes.
    pub form: Option<Banner>,
    /// Issue a coupon of an offer.
    pub offer: Option<String>,
}

/// The six kinds of action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ActionKind {
    AddToCart,
    Order,
    PaidOrder,
    Viewed,
    Url,
    Registration,
}

impl ActionKind {
    fn events(self) -> EventNames {
        use EventKind::*;
        EventNames(match self {
            ActionKind::AddToCart => vec![CartItemAdded],
            ActionKind::Order => vec![OrderPlaced],
            ActionKind::PaidOrder => vec![OrderPaid],
            ActionKind::Viewed => vec![ProductViewed, CategoryViewed, ManufacturerViewed],
            ActionKind::Url => vec![PageVisited],
            ActionKind::Registration => vec![CustomerRegistered],
        })
    }
}

impl Action {
    /// The journey it stands for.
    pub fn journey(&self) -> Journey {
        let mut steps = Vec::new();
        let mut add = |id: &str, step: Step| steps.push(Step { id: Some(id.to_owned()), ..step });
        if let Some(role) = &self.assign_role {
            add("role", Step { assign_role: Some(role.clone()), ..Step::default() });
        }
        if let Some(tag) = &self.assign_tag {
            add("tag", Step { assign_tag: Some(tag.clone()), ..Step::default() });
        }
        if let Some(offer) = &self.offer {
            add(
                "offer",
                Step {
                    offer: Some(OfferStep { id: offer.clone(), within: CalendarSpan::minutes(60) }),
                    ..Step::default()
                },
            );
        }
        if let Some(banner) = &self.banner {
            add("banner", Step { banner: Some(banner.clone()), ..Step::default() });
        }
        if let Some(form) = &self.form {
            add("form", Step { banner: Some(form.clone()), ..Step::default() });
        }
        if let Some(email) = &self.email {
            add("email", Step { send: Some(email.clone()), ..Step::default() });
        }
        Journey {
            id: self.id.clone(),
            name: self.name.clone(),
            trigger: Trigger { event: self.on.map(ActionKind::events).unwrap_or_default(), ..Trigger::default() },
            when: self.when.clone(),
            entry: self.entry.clone().unwrap_or(Entry { rule: EntryRule::Once, ..Entry::default() }),
            starts_at: self.starts_at.clone(),
            ends_at: self.ends_at.clone(),
            late_within: CalendarSpan::days(1),
            backlog: Backlog::Skip,
            exit: Vec::new(),
            goal: Vec::new(),
            valid_for: None,
            priority: 0,
            holdout_percent: 0.0,
            when_step_is_gone: Default::default(),
            steps,
        }
    }
}

/// A reminder in levels, each so long after the one before it was sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Reminder {
    /// A name for machines, unique in the program.
    pub id: String,
    /// A name for people.
    pub name: Option<String>,
    /// What it reminds of.
    pub kind: Option<ReminderKind>,
    /// What must hold at the beginning and again before every level.
    pub when: Option<Condition>,
    /// Not before this instant, RFC 3339.
    pub starts_at: Option<String>,
    /// Not after this instant, RFC 3339.
    pub ends_at: Option<String>,
    /// For `last_purchase`, `last_activity` and `abandoned_cart`: customers for whom it was due before it was switched on.
    pub backlog: Backlog,
    /// It may begin again so long after it began last; never when absent.
    pub renew_after: Option<CalendarSpan>,
    /// The levels in order.
    pub levels: Vec<Level>,
}

/// What a reminder reminds of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ReminderKind {
    AbandonedCart,
    Registered,
    LastPurchase,
    LastActivity,
    Birthday,
    CompletedOrder,
    UnpaidOrder,
}

/// One message of a reminder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Level {
    /// So long after the level before was sent; for the first level after what it reminds of (for a birthday: before it).
    pub after: CalendarSpan,
    /// The message.
    pub send: Send,
    /// A coupon for this level, by offer id.
    pub offer: Option<String>,
}

impl Reminder {
    /// The journey it stands for.
    pub fn journey(&self) -> Journey {
        let mut steps = Vec::new();
        for (index, level) in self.levels.iter().enumerate() {
            self.level(index, level, &mut steps);
        }
        Journey {
            id: self.id.clone(),
            name: self.name.clone(),
            trigger: self.trigger(),
            when: self.condition(),
            entry: self.entry(),
            starts_at: self.starts_at.clone(),
            ends_at: self.ends_at.clone(),
            late_within: CalendarSpan::days(1),
            backlog: self.backlog,
            exit: self.exits(),
            goal: self.goals(),
            valid_for: None,
            priority: 0,
            holdout_percent: 0.0,
            when_step_is_gone: Default::default(),
            steps,
        }
    }

    /// An order that came paid is no unpaid order, whatever else must hold.
    fn condition(&self) -> Option<Condition> {
        let unpaid = (self.kind == Some(ReminderKind::UnpaidOrder))
            .then(|| Condition::Order(OrderTest { paid: Some(false), ..OrderTest::default() }));
        match (unpaid, self.when.clone()) {
            (Some(unpaid), Some(when)) => Some(Condition::All(vec![unpaid, when])),
            (unpaid, when) => unpaid.or(when),
        }
    }

    fn level(&self, index: usize, level: &Level, steps: &mut Vec<Step>) {
        let number = index + 1;
        let step = |id: String, step: Step| Step { id: Some(id), ..step };
        let waits = index > 0 || !self.trigger_waits();
        if waits && !level.after.is_zero() {
            steps.push(step(
                format!("level{number}-wait"),
                Step { wait: Some(Wait { span: Some(level.after), ..Wait::default() }), ..Step::default() },
            ));
        }
        if let Some(when) = self.condition() {
            let check = crate::journey::Check { that: when, otherwise: None };
            steps.push(step(format!("level{number}-check"), Step { check: Some(check), ..Step::default() }));
        }
        if let Some(offer) = &level.offer {
            steps.push(step(
                format!("level{number}-offer"),
                Step {
                    offer: Some(OfferStep { id: offer.clone(), within: CalendarSpan::minutes(60) }),
                    ..Step::default()
                },
            ));
        }
        steps.push(step(format!("level{number}"), Step { send: Some(level.send.clone()), ..Step::default() }));
    }

    /// Kinds whose trigger already contains the first level's delay.
    fn trigger_waits(&self) -> bool {
        matches!(
            self.kind,
            Some(
                ReminderKind::LastPurchase
                    | ReminderKind::LastActivity
                    | ReminderKind::Birthday
                    | ReminderKind::AbandonedCart
            )
        )
    }

    fn trigger(&self) -> Trigger {
        let first = self.levels.first().map_or(CalendarSpan::days(1), |level| level.after);
        let inactive = |last| Trigger {
            inactive: Some(InactiveTrigger { last, span: first, only_after: None, at: None }),
            ..Trigger::default()
        };
        let events = |kinds: &[EventKind]| Trigger { event: EventNames(kinds.to_vec()), ..Trigger::default() };
        match self.kind {
            Some(ReminderKind::AbandonedCart) => inactive(LastThing::CartChange),
            Some(ReminderKind::LastPurchase) => inactive(LastThing::Purchase),
            Some(ReminderKind::LastActivity) => inactive(LastThing::Visit),
            Some(ReminderKind::Birthday) => {
                let days_before = u32::try_from(first.roughly_ms() / crate::time::DAY_MS).unwrap_or(0);
                let date = DateTrigger {
                    of: crate::journey::CustomerDate::Birthday,
                    days_before,
                    at: ClockTime::hm(9, 0),
                    leap_day: Default::default(),
                };
                Trigger { date: Some(date), ..Trigger::default() }
            }
            Some(ReminderKind::CompletedOrder) => {
                let to = crate::journey::OrderStatusTrigger {
                    to: vec!["completed".into()],
                    lines: Default::default(),
                    times_per_order: 1,
                };
                Trigger { order_status: Some(to), ..Trigger::default() }
            }
            Some(ReminderKind::UnpaidOrder) => events(&[EventKind::OrderPlaced]),
            Some(ReminderKind::Registered) | None => events(&[EventKind::CustomerRegistered]),
        }
    }

    fn entry(&self) -> Entry {
        match (self.kind, self.renew_after) {
            (Some(ReminderKind::CompletedOrder | ReminderKind::UnpaidOrder | ReminderKind::Birthday), None) => {
                Entry::default()
            }
            (Some(ReminderKind::AbandonedCart), None) => {
                Entry { cool_down: Some(CalendarSpan::days(1)), rule: EntryRule::Always, ..Entry::default() }
            }
            (_, None) => Entry { rule: EntryRule::Once, ..Entry::default() },
            (_, Some(period)) => Entry { rule: EntryRule::OncePer, period: Some(period), ..Entry::default() },
        }
    }

    /// A purchase ends what asks for a purchase; paying order X ends X's reminders, not Y's.
    fn goals(&self) -> Vec<EventMatch> {
        let on = |kind: EventKind| EventMatch { event: EventNames(vec![kind]), when: None, about: Default::default() };
        match self.kind {
            Some(ReminderKind::UnpaidOrder) => vec![on(EventKind::OrderPaid)],
            Some(ReminderKind::CompletedOrder) | None => Vec::new(),
            Some(ReminderKind::LastActivity) => {
                [EventKind::PageVisited, EventKind::ProductViewed, EventKind::CustomerLoggedIn, EventKind::OrderPlaced]
                    .map(on)
                    .to_vec()
            }
            Some(
                ReminderKind::AbandonedCart
                | ReminderKind::Registered
                | ReminderKind::LastPurchase
                | ReminderKind::Birthday,
            ) => vec![on(EventKind::OrderPlaced)],
        }
    }

    fn exits(&self) -> Vec<EventMatch> {
        match self.kind {
            Some(ReminderKind::UnpaidOrder | ReminderKind::CompletedOrder) => vec![EventMatch {
                event: EventNames(vec![EventKind::OrderCancelled]),
                when: None,
                about: Default::default(),
            }],
            Some(ReminderKind::AbandonedCart) => {
                vec![EventMatch {
                    event: EventNames(vec![EventKind::CartUpdated]),
                    when: Some(Condition::CartHasItems(false)),
                    about: Default::default(),
                }]
            }
            _ => Vec::new(),
        }
    }
}

/// A coupon definition.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Offer {
    /// A name for machines.
    pub id: String,
    /// For people, in the message.
    pub description: String,
    /// A fixed amount, minor units of the shop's currency.
    pub fixed: Option<i64>,
    /// Or a share of the goods, 1 to 100.
    pub percent: Option<f64>,
    /// Or free shipping.
    pub free_shipping: bool,
    /// Or a gift: a product id.
    pub gift: Option<String>,
    /// Only for orders of at least this, minor units.
    pub minimum: Option<i64>,
    /// Ends so long after it was issued.
    pub expires_after: Option<CalendarSpan>,
    /// At most so many coupons in all.
    pub budget: Option<u32>,
}

/// A list of products: named, or by a rule that is applied anew each time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Segment {
    /// A name for machines; templates read `products.by_segment('<id>')`.
    pub id: String,
    /// These products, in this order.
    pub products: Vec<String>,
    /// Or all products for which this holds.
    pub when: Option<Condition>,
    /// Newest first instead of the order of the catalogue.
    pub newest_first: bool,
}

/// What goes with a category, as the merchant says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CategoryPair {
    /// A category of what was bought.
    pub from: String,
    /// Categories that go with it.
    pub to: Vec<String>,
}

/// Recommended products on a page for some customers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Recommendation {
    /// The name of the list.
    pub id: String,
    /// For customers with these roles; everyone when both are absent.
    pub roles: Members,
    /// For customers with these tags.
    pub tags: Members,
    /// How the products are chosen.
    pub by: Option<Algorithm>,
    /// Which segment or category.
    pub of: Option<String>,
    /// How many.
    pub limit: Option<u8>,
}

impl Recommendation {
    /// As a named list for the engine.
    pub fn recommend(&self) -> Recommend {
        Recommend {
            name: self.id.clone(),
            by: self.by.unwrap_or(Algorithm::Popular),
            of: self.of.clone(),
            limit: self.limit.unwrap_or(6),
        }
    }
}
