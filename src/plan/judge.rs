//! Judging candidates, and judging a released message again before each attempt.

use super::{Cap, Policy};
use crate::condition::Scope;
use crate::customer::messages::{Class, Message, Status};
use crate::id::{EffectId, fraction};
use crate::journey::{Candidate, Ended, Runs};
use crate::time::{Instant, Zones};

/// Why a message did not leave, in order of precedence: of two that are true the first is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Reason {
    /// Its run was ended by an exit, a goal or a program change.
    RunEnded,
    NoContact,
    Suppressed,
    NoConsent,
    Expired,
    ConditionChanged,
    Holdout,
    JourneyHoldout,
    CapReached,
    QuietHours,
    SlotTaken,
}

impl Reason {
    /// A stable word for machines and reports.
    pub fn word(self) -> &'static str {
        match self {
            Reason::RunEnded => "run_ended",
            Reason::NoContact => "no_contact",
            Reason::Suppressed => "suppressed",
            Reason::NoConsent => "no_consent",
            Reason::Expired => "expired",
            Reason::ConditionChanged => "condition_changed",
            Reason::Holdout => "holdout",
            Reason::JourneyHoldout => "journey_holdout",
            Reason::CapReached => "cap_reached",
            Reason::QuietHours => "quiet_hours",
            Reason::SlotTaken => "slot_taken",
        }
    }
}

/// What happens to a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It leaves now.
    Release,
    /// It is judged again then.
    Hold(Instant, Reason),
    /// It never leaves; its run goes on.
    Skip(Reason),
}

/// A candidate and its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Judgement {
    pub effect: EffectId,
    pub verdict: Verdict,
}

/// Judges every candidate whose slot has closed, the highest priority first, ties by age and then id.
/// `zones` are where the customer may be; `scope_of` gives the scope of a candidate's run for its `only_if`.
pub fn judge<'a>(
    policy: &Policy,
    zones: &Zones,
    candidates: &[Candidate],
    runs: &Runs,
    scope: Scope<'a>,
    scope_of: impl Fn(&Candidate) -> Scope<'a>,
) -> Vec<Judgement> {
    let mut due: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.judge_at <= scope.now).collect();
    due.sort_by_key(|candidate| (std::cmp::Reverse(candidate.priority), candidate.filed_at, candidate.effect));
    let mut released: Vec<&Candidate> = Vec::new();
    let mut judgements = Vec::new();
    for candidate in due {
        let verdict = verdict(policy, zones, candidate, runs, &scope, &scope_of(candidate), &released);
        if verdict == Verdict::Release {
            released.push(candidate);
        }
        judgements.push(Judgement { effect: candidate.effect, verdict });
    }
    judgements
}

fn verdict(
    policy: &Policy,
    zones: &Zones,
    candidate: &Candidate,
    runs: &Runs,
    scope: &Scope<'_>,
    own: &Scope<'_>,
    released: &[&Candidate],
) -> Verdict {
    let send = &candidate.send;
    let (channel, topic) = (channel(candidate), topic(candidate));
    let marketing = send.class == Class::Marketing;
    if let Some(reason) = never(policy, scope, channel, topic, send.class, candidate.not_after) {
        return Verdict::Skip(reason);
    }
    if send.only_if.as_ref().is_some_and(|only_if| !only_if.eval(own).holds) {
        return Verdict::Skip(Reason::ConditionChanged);
    }
    if runs.find(candidate.run).is_some_and(|run| run.holdout) {
        return Verdict::Skip(Reason::JourneyHoldout);
    }
    if !marketing {
        return Verdict::Release;
    }
    let held = (!send.over_caps)
        .then(|| over_cap(policy, scope, channel, topic, released))
        .flatten()
        .or_else(|| quiet(policy, zones, scope))
        .or_else(|| slot_taken(policy, candidate, scope, released));
    match held {
        Some(Verdict::Hold(until, reason)) if until > candidate.not_after || send.skip_if_held => Verdict::Skip(reason),
        Some(verdict) => verdict,
        None => Verdict::Release,
    }
}

/// Reasons that do not pass by themselves.
fn never(
    policy: &Policy,
    scope: &Scope<'_>,
    channel: &str,
    topic: &str,
    class: Class,
    not_after: Instant,
) -> Option<Reason> {
    let customer = scope.customer;
    if customer.profile.contact(channel).is_none() {
        return Some(Reason::NoContact);
    }
    if customer.profile.suppression(channel).is_some() {
        return Some(Reason::Suppressed);
    }
    if class == Class::Marketing && !customer.consent.granted(channel, topic) {
        return Some(Reason::NoConsent);
    }
    if not_after < scope.now {
        return Some(Reason::Expired);
    }
    let held_out =
        class == Class::Marketing && fraction("holdout", customer.key.as_bytes()) * 100.0 < policy.holdout_percent;
    held_out.then_some(Reason::Holdout)
}

