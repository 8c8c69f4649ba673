//! Checking what a program means, after its shape is right.

use super::{Problem, Program};
use crate::condition::{Condition, CountedTest, carries_products};
use crate::customer::counters::COUNTED_MAX;
use crate::customer::messages::Class;
use crate::event::EventKind;
use crate::journey::{Journey, Send, Split, Step, Trigger, Wait};
use crate::plan::Cap;
use crate::replenish::Method;
use crate::time::{CalendarSpan, DayWindow, Instant, Zone, parse_day};
use std::collections::BTreeMap;

/// Steps one journey may have, branches counted.
const STEPS_MAX: usize = 500;
/// How long an accumulator may remember.
const KEEP_MS_MAX: i64 = 3 * 366 * 86_400_000;
/// How deep steps may be nested.
const DEPTH_MAX: usize = 16;

pub(super) fn check(program: &Program, problems: &mut Vec<Problem>) {
    let mut checker = Checker { program, problems };
    checker.head();
    checker.policy();
    checker.replenish();
    checker.offers();
    checker.accumulators();
    checker.unique_ids();
    for (index, journey) in program.journeys.iter().enumerate() {
        checker.journey(journey, &format!("/journeys/{index}"));
    }
    checker.short_forms();
}

struct Checker<'a> {
    program: &'a Program,
    problems: &'a mut Vec<Problem>,
}

