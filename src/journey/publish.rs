//! A changed program meets a customer: what becomes of runs under way, and who was due before a journey was switched on.

use super::{Compiled, Machine, Run, StepGone, Waiting, World};
use crate::condition::Scope;
use crate::id::fraction;
use crate::time::{ClockTime, Instant, Zone};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a program does with a run that began under another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It goes on at its step.
    Stays,
    /// Its step is gone and it begins again; what was sent is not sent again.
    Restarts,
    /// Its step or its journey is gone and it ends.
    Leaves,
}

/// A journey that some customers are to begin without an event: a backlog, or a run over an audience.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enlistment {
    /// Which journey.
    pub journey: String,
    /// What the run is keyed by; for a backlog the trigger says it.
    #[serde(default)]
    pub key: Option<String>,
    /// The first day, in milliseconds since 1970 UTC.
    pub from: i64,
    /// Spread over so many days by a hash of the customer; 0 is at once.
    #[serde(default)]
    pub days: u32,
}

/// A run that will begin at an instant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Enlisted {
    pub at: Instant,
    pub key: String,
}

/// Runs of one day begin between these hours of the customer's, so that a day's share does not come at once.
const FIRST_HOUR: ClockTime = ClockTime::hm(9, 0);
const HOURS: f64 = 8.0;

impl Enlistment {
    fn at(&self, customer: &str, now: Instant, zone: Zone) -> Instant {
        if self.days == 0 {
            return now;
        }
        let share = fraction(&format!("backlog {}", self.journey), customer.as_bytes()) * f64::from(self.days);
        let day = zone.day(Instant(self.from)) + share as i32;
        let within_day = (share.fract() * HOURS * 3_600_000.0) as i64;
        zone.at(day, FIRST_HOUR).plus_ms(within_day).max(now)
    }
}

impl Machine {
    /// What this program does with a run.
    pub fn fate(&self, run: &Run) -> Fate {
        let Some(compiled) = self.journey(&run.journey) else { return Fate::Leaves };
        match (compiled.node(&run.step), compiled.journey.when_step_is_gone) {
            (Some(_), _) => Fate::Stays,
            (None, StepGone::Restart) => Fate::Restarts,
            (None, StepGone::Leave) => Fate::Leaves,
        }
    }

    /// A run that waits at a step which is gone would wait for good: it is let go, to be restarted or ended.
    pub(super) fn let_go_of_strays(&self, world: &mut World<'_>) {
        for run in &mut world.runs.active {
            if run.waiting != Waiting::Nothing && self.fate(run) != Fate::Stays {
                run.waiting = Waiting::Nothing;
            }
        }
    }

    /// The program was published, or a run over an audience was asked for.
    pub fn on_publish(&self, enlistments: &[Enlistment], world: &mut World<'_>) {
        for enlistment in enlistments {
            let Some(compiled) = self.journey(&enlistment.journey) else { continue };
            let backlog = world.triggers.backlog_key(compiled, &world.scope(None, None));
            let Some(key) = backlog.or_else(|| enlistment.key.clone()) else { continue };
            if let Err(why) = self.may_begin_now(compiled, &key, world) {
                world.say(|| format!("{} does not begin: {why}", enlistment.journey));
                continue;
            }
            let at = enlistment.at(&world.customer.key, world.now, world.zone());
            world.say(|| format!("{} will begin at {}", enlistment.journey, at.rfc3339()));
            world.triggers.enlist(&enlistment.journey, Enlisted { at, key });
        }
        self.on_time(world);
    }

    /// Begins what was enlisted and is still so: who bought in the meantime is not inactive any longer.
    pub(super) fn begin_enlisted(&self, world: &mut World<'_>) {
        for (journey, Enlisted { key, .. }) in world.triggers.take_enlisted(world.now) {
            let Some(compiled) = self.journey(&journey) else { continue };
            let still = triggered_key(compiled, &world.scope(None, None));
            if still.is_some_and(|still| still != key) {
                world.say(|| format!("{journey} does not begin: what it was enlisted for is no longer so"));
                continue;
            }
            self.begin(compiled, key, None, None, world);
        }
    }

    /// For questions: the journeys this customer was due for before they were switched on, with the merchant's policy.
    pub fn backlog(&self, world: &World<'_>) -> Vec<Value> {
        let due = |compiled: &&Compiled| {
            let key = world.triggers.backlog_key(compiled, &world.scope(None, None));
            key.is_some_and(|key| self.may_begin_now(compiled, &key, world).is_ok())
        };
        let told = |compiled: &Compiled| json!({ "journey": compiled.journey.id, "policy": compiled.journey.backlog });
        self.all().iter().filter(due).map(told).collect()
    }

    /// For questions: whether a run of a journey would begin now, or why not.
    pub fn qualifies(&self, journey: &str, key: &str, world: &World<'_>) -> Result<(), String> {
        let compiled = self.journey(journey).ok_or_else(|| "there is no such journey".to_owned())?;
        self.may_begin_now(compiled, key, world)
    }
}

/// Why a timed trigger holds now, as the key of the run that it would begin; empty when it does not hold, and nothing for a
/// journey that only others start.
pub(super) fn triggered_key(compiled: &Compiled, scope: &Scope<'_>) -> Option<String> {
    let trigger = &compiled.journey.trigger;
    if let Some(inactive) = &trigger.inactive {
        return Some(inactive.overdue(scope).map_or_else(String::new, |last| format!("since {}", last.rfc3339())));
    }
    let audience = trigger.audience.as_ref().filter(|audience| !audience.leaving)?;
    Some(if audience.of.eval(scope).holds { "backlog".to_owned() } else { String::new() })
}
