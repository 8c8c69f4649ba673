//! Triggers that time fires: inactivity, calendars, customer dates, audiences. Timers, never scans.
//!
//! After every step each of them says when it could fire next. A customer for whom it was already
//! due before the journey existed is left alone, unless that was within `late_within`.

use super::publish::{Enlisted, triggered_key};
use super::{AudienceTrigger, Compiled, CustomerDate, DateTrigger, InactiveTrigger, ScheduleTrigger};
use crate::codec::{CodecError, Part, Writer};
use crate::condition::{LastThing, Scope};
use crate::customer::Customer;
use crate::time::{ClockTime, Day, Instant, Zone, date_of, next_yearly, parse_day, weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const TAG: u8 = 7;
const ENLISTED: u8 = 11;
const VERSION: u8 = 1;

/// What is remembered of one journey's timed trigger.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TriggerState {
    /// When to look again.
    pub look_at: Option<Instant>,
    /// What it fired for last: the instant, or the day, that made it due.
    fired_for: Option<i64>,
    /// Whether the customer was in the audience.
    inside: Option<bool>,
}

/// The timed triggers of a customer, by journey.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Triggers {
    journeys: BTreeMap<String, TriggerState>,
    /// Runs that begin later without any trigger.
    enlisted: BTreeMap<String, Enlisted>,
}

impl Triggers {
    /// The earliest instant at which a trigger wants to be looked at.
    pub fn wakes_at(&self) -> Option<Instant> {
        let looks = self.journeys.values().filter_map(|state| state.look_at);
        looks.chain(self.enlisted.values().map(|enlisted| enlisted.at)).min()
    }

    pub(super) fn enlist(&mut self, journey: &str, enlisted: Enlisted) {
        self.enlisted.entry(journey.to_owned()).or_insert(enlisted);
    }

    pub(super) fn take_enlisted(&mut self, now: Instant) -> Vec<(String, Enlisted)> {
        let due = |enlisted: &Enlisted| enlisted.at <= now;
        let names: Vec<String> =
            self.enlisted.iter().filter(|(_, enlisted)| due(enlisted)).map(|(journey, _)| journey.clone()).collect();
        names.into_iter().filter_map(|journey| self.enlisted.remove_entry(&journey)).collect()
    }

    /// The key of the run that a journey's trigger would have begun long ago, had it been on; nothing when it began one.
    pub(super) fn backlog_key(&self, compiled: &Compiled, scope: &Scope<'_>) -> Option<String> {
        let id = &compiled.journey.id;
        let fired_for = self.journeys.get(id).and_then(|state| state.fired_for);
        if self.enlisted.contains_key(id) {
            return None;
        }
        if let Some(inactive) = &compiled.journey.trigger.inactive {
            let last = inactive.overdue(scope)?;
            let is_fresh = compiled.journey.late_within.after(inactive.due(last, scope.zone), scope.zone) >= scope.now;
            if is_fresh || fired_for == Some(last.0) {
                return None;
            }
        } else if fired_for.is_some() {
            return None;
        }
        triggered_key(compiled, scope).filter(|key| !key.is_empty())
    }

    /// Looks at the trigger of one journey. Returns the key of a run that should begin now.
    pub fn look(&mut self, compiled: &Compiled, scope: &Scope<'_>) -> Option<String> {
        let trigger = &compiled.journey.trigger;
        let is_timed = trigger.inactive.is_some()
            || trigger.date.is_some()
            || trigger.schedule.is_some()
            || trigger.audience.is_some();
        if !is_timed || !compiled.is_on(scope.now) {
            self.journeys.remove(&compiled.journey.id);
            return None;
        }
        let state = self.journeys.entry(compiled.journey.id.clone()).or_default();
        let late = compiled.journey.late_within;
        let fresh = |due: Instant| late.after(due, scope.zone) >= scope.now;
        if let Some(inactive) = &trigger.inactive {
            return state.inactive(inactive, scope, fresh);
        }
        if let Some(date) = &trigger.date {
            return state.date(date, scope, fresh);
        }
        if let Some(schedule) = &trigger.schedule {
            return state.schedule(schedule, scope, fresh);
        }
        state.audience(trigger.audience.as_ref()?, scope)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.part(TAG, VERSION, &self.journeys);
        if !self.enlisted.is_empty() {
            writer.part(ENLISTED, VERSION, &self.enlisted);
        }
    }