impl Checker<'_> {
    fn error(&mut self, path: impl Into<String>, code: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(Problem::error(path, code, message, remedy));
    }

    fn warning(&mut self, path: impl Into<String>, code: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(Problem::warning(path, code, message, remedy));
    }

    fn head(&mut self) {
        if self.program.comeback != 1 {
            self.error(
                "/comeback",
                "version",
                format!("this release reads format 1, found {}", self.program.comeback),
                "write `comeback: 1` at the top",
            );
        }
        let shop = &self.program.shop;
        let places = (0..).zip(&shop.zones).map(|(at, zone)| (format!("/shop/zones/{at}"), zone));
        for (path, zone) in std::iter::once(("/shop/zone".to_owned(), &shop.zone)).chain(places) {
            if Zone::named(zone).is_none() {
                let message = format!("`{zone}` is not an IANA time zone");
                self.error(path, "zone", message, "write for example `Europe/London`");
            }
        }
        if self.program.orders.counts_when.is_empty() {
            self.error(
                "/orders/counts_when",
                "empty",
                "no status makes an order count, so nothing would ever be due",
                "name at least one, for example `completed`",
            );
        }
    }

    fn policy(&mut self) {
        let policy = &self.program.policy;
        for (index, cap) in policy.caps.iter().enumerate() {
            let path = format!("/policy/caps/{index}");
            if cap.max == 0 {
                self.error(
                    format!("{path}/max"),
                    "cap",
                    "a frequency cap must be at least 1, found 0",
                    "remove the sends instead of capping them to nothing",
                );
            }
            if cap.per.is_zero() {
                self.error(format!("{path}/per"), "cap", "a cap needs a span of time", "write for example `per: 1w`");
            }
            if cap.calendar && cap.per.calendar_window(Instant(0), Zone::UTC).is_none() {
                self.error(
                    format!("{path}/per"),
                    "cap",
                    "the calendar has days, weeks and months, and no other spans",
                    "write `1d`, `1w` or `1mo`, or leave `calendar` out",
                );
            }
        }
        if let Some(DayWindow { from, to }) = policy.quiet_hours.filter(|hours| hours.from == hours.to) {
            self.error(
                "/policy/quiet_hours",
                "never_open",
                format!("quiet hours from {from} to {to} are the whole day, so nothing could ever be sent"),
                "let them end later or earlier than they begin",
            );
        }
        for (index, date) in policy.quiet_days.iter().enumerate().filter(|(_, date)| parse_day(date).is_none()) {
            let message = format!("`{date}` is not a date");
            self.error(format!("/policy/quiet_days/{index}"), "date", message, "write for example `2026-12-25`");
        }
        self.hours(&policy.business_hours, "/policy/business_hours");
        self.percent(policy.holdout_percent, "/policy/holdout_percent");
    }

    fn hours(&mut self, hours: &crate::time::Hours, path: &str) {
        if hours.days.is_empty() {
            self.error(
                format!("{path}/days"),
                "never_open",
                "these hours have no day of the week and never open",
                "name at least one day",
            );
        }
        for (index, date) in hours.except.iter().enumerate() {
            if crate::time::parse_day(date).is_none() {
                self.error(
                    format!("{path}/except/{index}"),
                    "bad_date",
                    format!("`{date}` is not a date"),
                    "write `YYYY-MM-DD`",
                );
            }
        }
    }

    fn percent(&mut self, value: f64, path: &str) {
        if !(0.0..=100.0).contains(&value) {
            self.error(path, "range", format!("a percentage is from 0 to 100, found {value}"), "");
        }
    }

    fn replenish(&mut self) {
        let Some(replenish) = &self.program.replenish else { return };
        let thresholds = replenish
            .rules
            .iter()
            .enumerate()
            .filter_map(|(index, rule)| Some((format!("/replenish/rules/{index}/threshold"), rule.threshold?)));
        for (path, threshold) in thresholds.chain([("/replenish/threshold".to_owned(), replenish.threshold)]) {
            if !(threshold > 0.0 && threshold < 1.0) {
                self.error(
                    path,
                    "range",
                    format!("a threshold is a chance between 0 and 1, found {threshold}"),
                    "0.25 sends what is bought one week in four",
                );
            }
        }
        let methods = replenish
            .rules
            .iter()
            .enumerate()
            .map(|(index, rule)| (format!("/replenish/rules/{index}/method"), rule.method.unwrap_or_default()));
        for (path, method) in methods.chain([("/replenish/method".to_owned(), replenish.method)]) {
            if let Method::Fixed { days_per_unit } = method
                && !(days_per_unit > 0.0 && days_per_unit <= 3650.0)
            {
                self.error(
                    path,
                    "range",
                    format!("`days_per_unit` is more than 0 and at most 3650, found {days_per_unit}"),
                    "",
                );
            }
        }
        for (index, rule) in replenish.rules.iter().enumerate() {
            if rule.products.is_empty() && rule.categories.is_empty() && rule.types.is_empty() {
                self.error(
                    format!("/replenish/rules/{index}"),
                    "empty",
                    "this rule names no product, category or type, so it can never apply",
                    "name some, or remove the rule",
                );
            }
        }
        if replenish.lines_max == 0 {
            self.error(
                "/replenish/lines_max",
                "range",
                "a cart has at least one line, found 0",
                "remove `replenish` to make no carts",
            );
        }
        if replenish.prepare_ahead.roughly_ms() > 24 * crate::time::HOUR_MS {
            self.error(
                "/replenish/prepare_ahead",
                "range",
                "carts are prepared at most a day ahead",
                "write for example `3h`",
            );
        }
        let listens =
            self.program.journeys.iter().any(|journey| journey.trigger.event.contains(EventKind::CartPrepared));
        if !listens {
            self.warning(
                "/replenish",
                "unused",
                "no journey begins with `predicted_cart.prepared`, so carts are made and nobody hears of them",
                "add a journey, as in demo-shop/programs/service-care.yaml",
            );
        }
    }

    fn offers(&mut self) {
        for (index, offer) in self.program.offers.iter().enumerate() {
            let kinds = usize::from(offer.fixed.is_some())
                + usize::from(offer.percent.is_some())
                + usize::from(offer.free_shipping)
                + usize::from(offer.gift.is_some());
            if kinds != 1 {
                self.error(
                    format!("/offers/{index}"),
                    "offer",
                    format!(
                        "an offer gives exactly one of `fixed`, `percent`, `free_shipping`, `gift`; this gives {kinds}"
                    ),
                    "",
                );
            }
            if let Some(percent) = offer.percent.filter(|percent| !(*percent > 0.0 && *percent <= 100.0)) {
                self.error(
                    format!("/offers/{index}/percent"),
                    "range",
                    format!("a discount is more than 0 and at most 100 percent, found {percent}"),
                    "",
                );
            }
        }
    }

    fn unique_ids(&mut self) {
        let program = self.program;
        let journeys = program
            .journeys
            .iter()
            .enumerate()
            .map(|(index, journey)| (format!("/journeys/{index}/id"), journey.id.as_str()));
        let actions = program
            .actions
            .iter()
            .enumerate()
            .map(|(index, action)| (format!("/actions/{index}/id"), action.id.as_str()));
        let reminders = program
            .reminders
            .iter()
            .enumerate()
            .map(|(index, reminder)| (format!("/reminders/{index}/id"), reminder.id.as_str()));
        self.unique(journeys.chain(actions).chain(reminders).collect());
        self.unique(
            program
                .offers
                .iter()
                .enumerate()
                .map(|(index, offer)| (format!("/offers/{index}/id"), offer.id.as_str()))
                .collect(),
        );
        self.unique(
            program
                .segments
                .iter()
                .enumerate()
                .map(|(index, segment)| (format!("/segments/{index}/id"), segment.id.as_str()))
                .collect(),
        );
    }

    fn unique(&mut self, ids: Vec<(String, &str)>) {
        let mut seen = BTreeMap::new();
        for (path, id) in ids {
            if id.is_empty() || id.len() > 100 {
                self.error(path, "id", "an id has 1 to 100 bytes", "give it a short name of its own");
            } else if let Some(first) = seen.insert(id, path.clone()) {
                self.error(
                    path,
                    "duplicate",
                    format!("`{id}` is used before, at {first}"),
                    "give each its own id; customers' histories are kept by it",
                );
            }
        }
    }

    fn journey(&mut self, journey: &Journey, path: &str) {
        self.trigger(&journey.trigger, &format!("{path}/trigger"));
        self.dates(&journey.starts_at, &journey.ends_at, path);
        self.percent(journey.holdout_percent, &format!("{path}/holdout_percent"));
        if let Some(when) = &journey.when {
            self.condition(when, &journey.trigger, true, &format!("{path}/when"));
        }
        if journey.steps.is_empty() {
            self.error(format!("{path}/steps"), "empty", "a journey needs at least one step", "");
        }
        if journey.entry.rule == crate::journey::EntryRule::OncePer && journey.entry.period.is_none() {
            self.error(
                format!("{path}/entry"),
                "missing",
                "`rule: once_per` needs a `period`",
                "add for example `period: 30d`",
            );
        }
        self.blocked_by_caps(&journey.steps, &format!("{path}/steps"));
        let mut names = BTreeMap::new();
        let mut count = 0;
        self.steps(&journey.steps, journey, &format!("{path}/steps"), 0, &mut names, &mut count);
        if count > STEPS_MAX {
            self.error(
                format!("{path}/steps"),
                "too_many",
                format!("a journey has at most {STEPS_MAX} steps, found {count}"),
                "split it in two with `start`",
            );
        }
    }

    /// Messages that a cap keeps from leaving in time whenever those before them left.
    fn blocked_by_caps(&mut self, steps: &[Step], path: &str) {
        // What was sent so far in one line of steps, and how long ago it can be at most.
        let mut sent: Vec<(&Send, i64)> = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            if let Some(send) = step.send.as_ref().filter(|send| send.class == Class::Marketing) {
                // A new day, week or month of the calendar makes room at any time.
                let holds = |cap: &&Cap| cap.max > 0 && !cap.calendar && !send.over_caps && applies(cap, send);
                for cap in self.program.policy.caps.iter().filter(holds) {
                    let counted: Vec<i64> =
                        sent.iter().filter(|(before, _)| applies(cap, before)).map(|(_, ago)| *ago).collect();
                    let Some(first) = counted.len().checked_sub(cap.max as usize).map(|first| counted[first]) else {
                        continue;
                    };
                    let waits = send.not_after.unwrap_or(CalendarSpan::days(1)).roughly_ms();
                    if first.saturating_add(waits) < cap.per.roughly_ms() {
                        self.warning(
                            format!("{path}/{index}/send"),
                            "cap_blocks",
                            format!("when the messages before it were sent, the cap of {} per {} keeps this one back until it is too late", cap.max, cap.per),
                            "wait longer before it, let it leave later with `not_after`, or widen the cap",
                        );
                        break;
                    }
                }
                if !send.uncounted {
                    sent.push((send, 0));
                }
            }
            match longest(step) {
                Some(passed) => sent.iter_mut().for_each(|(_, ago)| *ago = ago.saturating_add(passed)),
                None => sent.clear(),
            }
        }
    }

    fn dates(&mut self, starts: &Option<String>, ends: &Option<String>, path: &str) {
        let mut parsed = Vec::new();
        for (name, text) in [("starts_at", starts), ("ends_at", ends)] {
            let Some(text) = text else { continue };
            match Instant::parse(text) {
                Some(at) => parsed.push(at),
                None => self.error(
                    format!("{path}/{name}"),
                    "bad_date",
                    format!("`{text}` is not an RFC 3339 instant"),
                    "write for example `2026-03-01T00:00:00Z`",
                ),
            }
        }
        if parsed.len() == 2 && parsed[0] >= parsed[1] {
            self.error(format!("{path}/ends_at"), "never_open", "it ends before it starts", "");
        }
    }

    fn trigger(&mut self, trigger: &Trigger, path: &str) {
        let kinds = [
            !trigger.event.0.is_empty(),
            trigger.order_status.is_some(),
            trigger.schedule.is_some(),
            trigger.date.is_some(),
            trigger.inactive.is_some(),
            trigger.audience.is_some(),
            trigger.manual,
        ];
        let count = kinds.iter().filter(|given| **given).count();
        if count != 1 {
            self.error(path, "trigger", format!("a trigger is exactly one of `event`, `order_status`, `schedule`, `date`, `inactive`, `audience`, `manual`; found {count}"), "");
        }
        if let Some(schedule) = &trigger.schedule {
            if schedule.weekdays.is_empty() == schedule.month_days.is_empty() {
                self.error(
                    format!("{path}/schedule"),
                    "schedule",
                    "a schedule needs either `weekdays` or `month_days`",
                    "",
                );
            }
            for (index, _) in schedule.month_days.iter().enumerate().filter(|(_, day)| !(1..=31).contains(*day)) {
                self.error(
                    format!("{path}/schedule/month_days/{index}"),
                    "range",
                    "a day of the month is from 1 to 31",
                    "",
                );
            }
        }
    }

    fn condition(&mut self, condition: &Condition, trigger: &Trigger, at_trigger: bool, path: &str) {
        let mut found = Vec::new();
        condition.visit(&mut |inner| found.push(inner));
        for inner in found {
            self.leaf(inner, trigger, at_trigger, path);
        }
    }

    /// What cannot apply here is an error, never a silent false.
    fn leaf(&mut self, leaf: &Condition, trigger: &Trigger, at_trigger: bool, path: &str) {
        let events = &trigger.event.0;
        let only = |kind: EventKind| !events.is_empty() && events.iter().all(|event| *event == kind);
        let has_products = trigger.order_status.is_some() || events.iter().any(|kind| carries_products(*kind));
        if at_trigger && leaf.is_about_product() && !events.is_empty() && !has_products {
            self.error(
                path,
                "cannot_apply",
                "a test about a product can not apply to this trigger, which has none",
                "test the event or the customer instead",
            );
        }
        if at_trigger && matches!(leaf, Condition::Url(_) | Condition::Referrer(_)) && !only(EventKind::PageVisited) {
            self.error(
                path,
                "cannot_apply",
                "a test of `url` or `referrer` applies only to `page.visited`",
                "use `profile: {field: referrer, …}` for the last one seen",
            );
        }
        if at_trigger
            && matches!(leaf, Condition::Outcome(_) | Condition::Cart(_))
            && !events.contains(&EventKind::CartPrepared)
        {
            self.error(
                path,
                "cannot_apply",
                "there is no run yet, so neither its outcome nor its cart can be tested",
                "move it into a step",
            );
        }
        match leaf {
            Condition::Product(names)
            | Condition::Category(names)
            | Condition::Manufacturer(names)
            | Condition::Vendor(names)
            | Condition::Role(names)
            | Condition::Tag(names)
            | Condition::Store(names)
            | Condition::Outcome(names)
                if names.is_empty() =>
            {
                self.error(
                    path,
                    "empty",
                    "this test names nothing, so it says nothing",
                    "give `any_of`, `all_of` or `none_of`",
                );
            }
            Condition::Messages(test) if test.status.as_deref() == Some("opened") => self.opened(path),
            Condition::Cart(test) if test.opened.is_some() => self.opened(path),
            Condition::Messages(test)
                if !matches!(
                    test.status.as_deref(),
                    None | Some("sent" | "opened" | "clicked" | "delivered" | "bounced" | "skipped")
                ) =>
            {
                self.error(
                    path,
                    "unknown",
                    format!("`{}` is not a message status", test.status.as_deref().unwrap_or("")),
                    "use sent, delivered, opened, clicked, bounced or skipped",
                );
            }
            Condition::Any(list) if list.is_empty() => {
                self.error(path, "never_holds", "`any` of nothing never holds", "add a test or remove it")
            }
            Condition::Counted(test) => self.counted(test, path),
            Condition::Orders(test) => self.bounds(test.at_least, test.at_most, path),
            Condition::Messages(test) => self.bounds(test.at_least, test.at_most, path),
            _ => {}
        }
    }

    fn counted(&mut self, test: &CountedTest, path: &str) {
        let known = &self.program.accumulators;
        let Some(accumulator) = known.iter().find(|accumulator| accumulator.id == test.of) else {
            let hint = super::did_you_mean(&test.of, known.iter().map(|accumulator| accumulator.id.as_str()));
            let message = format!("there is no accumulator `{}`{hint}", test.of);
            return self.error(path, "unknown", message, "declare it under `accumulators`");
        };
        let span = |span: CalendarSpan| span.roughly_ms();
        if let Some(within) = test.within.filter(|within| span(*within) > span(accumulator.keep)) {
            let message = format!("`{}` keeps {} and can't be asked about {within}", test.of, accumulator.keep);
            self.error(path, "unanswerable", message, "let the accumulator `keep` longer");
        }
        let most = COUNTED_MAX as f64;
        if let Some(least) = test.at_least.filter(|least| accumulator.sum.is_none() && *least > most) {
            let message =
                format!("`{}` counts at most {most} events of a customer, so it never comes to {least}", test.of);
            self.error(path, "never_holds", message, "ask for fewer, or `sum` a field");
        }
        if test.at_least.zip(test.at_most).is_some_and(|(least, most)| least > most) {
            self.error(path, "never_holds", "`at_least` is more than `at_most`, so it never holds", "");
        }
    }

    fn accumulators(&mut self) {
        let mut seen = BTreeMap::new();
        for (index, accumulator) in self.program.accumulators.iter().enumerate() {
            let path = format!("/accumulators/{index}");
            if let Some(first) = seen.insert(&accumulator.id, path.clone()) {
                let message = format!("`{}` is the id of {first} too", accumulator.id);
                self.error(format!("{path}/id"), "duplicate", message, "give each its own");
            }
            if accumulator.event.0.is_empty() {
                self.error(format!("{path}/event"), "empty", "it counts no event", "name at least one");
            }
            if accumulator.keep.roughly_ms() > KEEP_MS_MAX {
                self.error(format!("{path}/keep"), "range", "events are kept for three years at most", "");
            }
            let is_own = |kind: &&EventKind| {
                kind.is_receipt() || matches!(kind, EventKind::CartPrepared | EventKind::CartLapsed)
            };
            if let Some(kind) = accumulator.event.0.iter().find(is_own) {
                let message = format!("`{}` is said by the engine itself and never counted", kind.name());
                self.error(format!("{path}/event"), "cannot_apply", message, "ask with `messages` or `cart` instead");
            }
        }
    }

    fn opened(&mut self, path: &str) {
        self.warning(
            path,
            "opens_are_a_guess",
            "whether a mail was opened is a guess: many programs open mail by themselves or hide it",
            "prefer `viewed`, an answer, or a click",
        );
    }

    fn bounds(&mut self, at_least: Option<u32>, at_most: Option<u32>, path: &str) {
        if at_least.zip(at_most).is_some_and(|(least, most)| least > most) {
            self.error(path, "never_holds", "`at_least` is more than `at_most`, so it never holds", "");
        }
    }

    fn steps<'s>(
        &mut self,
        steps: &'s [Step],
        journey: &Journey,
        path: &str,
        depth: usize,
        names: &mut BTreeMap<&'s str, String>,
        count: &mut usize,
    ) {
        if depth > DEPTH_MAX {
            return self.error(
                path,
                "too_deep",
                format!("steps are nested at most {DEPTH_MAX} deep"),
                "split the journey with `start`",
            );
        }
        let mut ended = None;
        for (index, step) in steps.iter().enumerate() {
            let path = format!("{path}/{index}");
            *count += 1;
            if let Some(id) = step.id.as_deref() {
                if id.is_empty() || id.contains('.') || id.chars().all(|c| c.is_ascii_digit()) {
                    self.error(
                        format!("{path}/id"),
                        "id",
                        format!("`{id}` can not name a step"),
                        "use letters, digits and dashes, not only digits",
                    );
                }
                if let Some(first) = names.insert(id, path.clone()) {
                    self.error(
                        format!("{path}/id"),
                        "duplicate",
                        format!("`{id}` names another step, at {first}"),
                        "runs find their place by it: give each step its own",
                    );
                }
            }
            if let Some(end) = &ended {
                self.error(
                    &path,
                    "unreachable",
                    format!("this step is never reached: the run ends at {end}"),
                    "move or remove it",
                );
                ended = None;
            }
            self.step(step, journey, &path, depth, names, count);
            if step.end.is_some() {
                ended = Some(path);
            }
        }
    }

    fn step<'s>(
        &mut self,
        step: &'s Step,
        journey: &Journey,
        path: &str,
        depth: usize,
        names: &mut BTreeMap<&'s str, String>,
        count: &mut usize,
    ) {
        let given = kinds_of(step);
        if given.len() != 1 {
            let found = if given.is_empty() { "none".to_owned() } else { given.join(", ") };
            self.error(path, "step", format!("a step does exactly one thing, found {found}"), "make a step of each");
            return;
        }
        if let Some(send) = &step.send {
            self.send(send, journey, &format!("{path}/send"));
        }
        if step.banner.as_ref().is_some_and(|banner| banner.template.is_empty() && banner.title.is_empty()) {
            self.error(format!("{path}/banner"), "missing", "a banner needs a `title` or a `template`", "");
        }
        if let Some(wait) = &step.wait {
            self.wait(wait, &format!("{path}/wait"));
        }
        if let Some(wait_for) = &step.wait_for {
            let path = format!("{path}/wait_for");
            if wait_for.within.is_zero() {
                self.error(
                    format!("{path}/within"),
                    "never_open",
                    "waiting no time for an event waits for nothing",
                    "write for example `within: 2d`",
                );
            }
            for (index, case) in wait_for.events.iter().enumerate() {
                let path = format!("{path}/events/{index}");
                if let Some(when) = &case.when {
                    self.condition(when, &journey.trigger, false, &format!("{path}/when"));
                }
                self.steps(&case.then, journey, &format!("{path}/then"), depth + 1, names, count);
            }
            self.steps(&wait_for.otherwise, journey, &format!("{path}/otherwise"), depth + 1, names, count);
        }
        if let Some(branch) = &step.branch {
            let path = format!("{path}/branch");
            for (index, case) in branch.cases.iter().enumerate() {
                let path = format!("{path}/cases/{index}");
                self.condition(&case.when, &journey.trigger, false, &format!("{path}/when"));
                self.steps(&case.then, journey, &format!("{path}/then"), depth + 1, names, count);
            }
            self.steps(&branch.otherwise, journey, &format!("{path}/otherwise"), depth + 1, names, count);
        }
        if let Some(split) = &step.split {
            self.split(split, &format!("{path}/split"));
            for (index, arm) in split.arms.iter().enumerate() {
                self.steps(&arm.then, journey, &format!("{path}/split/arms/{index}/then"), depth + 1, names, count);
            }
        }
        if let Some(check) = &step.check {
            self.condition(&check.that, &journey.trigger, false, &format!("{path}/check/that"));
            self.steps(
                check.otherwise.as_deref().unwrap_or(&[]),
                journey,
                &format!("{path}/check/otherwise"),
                depth + 1,
                names,
                count,
            );
        }
        if let Some(repeat) = &step.repeat {
            let path = format!("{path}/repeat");
            if !(1..=100).contains(&repeat.times) {
                self.error(
                    format!("{path}/times"),
                    "range",
                    format!("a loop runs 1 to 100 times, found {}", repeat.times),
                    "",
                );
            }
            if !waits(&repeat.steps) {
                self.error(
                    format!("{path}/steps"),
                    "loop_without_wait",
                    "this loop has no wait, so all its rounds would happen at once",
                    "add a `wait` or `wait_for` inside",
                );
            }
            self.steps(&repeat.steps, journey, &format!("{path}/steps"), depth + 1, names, count);
        }
        self.references(step, journey, path);
    }

    fn send(&mut self, send: &Send, journey: &Journey, path: &str) {
        if send.template.is_empty() {
            self.error(format!("{path}/template"), "missing", "a message needs a template", "add `template`");
        }
        let topics = &self.program.policy.topics;
        if let Some(topic) = send.topic.as_ref().filter(|topic| !topics.is_empty() && !topics.contains(topic)) {
            let hint = super::did_you_mean(topic, topics.iter().map(String::as_str));
            self.error(
                format!("{path}/topic"),
                "unknown",
                format!("`{topic}` is not one of the policy's topics{hint}"),
                "add it to `policy.topics` or use one of them",
            );
        }
        if let Some(only_if) = &send.only_if {
            self.condition(only_if, &journey.trigger, false, &format!("{path}/only_if"));
        }
        if send.not_after.is_some_and(|span| span.roughly_ms() < self.program.policy.slot.roughly_ms())
            && send.class == crate::customer::messages::Class::Marketing
        {
            self.error(
                format!("{path}/not_after"),
                "never_open",
                format!("it expires before its slot of {} closes, so it can never leave", self.program.policy.slot),
                "make `not_after` longer",
            );
        }
        for (index, recommend) in send.recommend.iter().enumerate() {
            let missing = recommend.by == crate::journey::Algorithm::Segment
                && !recommend
                    .of
                    .as_ref()
                    .is_some_and(|of| self.program.segments.iter().any(|segment| segment.id == *of));
            if recommend.by == crate::journey::Algorithm::Mapped && self.program.category_map.is_empty() {
                self.error(
                    format!("{path}/recommend/{index}/by"),
                    "empty",
                    "`mapped` needs a map of categories",
                    "write `category_map: [{ from: coffee, to: [filters] }]`",
                );
            }
            if missing {
                self.error(
                    format!("{path}/recommend/{index}/of"),
                    "unknown",
                    format!("there is no segment `{}`", recommend.of.as_deref().unwrap_or("")),
                    "add it to `segments`",
                );
            }
        }
    }

    fn wait(&mut self, wait: &Wait, path: &str) {
        if *wait == Wait::default() {
            self.error(path, "empty", "this wait waits for nothing", "write for example `for: 2d`");
        }
        if let Some(hours) = &wait.leave_within {
            self.hours(hours, &format!("{path}/leave_within"));
        }
    }

    fn split(&mut self, split: &Split, path: &str) {
        if split.arms.len() < 2 {
            self.error(
                format!("{path}/arms"),
                "split",
                "a split needs at least two arms",
                "add a control arm with `then: []`",
            );
        }
        if split.arms.iter().any(|arm| !(arm.weight >= 0.0 && arm.weight.is_finite()))
            || split.arms.iter().map(|arm| arm.weight).sum::<f64>() <= 0.0
        {
            self.error(format!("{path}/arms"), "split", "weights are 0 or more and not all 0", "");
        }
    }

    fn references(&mut self, step: &Step, journey: &Journey, path: &str) {
        let program = self.program;
        let known = |id: &str| program.all_journeys().iter().any(|journey| journey.id == id);
        for (name, id) in
            [("start", step.start.as_ref().map(|start| start.journey.as_str())), ("stop", step.stop.as_deref())]
        {
            let Some(id) = id else { continue };
            if !known(id) {
                self.error(format!("{path}/{name}"), "unknown", format!("there is no journey `{id}`"), "");
            } else if id == journey.id && name == "start" {
                self.error(
                    format!("{path}/{name}"),
                    "loop_without_wait",
                    "a journey can not start itself",
                    "use `repeat`",
                );
            }
        }
        if let Some(offer) =
            step.offer.as_ref().filter(|offer| !program.offers.iter().any(|known| known.id == offer.id))
        {
            self.error(
                format!("{path}/offer"),
                "unknown",
                format!("there is no offer `{}`", offer.id),
                "add it to `offers`",
            );
        }
        if step.cart.is_some() && !journey.trigger.event.0.iter().any(|kind| kind.name().starts_with("predicted_cart."))
        {
            self.error(
                format!("{path}/cart"),
                "cannot_apply",
                "this journey does not begin with a predicted cart, so it has none to change",
                "",
            );
        }
    }

    fn short_forms(&mut self) {
        for (index, action) in self.program.actions.iter().enumerate() {
            let path = format!("/actions/{index}");
            if action.on.is_none() {
                self.error(
                    format!("{path}/on"),
                    "missing",
                    "`on` is missing",
                    "use add_to_cart, order, paid_order, viewed, url or registration",
                );
                continue;
            }
            let journey = action.journey();
            if journey.steps.is_empty() {
                self.error(
                    &path,
                    "empty",
                    "this action does nothing",
                    "add `banner`, `email`, `assign_role`, `assign_tag`, `form` or `offer`",
                );
            }
            self.expanded(&journey, &path);
        }
        for (index, reminder) in self.program.reminders.iter().enumerate() {
            let path = format!("/reminders/{index}");
            if reminder.kind.is_none() {
                self.error(format!("{path}/kind"), "missing", "`kind` is missing", "use abandoned_cart, registered, last_purchase, last_activity, birthday, completed_order or unpaid_order");
                continue;
            }
            if reminder.levels.is_empty() {
                self.error(format!("{path}/levels"), "empty", "a reminder needs at least one level", "");
                continue;
            }
            self.expanded(&reminder.journey(), &path);
        }
    }

    /// Checks the journey a short form stands for; its problems are shown at the short form.
    fn expanded(&mut self, journey: &Journey, path: &str) {
        let mut inner = Vec::new();
        Checker { program: self.program, problems: &mut inner }.journey(journey, "");
        for mut problem in inner {
            problem.path =
                if problem.path.starts_with("/when") { format!("{path}{}", problem.path) } else { path.to_owned() };
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
    }
}

