//! Journeys as they are written.

use crate::condition::Condition;
use crate::customer::messages::Class;
use crate::event::EventKind;
use crate::time::{CalendarSpan, ClockTime, Hours, LeapDay, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A flow that begins with a trigger and goes through steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Journey {
    /// A name for machines, unique in the program. Runs remember it: renaming it ends them.
    pub id: String,
    /// A name for people.
    #[serde(default)]
    pub name: Option<String>,
    /// What begins a run.
    pub trigger: Trigger,
    /// What must hold when it begins.
    #[serde(default)]
    pub when: Option<Condition>,
    /// How often it may begin.
    #[serde(default)]
    pub entry: Entry,
    /// Not before this instant, RFC 3339.
    #[serde(default)]
    pub starts_at: Option<String>,
    /// Not after this instant, RFC 3339.
    #[serde(default)]
    pub ends_at: Option<String>,
    /// How late a fact may arrive and still begin a run. Too short loses runs when the shop was
    /// offline; too long surprises people with old news.
    #[serde(default = "a_day")]
    pub late_within: CalendarSpan,
    /// Customers for whom a timed trigger was due before the journey was switched on.
    #[serde(default)]
    pub backlog: Backlog,
    /// Events that end a run at once, without success.
    #[serde(default)]
    pub exit: Vec<EventMatch>,
    /// Events that end a run at once, with success.
    #[serde(default)]
    pub goal: Vec<EventMatch>,
    /// A run older than this ends, wherever it is.
    #[serde(default)]
    pub valid_for: Option<CalendarSpan>,
    /// When several messages compete for one slot the highest wins.
    #[serde(default)]
    pub priority: i32,
    /// Share of customers, 0 to 100, who go through every step but are sent nothing, to measure what the journey adds.
    #[serde(default)]
    pub holdout_percent: f64,
    /// What happens to a run whose step is gone after the program changed.
    #[serde(default)]
    pub when_step_is_gone: StepGone,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

fn a_day() -> CalendarSpan {
    CalendarSpan::days(1)
}

/// What happens to a run whose step was removed from the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepGone {
    /// It ends.
    #[default]
    Leave,
    /// It begins again; what was sent is not sent again.
    Restart,
}

/// What happens when a journey is switched on for those who have been due for long: `inactive` and `audience` only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Backlog {
    /// They are left alone.
    #[default]
    Skip,
    /// They begin when the program is published.
    All,
    /// So many begin each day, chosen by a hash.
    PerDay(u32),
}

/// What begins a run: exactly one of the fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Trigger {
    /// One of these events.
    pub event: EventNames,
    /// An order, or its lines, came into a status.
    pub order_status: Option<OrderStatusTrigger>,
    /// A calendar.
    pub schedule: Option<ScheduleTrigger>,
    /// A date of the customer.
    pub date: Option<DateTrigger>,
    /// Something has not happened for a while.
    pub inactive: Option<InactiveTrigger>,
    /// The customer comes to satisfy, or no longer satisfies, a condition.
    pub audience: Option<AudienceTrigger>,
    /// Only by another journey's `start`.
    pub manual: bool,
}

/// An order came into a status, in however many changes its lines needed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderStatusTrigger {
    /// Any of these.
    pub to: Vec<String>,
    /// Which lines must have come there.
    #[serde(default)]
    pub lines: OrderLinesMode,
    /// How often for one order, counted since it was created, also before this journey existed.
    #[serde(default = "one")]
    pub times_per_order: u32,
}

fn one() -> u32 {
    1
}

/// Which lines must have come into the status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderLinesMode {
    /// Every line the order was created with; one of them cancelled means never.
    #[default]
    AllOriginal,
    /// Any one line.
    Any,
}

/// Every week, month or day at a local time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScheduleTrigger {
    /// These days of the week.
    #[serde(default)]
    pub weekdays: Vec<Weekday>,
    /// Or these days of the month; 31 is the last day of a shorter one.
    #[serde(default)]
    pub month_days: Vec<u8>,
    /// At this local time.
    pub at: ClockTime,
    /// Only every so many weeks (or months).
    #[serde(default = "one")]
    pub every: u32,
    /// No more after this date, `YYYY-MM-DD`.
    #[serde(default)]
    pub until: Option<String>,
}