    /// Takes a part that belongs here.
    pub(crate) fn read(&mut self, part: &Part<'_>) -> Option<Result<(), CodecError>> {
        match part.tag {
            TAG => Some(part.decode("the triggers").map(|journeys| self.journeys = journeys)),
            ENLISTED => Some(part.decode("the enlisted journeys").map(|enlisted| self.enlisted = enlisted)),
            _ => None,
        }
    }
}

impl TriggerState {
    fn inactive(
        &mut self,
        trigger: &InactiveTrigger,
        scope: &Scope<'_>,
        fresh: impl Fn(Instant) -> bool,
    ) -> Option<String> {
        self.look_at = None;
        let last = trigger.last_seen(scope)?;
        if self.fired_for == Some(last.0) {
            return None;
        }
        let due = trigger.due(last, scope.zone);
        self.fire_when_due(due, last.0, scope.now, fresh).then(|| format!("since {}", last.rfc3339()))
    }

    fn date(&mut self, trigger: &DateTrigger, scope: &Scope<'_>, fresh: impl Fn(Instant) -> bool) -> Option<String> {
        self.look_at = None;
        let (month, day) = date_in_year(scope, trigger.of)?;
        let before = i32::try_from(trigger.days_before).unwrap_or(0);
        let last_fired = self.fired_for.map_or(i32::MIN, |day| day as Day);
        // The day itself is no anniversary of itself.
        let first = anniversary_of(scope, trigger.of).map_or(i32::MIN, |day| day.saturating_add(1));
        let from = (scope.zone.day(scope.now) + before - 1).max(last_fired.saturating_add(1)).max(first);
        let mut date = next_yearly(from, month, day, trigger.leap_day)?;
        let mut due = scope.zone.at(date - before, trigger.at);
        if due <= scope.now && !fresh(due) {
            date = next_yearly(date + 1, month, day, trigger.leap_day)?;
            due = scope.zone.at(date - before, trigger.at);
        }
        self.fire_when_due(due, i64::from(date), scope.now, fresh).then(|| crate::time::day_text(date))
    }

    fn schedule(
        &mut self,
        trigger: &ScheduleTrigger,
        scope: &Scope<'_>,
        fresh: impl Fn(Instant) -> bool,
    ) -> Option<String> {
        let due = self.look_at.filter(|&at| at <= scope.now);
        let day = due.map(|at| scope.zone.day(at));
        let from = scope.zone.day(scope.now);
        self.look_at = next_scheduled(trigger, from, scope.now, scope.zone);
        let fires = due.is_some_and(fresh) && day.map(i64::from) != self.fired_for;
        fires.then(|| {
            self.fired_for = day.map(i64::from);
            crate::time::day_text(day.unwrap_or(from))
        })
    }

    fn audience(&mut self, trigger: &AudienceTrigger, scope: &Scope<'_>) -> Option<String> {
        let truth = trigger.of.eval(scope);
        let before = self.inside.replace(truth.holds);
        self.look_at = truth.flips_at.filter(|&at| at > scope.now);
        let moved = before.is_some_and(|before| before != truth.holds) && truth.holds != trigger.leaving;
        moved.then(|| {
            self.fired_for = Some(scope.now.0);
            scope.now.rfc3339()
        })
    }

    fn fire_when_due(&mut self, due: Instant, what: i64, now: Instant, fresh: impl Fn(Instant) -> bool) -> bool {
        if due > now {
            self.look_at = Some(due);
            return false;
        }
        // What was due too long ago is left to a publication, which may take it in as a backlog.
        let is_fresh = fresh(due);
        if is_fresh {
            self.fired_for = Some(what);
        }
        is_fresh
    }
}