fn applies(cap: &Cap, send: &Send) -> bool {
    let channel = send.channel.as_deref().unwrap_or("email");
    cap.channel.as_deref().is_none_or(|only| only == channel)
        && cap.topic.as_deref().is_none_or(|only| send.topic.as_deref() == Some(only))
}

/// The longest a step can take; nothing when that is not known.
fn longest(step: &Step) -> Option<i64> {
    if let Some(wait) = &step.wait {
        let is_span_alone = *wait == Wait { span: wait.span, ..Wait::default() };
        return wait.span.filter(|_| is_span_alone).map(|span| span.roughly_ms());
    }
    let is_simple = step.wait_for.is_none()
        && step.branch.is_none()
        && step.split.is_none()
        && step.repeat.is_none()
        && step.check.as_ref().is_none_or(|check| check.otherwise.is_none())
        && !step.start.as_ref().is_some_and(|start| start.and_wait);
    is_simple.then_some(0)
}

fn waits(steps: &[Step]) -> bool {
    steps.iter().any(|step| {
        step.wait.is_some() || step.wait_for.is_some() || step.start.as_ref().is_some_and(|start| start.and_wait)
    })
}

fn kinds_of(step: &Step) -> Vec<&'static str> {
    let kinds = [
        ("send", step.send.is_some()),
        ("banner", step.banner.is_some()),
        ("assign_role", step.assign_role.is_some()),
        ("remove_role", step.remove_role.is_some()),
        ("assign_tag", step.assign_tag.is_some()),
        ("remove_tag", step.remove_tag.is_some()),
        ("set_attribute", step.set_attribute.is_some()),
        ("offer", step.offer.is_some()),
        ("task", step.task.is_some()),
        ("webhook", step.webhook.is_some()),
        ("prepare_cart", !step.prepare_cart.is_empty()),
        ("create_order", !step.create_order.is_empty()),
        ("emit", step.emit.is_some()),
        ("cart", step.cart.is_some()),
        ("wait", step.wait.is_some()),
        ("wait_for", step.wait_for.is_some()),
        ("branch", step.branch.is_some()),
        ("split", step.split.is_some()),
        ("check", step.check.is_some()),
        ("repeat", step.repeat.is_some()),
        ("start", step.start.is_some()),
        ("stop", step.stop.is_some()),
        ("end", step.end.is_some()),
    ];
    kinds.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect()
}