/// A yearly date of the customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DateTrigger {
    /// Which date.
    pub of: CustomerDate,
    /// So many days before it.
    #[serde(default)]
    pub days_before: u32,
    /// At this local time.
    #[serde(default = "nine")]
    pub at: ClockTime,
    /// What 29 February means in other years.
    #[serde(default)]
    pub leap_day: LeapDay,
}

fn nine() -> ClockTime {
    ClockTime::hm(9, 0)
}

/// Yearly dates a customer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum CustomerDate {
    Birthday,
    RegistrationAnniversary,
    FirstOrderAnniversary,
}

/// Something has not happened for a while. A timer, not a scan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InactiveTrigger {
    /// What has not happened.
    pub last: crate::condition::LastThing,
    /// For how long.
    #[serde(rename = "for")]
    pub span: CalendarSpan,
    /// Only customers for whom it last happened after this instant, RFC 3339; so an old backlog is left alone.
    #[serde(default)]
    pub only_after: Option<String>,
    /// At this local time of the day it becomes true.
    #[serde(default)]
    pub at: Option<ClockTime>,
}

/// Coming into, or leaving, an audience.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AudienceTrigger {
    /// Who is in it.
    pub of: Condition,
    /// Whether leaving it is meant.
    #[serde(default)]
    pub leaving: bool,
}

/// How often a journey may begin for one customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Entry {
    /// The rule; `keyed` when absent.
    pub rule: EntryRule,
    /// What makes a key: a path into the event's data. By default the order, the predicted cart, the
    /// shop's cart or the lead that the event is about.
    pub key: Option<String>,
    /// For `once_per`: the period.
    pub period: Option<CalendarSpan>,
    /// Not again within this time after a run began.
    pub cool_down: Option<CalendarSpan>,
    /// At most so many runs for one customer, ever.
    pub per_customer_max: Option<u32>,
    /// At most so many runs begun on one local day.
    pub per_day_max: Option<u32>,
}

/// When a journey may begin again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntryRule {
    /// Once for each key.
    #[default]
    Keyed,
    /// Once for each customer, ever.
    Once,
    /// Once in a period.
    OncePer,
    /// Every time, unless a run is still on.
    Always,
}

/// Event names: one, or a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventNames(pub Vec<EventKind>);

/// An event that ends a wait or a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventMatch {
    /// One of these.
    pub event: EventNames,
    /// What must hold then.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Whether it must be about what the run is about.
    #[serde(default)]
    pub about: About,
}

/// Whether an event must be about the run's own order or cart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Yes, where both have one; a newly placed order is never the run's own.
    #[default]
    Same,
    /// Any order or cart of the customer.
    Any,
    /// Only another one.
    Other,
}

/// One step: an optional id and exactly one of the rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// A name that stays when steps are moved; without it the place in the list is the name.
    pub id: Option<String>,
    /// File a message.
    pub send: Option<Send>,
    /// Show a banner.
    pub banner: Option<Banner>,
    /// Assign a role.
    pub assign_role: Option<String>,
    /// Remove a role.
    pub remove_role: Option<String>,
    /// Assign a tag.
    pub assign_tag: Option<String>,
    /// Remove a tag.
    pub remove_tag: Option<String>,
    /// Set or clear a custom attribute.
    pub set_attribute: Option<SetAttribute>,
    /// Issue a coupon of an offer, by its id.
    pub offer: Option<OfferStep>,
    /// Put a task before an operator.
    pub task: Option<Task>,
    /// Call a webhook of the host, by its name.
    pub webhook: Option<String>,
    /// Tell this or another customer something.
    pub emit: Option<Emit>,
    /// Change the predicted cart.
    pub cart: Option<CartStep>,
    /// Prepare a cart of these products, to be quoted and offered at once like a predicted one.
    pub prepare_cart: Vec<ChosenProduct>,
    /// Make an order of these products in the shop's unconfirmed state, at today's prices.
    pub create_order: Vec<ChosenProduct>,
    /// Wait.
    pub wait: Option<Wait>,
    /// Wait for an event.
    pub wait_for: Option<WaitFor>,
    /// Go the way of the first condition that holds.
    pub branch: Option<Branch>,
    /// Split customers by a hash, the same way every time.
    pub split: Option<Split>,
    /// Go on only if this holds.
    pub check: Option<Check>,
    /// Repeat steps.
    pub repeat: Option<Repeat>,
    /// Start another journey.
    pub start: Option<Start>,
    /// End the runs of another journey.
    pub stop: Option<String>,
    /// End the run.
    pub end: Option<End>,
}

