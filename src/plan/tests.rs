//! Outcomes as tables: one row a case, the reason last.

use super::*;
use crate::condition::Scope;
use crate::customer::Customer;
use crate::customer::messages::{Class, Message, Status};
use crate::event::{Event, EventBy};
use crate::id::Id;
use crate::journey::{Candidate, Runs, Send};
use crate::model::Catalogue;
use crate::time::{CalendarSpan, Instant, Zone, Zones};
use proptest::prelude::*;
use serde_json::json;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn customer(consented: bool) -> Customer {
    let mut customer = Customer::default();
    let mut tell = |kind: &str, data: serde_json::Value| {
        let value = json!({"id": kind, "source": "shop", "type": kind, "at": "2026-01-01T00:00:00Z", "customer": "c1", "data": data});
        let event = Event::parse(value, EventBy::Shop, at("2027-01-01T00:00:00Z")).unwrap();
        customer.fold(&event, &Default::default(), &Zones::one(Zone::UTC));
    };
    tell("customer.registered", json!({"email": "anna@example.org"}));
    if consented {
        tell("consent.changed", json!({"channel": "email", "state": "granted"}));
    }
    customer
}

fn candidate(number: u128, class: Class, priority: i32, filed: Instant) -> Candidate {
    Candidate {
        effect: Id(number),
        run: Id(number),
        journey: "news".into(),
        step: "1".into(),
        store: "main".into(),
        filed_at: filed,
        judge_at: filed,
        not_after: filed.plus_ms(86_400_000),
        priority,
        send: Send { template: "t".into(), class, ..Send::default() },
        held: None,
    }
}

fn sent(customer: &mut Customer, when: Instant) {
    customer.messages.add(Message {
        effect: Id(when.0 as u128),
        run: Id(0),
        journey: "news".into(),
        step: "1".into(),
        channel: "email".into(),
        template: "t".into(),
        topic: "news".into(),
        class: Class::Marketing,
        at: when,
        status: Status::RELEASED.join(Status::SENT),
        reason: None,
        not_after: when,
    });
}

fn check(policy: &Policy, customer: &Customer, now: Instant, candidates: &[Candidate]) -> Vec<String> {
    let catalogue = Catalogue::default();
    let scope =
        Scope { now, zone: Zone::UTC, customer, catalogue: &catalogue, event: None, run: None, cart: None, line: None };
    judge(policy, &Zones::one(Zone::UTC), candidates, &Runs::default(), scope, |_| scope)
        .iter()
        .map(|judged| match judged.verdict {
            Verdict::Release => format!("{} release", judged.effect.0),
            Verdict::Hold(until, reason) => {
                format!("{} hold until {} {}", judged.effect.0, until.rfc3339(), reason.word())
            }
            Verdict::Skip(reason) => format!("{} skip {}", judged.effect.0, reason.word()),
        })
        .collect()
}

#[test]
fn each_way_a_candidate_can_go() {
    let day = at("2026-03-02T12:00:00Z");
    let night = at("2026-03-02T23:00:00Z");
    let policy = Policy::default();
    let capped = Policy {
        caps: vec![Cap {
            channel: None,
            topic: None,
            max: 1,
            per: CalendarSpan::days(1),
            calendar: false,
            skip: false,
        }],
        ..Policy::default()
    };
    let mut written_to = customer(true);
    sent(&mut written_to, at("2026-03-02T09:00:00Z"));
    let marketing = |when| [candidate(1, Class::Marketing, 0, when)];
    let receipt = |when| [candidate(1, Class::Transactional, 0, when)];
    let rows = [
        ("at noon", check(&policy, &customer(true), day, &marketing(day)), "1 release"),
        (
            "at night",
            check(&policy, &customer(true), night, &marketing(night)),
            "1 hold until 2026-03-03T08:00:00Z quiet_hours",
        ),
        ("a receipt at night", check(&policy, &customer(true), night, &receipt(night)), "1 release"),
        ("without consent", check(&policy, &customer(false), day, &marketing(day)), "1 skip no_consent"),
        ("a receipt without consent", check(&policy, &customer(false), day, &receipt(day)), "1 release"),
        ("no address and no consent", check(&policy, &Customer::default(), day, &marketing(day)), "1 skip no_contact"),
        (
            "over the cap",
            check(&capped, &written_to, day, &marketing(day)),
            "1 hold until 2026-03-03T09:00:00Z cap_reached",
        ),
        ("a receipt over the cap", check(&capped, &written_to, day, &receipt(day)), "1 release"),
        ("too old", check(&policy, &customer(true), at("2026-03-09T12:00:00Z"), &marketing(day)), "1 skip expired"),
    ];
    for (case, judged, expected) in rows {
        assert_eq!(judged, [expected], "{case}");
    }
}

#[test]
fn two_in_one_slot_leave_by_priority_and_the_other_waits() {
    let day = at("2026-03-02T12:00:00Z");
    let two = [candidate(1, Class::Marketing, 0, day), candidate(2, Class::Marketing, 5, day)];
    assert_eq!(
        check(&Policy::default(), &customer(true), day, &two),
        ["2 release", "1 hold until 2026-03-02T12:10:00Z slot_taken"]
    );
}

#[test]
fn a_hold_beyond_not_after_is_a_skip() {
    let night = at("2026-03-02T23:00:00Z");
    let mut late = candidate(1, Class::Marketing, 0, night);
    late.not_after = at("2026-03-03T02:00:00Z");
    assert_eq!(check(&Policy::default(), &customer(true), night, &[late]), ["1 skip quiet_hours"]);
}