fn over_cap(
    policy: &Policy,
    scope: &Scope<'_>,
    channel: &str,
    topic: &str,
    released: &[&Candidate],
) -> Option<Verdict> {
    let applies = |cap: &&Cap| {
        cap.channel.as_ref().is_none_or(|name| name == channel) && cap.topic.as_ref().is_none_or(|name| name == topic)
    };
    policy.caps.iter().filter(applies).filter_map(|cap| cap_verdict(cap, scope, released)).max_by_key(|verdict| {
        match verdict {
            Verdict::Skip(_) => Instant(i64::MAX),
            Verdict::Hold(until, _) => *until,
            Verdict::Release => Instant(i64::MIN),
        }
    })
}

fn cap_verdict(cap: &Cap, scope: &Scope<'_>, released: &[&Candidate]) -> Option<Verdict> {
    let window = cap.per.calendar_window(scope.now, scope.zone).filter(|_| cap.calendar);
    let since = window.map_or_else(|| cap.per.before(scope.now, scope.zone).plus_ms(1), |(from, _)| from);
    let counts = |message: &&Message| {
        message.class == Class::Marketing
            && !message.status.has(Status::UNCOUNTED)
            && cap.channel.as_ref().is_none_or(|name| *name == message.channel)
            && cap.topic.as_ref().is_none_or(|name| *name == message.topic)
    };
    let mut sent: Vec<Instant> =
        scope.customer.messages.sent_since(since).filter(counts).map(|message| message.at).collect();
    let counts_now = |candidate: &&&Candidate| {
        candidate.send.class == Class::Marketing
            && !candidate.send.uncounted
            && cap.channel.as_ref().is_none_or(|name| name == channel(candidate))
            && cap.topic.as_ref().is_none_or(|name| name == topic(candidate))
    };
    sent.extend(released.iter().filter(counts_now).map(|_| scope.now));
    if sent.len() < cap.max as usize {
        return None;
    }
    if cap.skip {
        return Some(Verdict::Skip(Reason::CapReached));
    }
    if let Some((_, next)) = window {
        return Some(Verdict::Hold(next, Reason::CapReached));
    }
    sent.sort();
    // There is room again when the oldest of the last `max` has left the span.
    let oldest = sent[sent.len() - cap.max as usize];
    Some(Verdict::Hold(cap.per.after(oldest, scope.zone).max(scope.now.plus_ms(1)), Reason::CapReached))
}

fn quiet(policy: &Policy, zones: &Zones, scope: &Scope<'_>) -> Option<Verdict> {
    let leaves = zones.everywhere(scope.now, |from, zone| policy.awake(from, zone))?;
    (leaves > scope.now).then_some(Verdict::Hold(leaves, Reason::QuietHours))
}

fn slot_taken(policy: &Policy, candidate: &Candidate, scope: &Scope<'_>, released: &[&Candidate]) -> Option<Verdict> {
    let same = released
        .iter()
        .filter(|other| other.send.class == Class::Marketing && channel(other) == channel(candidate))
        .count();
    let next = policy.slot.after(scope.now, scope.zone).max(scope.now.plus_ms(60_000));
    (same >= policy.per_slot_max as usize).then_some(Verdict::Hold(next, Reason::SlotTaken))
}

/// The word about a message that was released earlier, before another attempt to deliver it:
/// contact, consent, hours and age are judged again, caps are not.
pub fn judge_again(policy: &Policy, zones: &Zones, message: &Message, runs: &Runs, scope: &Scope<'_>) -> Verdict {
    let marketing = message.class == Class::Marketing;
    if marketing && matches!(runs.how_ended(message.run), Some(Ended::Left | Ended::Reached)) {
        return Verdict::Skip(Reason::RunEnded);
    }
    if let Some(reason) = never(policy, scope, &message.channel, &message.topic, message.class, message.not_after) {
        return Verdict::Skip(reason);
    }
    match quiet(policy, zones, scope).filter(|_| marketing) {
        Some(Verdict::Hold(until, reason)) if until > message.not_after => Verdict::Skip(reason),
        Some(verdict) => verdict,
        None => Verdict::Release,
    }
}

/// The channel of a candidate.
pub(crate) fn channel(candidate: &Candidate) -> &str {
    candidate.send.channel.as_deref().unwrap_or("email")
}

/// What a candidate is about; its journey when no topic is named.
pub(crate) fn topic(candidate: &Candidate) -> &str {
    candidate.send.topic.as_deref().unwrap_or(&candidate.journey)
}