/// A message to be judged by the plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Send {
    /// Template id.
    pub template: String,
    /// Which of the template's subjects, 0 for the first.
    pub variant: u8,
    /// Channel; `email` when absent.
    pub channel: Option<String>,
    /// What it is about: customers agree to topics.
    pub topic: Option<String>,
    /// Marketing needs consent; transactional does not.
    pub class: Class,
    /// Sender's name in the host's settings.
    pub sender: Option<String>,
    /// Blind copies.
    pub bcc: Vec<String>,
    /// Dropped when it could not leave within this time. Too short loses messages to one night of
    /// quiet hours; too long sends Monday's letter on Thursday.
    pub not_after: Option<CalendarSpan>,
    /// Must still hold when the plan judges.
    pub only_if: Option<Condition>,
    /// Named recommendations for the template.
    pub recommend: Vec<Recommend>,
    /// End the run when the message is skipped.
    pub end_if_skipped: bool,
    /// Skip the message instead of holding it for a cap, the night or another message.
    pub skip_if_held: bool,
    /// Leave although a cap is reached. Consent and the night still count.
    pub over_caps: bool,
    /// Count towards no cap.
    pub uncounted: bool,
}

/// A list of products a template can read as `recipient.recommendations.<name>`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Recommend {
    /// The name in the template.
    pub name: String,
    /// How the products are chosen.
    pub by: Algorithm,
    /// For `segment` and `category`: which.
    #[serde(default)]
    pub of: Option<String>,
    /// How many.
    #[serde(default = "three")]
    pub limit: u8,
}

fn three() -> u8 {
    3
}

/// How products are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// Bought together with the order the run is about, minus what is in it.
    Companions,
    /// Bought by many lately.
    Popular,
    /// New in the shop, in the customer's categories first.
    New,
    /// What this customer is likely to buy next.
    Personal,
    /// A segment of the program.
    Segment,
    /// Products of a category.
    Category,
    /// Products of the categories that `category_map` gives for those of the order.
    Mapped,
    /// None: the control arm of a test.
    Nothing,
}

/// A banner on the shop's pages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Banner {
    /// Template id, for pages that have their own.
    pub template: String,
    /// What it says first, in one line.
    pub title: String,
    /// And then. `{code}` stands for the coupon's code.
    pub text: String,
    /// Where its button leads, a path of the shop.
    pub url: String,
    /// Where on the page.
    pub slot: Option<String>,
    /// Shown so much later.
    pub after: Option<CalendarSpan>,
    /// Or at this local time of day.
    pub at: Option<ClockTime>,
    /// Gone after this time.
    #[serde(rename = "for")]
    pub span: Option<CalendarSpan>,
    /// How many times it is shown; 1 when absent.
    pub times: Option<u32>,
    /// The highest is shown first.
    pub priority: i32,
    /// Named recommendations.
    pub recommend: Vec<Recommend>,
}

/// A custom attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetAttribute {
    /// Which.
    pub name: String,
    /// The value; nothing clears it.
    #[serde(default)]
    pub value: Option<String>,
}

/// A coupon for this run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OfferStep {
    /// Offer id.
    pub id: String,
    /// How long to wait for the shop's answer; then the outcome is `timeout`.
    #[serde(default = "an_hour")]
    pub within: CalendarSpan,
}

fn an_hour() -> CalendarSpan {
    CalendarSpan::minutes(60)
}

/// A task for shop staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// What to do, in one line.
    pub title: String,
    /// Business hours they have for it.
    #[serde(default)]
    pub due_business_hours: Option<u32>,
    /// How many additions to suggest.
    #[serde(default)]
    pub additions: u8,
}

/// An event to tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Emit {
    /// Its name, a word of the program's own.
    pub name: String,
    /// To whom: a path into the trigger's data that holds a customer key; this customer when absent.
    #[serde(default)]
    pub customer: Option<String>,
}

/// A product and how many of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChosenProduct {
    /// Its id in the shop. One that is not on sale is left out.
    pub product: String,
    /// How many.
    #[serde(default = "one")]
    pub quantity: u32,
    /// For an order: minor units instead of the shop's price; 0 is a present.
    #[serde(default)]
    pub price: Option<i64>,
}

/// A change of the predicted cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CartStep {
    /// Nobody answered: close it and give each line a new date.
    Lapse,
}