proptest! {
    /// Caps hold under any arrival: never more than `max` in any window of `per`.
    #[test]
    fn caps_hold(minutes in proptest::collection::vec(0i64..20_000, 1..40), max in 1u32..4) {
        let policy = Policy { quiet_hours: None, caps: vec![Cap { channel: None, topic: None, max, per: CalendarSpan::days(1), calendar: false, skip: false }], ..Policy::default() };
        let mut customer = customer(true);
        let start = at("2026-03-02T00:00:00Z");
        let mut sorted = minutes;
        sorted.sort_unstable();
        for (number, minute) in sorted.iter().enumerate() {
            let now = start.plus_ms(minute * 60_000);
            let judged = check(&policy, &customer, now, &[candidate(number as u128, Class::Marketing, 0, now)]);
            if judged[0].ends_with("release") {
                sent(&mut customer, now);
            }
        }
        let times: Vec<i64> = customer.messages.all().iter().map(|message| message.at.0).collect();
        for window in times.windows(max as usize + 1) {
            prop_assert!(window[max as usize] - window[0] >= 86_400_000);
        }
    }
}

#[test]
fn a_cap_of_the_calendar_begins_anew_with_its_day_week_or_month() {
    let capped = |per: &str| Policy {
        quiet_hours: None,
        caps: vec![Cap {
            channel: None,
            topic: None,
            max: 1,
            per: CalendarSpan::parse(per).unwrap(),
            calendar: true,
            skip: false,
        }],
        ..Policy::default()
    };
    // Saturday, the last day of February.
    let mut customer = customer(true);
    sent(&mut customer, at("2026-02-28T12:00:00Z"));
    let judged = |per: &str, now: &str| {
        check(&capped(per), &customer, at(now), &[candidate(1, Class::Marketing, 0, at(now))]).join("")
    };
    assert_eq!(judged("1d", "2026-02-28T12:30:00Z"), "1 hold until 2026-03-01T00:00:00Z cap_reached");
    assert_eq!(judged("1d", "2026-03-01T00:00:00Z"), "1 release");
    assert_eq!(judged("1w", "2026-03-01T23:59:00Z"), "1 hold until 2026-03-02T00:00:00Z cap_reached");
    assert_eq!(judged("1w", "2026-03-02T00:00:00Z"), "1 release");
    assert_eq!(judged("1mo", "2026-02-28T23:00:00Z"), "1 hold until 2026-03-01T00:00:00Z cap_reached");
    assert_eq!(judged("1mo", "2026-03-01T00:00:00Z"), "1 release");
}

#[test]
fn quiet_days_are_left_out_one_after_another() {
    let days = ["2026-12-25", "2026-12-26", "2027-01-01"].map(str::to_owned).to_vec();
    let policy = Policy { quiet_days: days.clone(), ..Policy::default() };
    let judged = |policy: &Policy, now: &str| {
        check(policy, &customer(true), at(now), &[candidate(1, Class::Marketing, 0, at(now))]).join("")
    };
    assert_eq!(judged(&policy, "2026-12-24T20:00:00Z"), "1 release");
    assert_eq!(judged(&policy, "2026-12-26T12:00:00Z"), "1 hold until 2026-12-27T08:00:00Z quiet_hours");
    // Longer than a message of a day may wait.
    assert_eq!(judged(&policy, "2026-12-24T22:00:00Z"), "1 skip quiet_hours");
    let no_hours = Policy { quiet_hours: None, ..policy };
    assert_eq!(judged(&no_hours, "2027-01-01T10:00:00Z"), "1 hold until 2027-01-02T00:00:00Z quiet_hours");
    assert_eq!(no_hours.awake(at("2026-12-24T22:00:00Z"), Zone::UTC), Some(at("2026-12-24T22:00:00Z")));
    assert_eq!(no_hours.awake(at("2026-12-25T01:00:00Z"), Zone::UTC), Some(at("2026-12-27T00:00:00Z")));
}

#[test]
fn a_message_may_pass_a_cap_count_towards_none_or_be_skipped_instead_of_held() {
    let now = at("2026-03-02T12:00:00Z");
    let cap = Cap { channel: None, topic: None, max: 1, per: CalendarSpan::days(1), calendar: false, skip: false };
    let policy = Policy { caps: vec![cap], per_slot_max: 9, ..Policy::default() };
    let two = |change: fn(&mut Send)| {
        let mut two = [candidate(1, Class::Marketing, 5, now), candidate(2, Class::Marketing, 0, now)];
        two.iter_mut().for_each(|candidate| change(&mut candidate.send));
        check(&policy, &customer(true), now, &two).join(", ")
    };
    assert_eq!(two(|_| ()), "1 release, 2 hold until 2026-03-03T12:00:00Z cap_reached");
    assert_eq!(two(|send| send.over_caps = true), "1 release, 2 release");
    assert_eq!(two(|send| send.uncounted = true), "1 release, 2 release");
    assert_eq!(two(|send| send.skip_if_held = true), "1 release, 2 skip cap_reached");
    // What left before counts unless it said otherwise, and passing a cap is not the same as not counting.
    let mut customer = customer(true);
    sent(&mut customer, at("2026-03-02T09:00:00Z"));
    let mut next = candidate(3, Class::Marketing, 0, now);
    next.send.uncounted = true;
    assert_eq!(check(&policy, &customer, now, &[next.clone()]), ["3 hold until 2026-03-03T09:00:00Z cap_reached"]);
    next.send = Send { over_caps: true, ..candidate(3, Class::Marketing, 0, now).send };
    let after = candidate(4, Class::Marketing, -1, now);
    let judged = check(&policy, &self::customer(true), now, &[next, after]);
    assert_eq!(judged, ["3 release", "4 hold until 2026-03-03T12:00:00Z cap_reached"]);
}