impl InactiveTrigger {
    fn last_seen(&self, scope: &Scope<'_>) -> Option<Instant> {
        let after = self.only_after.as_deref().and_then(Instant::parse);
        last_of(scope.customer, self.last).filter(|last| after.is_none_or(|after| *last > after))
    }

    fn due(&self, last: Instant, zone: Zone) -> Instant {
        let passed = self.span.after(last, zone);
        self.at.map_or(passed, |clock| clock.next(passed, zone))
    }

    /// When it last happened, if that is long enough ago.
    pub(super) fn overdue(&self, scope: &Scope<'_>) -> Option<Instant> {
        self.last_seen(scope).filter(|&last| self.due(last, scope.zone) <= scope.now)
    }
}

fn last_of(customer: &Customer, thing: LastThing) -> Option<Instant> {
    match thing {
        LastThing::Purchase => customer.last_order_at(),
        LastThing::Visit => customer.activity.last_seen_at,
        LastThing::Login => customer.activity.last_login_at,
        LastThing::Registration => customer.profile.registered_at,
        LastThing::CartChange => {
            customer.activity.cart.as_ref().filter(|cart| !cart.lines.is_empty()).map(|cart| cart.updated_at)
        }
        LastThing::Message => customer.messages.all().last().map(|message| message.at),
    }
}

fn date_in_year(scope: &Scope<'_>, date: CustomerDate) -> Option<(u8, u8)> {
    use chrono::Datelike;
    let of = |at: Instant| {
        let date = scope.zone.local(at).date();
        (date.month() as u8, date.day() as u8)
    };
    match date {
        CustomerDate::Birthday => scope.customer.profile.birthday,
        CustomerDate::RegistrationAnniversary | CustomerDate::FirstOrderAnniversary => happened_at(scope, date).map(of),
    }
}

/// The day that is celebrated, where it is known with its year.
fn anniversary_of(scope: &Scope<'_>, date: CustomerDate) -> Option<Day> {
    happened_at(scope, date).map(|at| scope.zone.day(at))
}

fn happened_at(scope: &Scope<'_>, date: CustomerDate) -> Option<Instant> {
    match date {
        CustomerDate::Birthday => None,
        CustomerDate::RegistrationAnniversary => scope.customer.profile.registered_at,
        CustomerDate::FirstOrderAnniversary => scope.customer.orders.first_placed_at(),
    }
}

/// How far ahead a calendar is searched; a rule without a day in that time never fires.
const SCHEDULE_DAYS_MAX: Day = 800;

fn next_scheduled(trigger: &ScheduleTrigger, from: Day, now: Instant, zone: Zone) -> Option<Instant> {
    let until = trigger.until.as_deref().and_then(parse_day).unwrap_or(Day::MAX);
    (from..=from + SCHEDULE_DAYS_MAX)
        .take_while(|&day| day <= until)
        .filter(|&day| falls_on(trigger, day))
        .map(|day| zone.at(day, trigger.at))
        .find(|&at| at > now)
}

fn falls_on(trigger: &ScheduleTrigger, day: Day) -> bool {
    use chrono::Datelike;
    let every = i32::try_from(trigger.every.max(1)).unwrap_or(1);
    if !trigger.weekdays.is_empty() {
        // Weeks are counted from Monday 1970-01-05, so `every: 2` is the same fortnight for everyone.
        let week = (day - 4).div_euclid(7);
        return week.rem_euclid(every) == 0 && trigger.weekdays.iter().any(|wanted| wanted.number() == weekday(day));
    }
    let date = date_of(day);
    let month = date.year() * 12 + date.month0() as i32;
    let last = date_of(day + 1).day() == 1;
    let wanted = |wanted: &u8| u32::from(*wanted) == date.day() || last && u32::from(*wanted) > date.day();
    month.rem_euclid(every) == 0 && (trigger.month_days.is_empty() || trigger.month_days.iter().any(wanted))
}

/// The hour at which timed triggers fire when none is named.
pub const DEFAULT_HOUR: ClockTime = ClockTime::hm(9, 0);