/// Waiting: `for` a span, or `until` something; then, if set, only out within hours.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Wait {
    /// So long.
    #[serde(rename = "for")]
    pub span: Option<CalendarSpan>,
    /// Until the next of these days of the week.
    pub until_weekday: Vec<Weekday>,
    /// Until this local time.
    pub until_time: Option<ClockTime>,
    /// Until so many days before (negative) or after the customer's birthday.
    pub until_birthday: Option<i32>,
    /// It ends only within these hours of the customer's day, else at their next beginning.
    pub leave_within: Option<Hours>,
}

/// Waiting for an event, with a limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WaitFor {
    /// The first that happens decides the way.
    pub events: Vec<EventCase>,
    /// At most so long.
    pub within: CalendarSpan,
    /// The steps when nothing happened.
    #[serde(default)]
    pub otherwise: Vec<Step>,
}

/// An event and the way it leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventCase {
    /// One of these.
    pub event: EventNames,
    /// What must hold then.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Whether it must be about what the run is about.
    #[serde(default)]
    pub about: About,
    /// The steps.
    #[serde(default)]
    pub then: Vec<Step>,
}

/// The first condition that holds decides the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// Tried in order.
    pub cases: Vec<Case>,
    /// When none holds.
    #[serde(default)]
    pub otherwise: Vec<Step>,
}

/// A condition and the way it leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What must hold.
    pub when: Condition,
    /// The steps.
    #[serde(default)]
    pub then: Vec<Step>,
}

/// An experiment. The arm is a hash of seed and customer, stored at first exposure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// Changing the seed deals the customers anew.
    pub seed: String,
    /// The arms.
    pub arms: Vec<Arm>,
}

/// One way of an experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// Its name in reports.
    pub name: String,
    /// Its share; shares are relative to their sum.
    pub weight: f64,
    /// The steps; none for a control arm.
    #[serde(default)]
    pub then: Vec<Step>,
}

/// Going on only if something holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What must hold.
    pub that: Condition,
    /// The steps when it does not; without them the run ends.
    #[serde(default)]
    pub otherwise: Option<Vec<Step>>,
}

/// Repeating steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// At most so many times, 1 to 100.
    pub times: u16,
    /// Stop when this holds before a round.
    #[serde(default)]
    pub until: Option<Condition>,
    /// The steps.
    pub steps: Vec<Step>,
}

/// Starting another journey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Journey id.
    pub journey: String,
    /// Wait for its end; the outcome is `reached` or `ended`.
    #[serde(default)]
    pub and_wait: bool,
}

/// Ending the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct End {
    /// Counted as success.
    pub reached: bool,
}

/// What a node does besides sending and steering.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Do {
    Banner(Banner),
    AssignRole(String),
    RemoveRole(String),
    AssignTag(String),
    RemoveTag(String),
    SetAttribute(SetAttribute),
    Offer(OfferStep),
    Task(Task),
    Webhook(String),
    Emit(Emit),
    Cart(CartStep),
    PrepareCart(Vec<ChosenProduct>),
    CreateOrder(Vec<ChosenProduct>),
}

impl EventNames {
    /// Whether a kind is one of them.
    pub fn contains(&self, kind: EventKind) -> bool {
        self.0.contains(&kind)
    }
}

impl Serialize for EventNames {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_seq(self.0.iter().map(|kind| kind.name()))
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for EventNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return Vec::deserialize(deserializer).map(EventNames);
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum OneOrMany {
            One(String),
            Many(Vec<String>),
        }
        let names = match OneOrMany::deserialize(deserializer)
            .map_err(|_| serde::de::Error::custom("expected an event name or a list of them"))?
        {
            OneOrMany::One(name) => vec![name],
            OneOrMany::Many(names) => names,
        };
        let unknown = |name: &String| {
            serde::de::Error::custom(format!(
                "`{name}` is not an event type{}",
                crate::program::did_you_mean(name, EventKind::all().map(EventKind::name))
            ))
        };
        names
            .iter()
            .map(|name| EventKind::named(name).ok_or_else(|| unknown(name)))
            .collect::<Result<_, _>>()
            .map(EventNames)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for EventNames {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EventNames".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names: Vec<&str> = EventKind::all().map(EventKind::name).collect();
        schemars::json_schema!({ "description": "An event type or a list of them.", "anyOf": [{ "enum": names }, { "type": "array", "items": { "enum": names } }] })
    }
}
