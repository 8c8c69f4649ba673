//! Who may begin a journey again, and when.

use super::{Entry, EntryRule};
use crate::codec::{CodecError, Part, Writer};
use crate::id::name_hash;
use crate::time::{Day, Instant, Zone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const TAG: u8 = 6;
const VERSION: u8 = 1;
/// Keys remembered for each journey and customer. An older key could begin again; it is far older
/// than any fact that `late_within` lets through.
pub const KEYS_MAX: usize = 128;

/// Which runs began, by journey.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EntryLog {
    journeys: BTreeMap<String, Entries>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Entries {
    count: u32,
    last_at: Option<Instant>,
    day: Option<(Day, u32)>,
    /// Hash of the key and how many runs it began, oldest first.
    keys: Vec<(u64, u16)>,
}

/// Why a run did not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Refused {
    AlreadyOn,
    OnceEver,
    OncePerKey,
    OncePerPeriod,
    CoolDown,
    CustomerLimit,
    DayLimit,
}

impl Refused {
    /// For traces.
    pub fn text(self) -> &'static str {
        match self {
            Refused::AlreadyOn => "a run is still on",
            Refused::OnceEver => "it begins once for each customer",
            Refused::OncePerKey => "it began for this key before",
            Refused::OncePerPeriod => "it began in this period before",
            Refused::CoolDown => "its cool-down is not over",
            Refused::CustomerLimit => "the customer's limit is reached",
            Refused::DayLimit => "the limit of this day is reached",
        }
    }
}

impl EntryLog {
    /// Whether a run may begin now.
    pub fn may_begin(
        &self,
        journey: &str,
        entry: &Entry,
        key: &str,
        is_on: bool,
        now: Instant,
        zone: Zone,
    ) -> Result<(), Refused> {
        let nothing = Entries::default();
        let log = self.journeys.get(journey).unwrap_or(&nothing);
        let within = |span: Option<crate::time::CalendarSpan>| {
            span.is_some_and(|span| log.last_at.is_some_and(|last| span.after(last, zone) > now))
        };
        let today = zone.day(now);
        let rule = match entry.rule {
            EntryRule::Keyed if log.began(key) > 0 => Err(Refused::OncePerKey),
            EntryRule::Once if log.count > 0 => Err(Refused::OnceEver),
            EntryRule::OncePer if within(entry.period) => Err(Refused::OncePerPeriod),
            EntryRule::Always if is_on => Err(Refused::AlreadyOn),
            _ => Ok(()),
        };
        rule?;
        if within(entry.cool_down) {
            return Err(Refused::CoolDown);
        }
        if entry.per_customer_max.is_some_and(|most| log.count >= most) {
            return Err(Refused::CustomerLimit);
        }
        let begun_today = log.day.filter(|(day, _)| *day == today).map_or(0, |(_, count)| count);
        if entry.per_day_max.is_some_and(|most| begun_today >= most) {
            return Err(Refused::DayLimit);
        }
        Ok(())
    }

    /// Remembers that a run began; returns how many began before, a part of the run's identity.
    pub fn begin(&mut self, journey: &str, key: &str, now: Instant, zone: Zone) -> u32 {
        let log = self.journeys.entry(journey.to_owned()).or_default();
        let today = zone.day(now);
        let begun_today = log.day.filter(|(day, _)| *day == today).map_or(0, |(_, count)| count);
        log.day = Some((today, begun_today.saturating_add(1)));
        log.last_at = Some(now);
        log.add_key(name_hash(key));
        log.count = log.count.saturating_add(1);
        log.count - 1
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.part(TAG, VERSION, self);
    }

    pub(crate) fn read(part: &Part<'_>) -> Option<Result<EntryLog, CodecError>> {
        (part.tag == TAG).then(|| part.decode("the entry log"))
    }
}

impl Entries {
    fn began(&self, key: &str) -> u16 {
        let hash = name_hash(key);
        self.keys.iter().find(|(known, _)| *known == hash).map_or(0, |(_, count)| *count)
    }

    fn add_key(&mut self, hash: u64) {
        if let Some((_, count)) = self.keys.iter_mut().find(|(known, _)| *known == hash) {
            *count = count.saturating_add(1);
            return;
        }
        if self.keys.len() >= KEYS_MAX {
            self.keys.remove(0);
        }
        self.keys.push((hash, 1));
    }
}
