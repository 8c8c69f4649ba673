//! Where somebody may be.

use super::places::zones_of;
use super::{DAY_MS, Hours, Instant, Zone};

/// The zones somebody may be in: one when it is known. Calendar days are those of the first; hours have to be allowed in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zones {
    first: Zone,
    others: Vec<Zone>,
}

/// Nobody is kept waiting longer for a time that suits all zones; then the first counts alone.
const WAIT_DAYS_MAX: i64 = 60;

impl Zones {
    /// It is known.
    pub fn one(zone: Zone) -> Zones {
        Zones { first: zone, others: Vec::new() }
    }

    /// It may be any of these.
    pub fn any(first: Zone, others: impl IntoIterator<Item = Zone>) -> Zones {
        let mut zones = Zones::one(first);
        for zone in others {
            if !zones.contains(zone) {
                zones.others.push(zone);
            }
        }
        zones
    }

    /// The one whose calendar counts.
    pub fn first(&self) -> Zone {
        self.first
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Zone> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    fn contains(&self, zone: Zone) -> bool {
        self.iter().any(|known| known == zone)
    }

    /// What is left of these, the shop's, for somebody in a country (`US`) and region (`US-CA`, or `CA` beside its country):
    /// the zones of that place; of several those that are the shop's too, if any are. All of these when the place is not known.
    pub fn in_place(&self, country: Option<&str>, region: Option<&str>) -> Zones {
        let there: Vec<Zone> = zones_of(country, region).filter_map(Zone::named).collect();
        let mut both = self.iter().filter(|zone| there.contains(zone));
        match (both.next(), there.first()) {
            (Some(first), _) => Zones::any(first, both),
            (None, Some(first)) => Zones::any(*first, there.iter().copied()),
            (None, None) => self.clone(),
        }
    }

    /// The first instant at or after `at` that is inside the hours everywhere; `None` when there is none in 60 days.
    pub fn enter(&self, hours: &Hours, at: Instant) -> Option<Instant> {
        self.everywhere(at, |from, zone| hours.enter(from, zone))
    }

    /// The first instant at or after `at` that suits all zones, where `next` tells the first that suits one. `None` when one has
    /// none.
    pub fn everywhere(&self, at: Instant, next: impl Fn(Instant, Zone) -> Option<Instant>) -> Option<Instant> {
        let mut agreed = at;
        // Goes on to the latest that any zone asks for until all agree.
        while agreed.since(at) <= WAIT_DAYS_MAX * DAY_MS {
            let latest = self.iter().map(|zone| next(agreed, zone)).collect::<Option<Vec<_>>>()?.into_iter().max()?;
            if latest == agreed {
                return Some(agreed);
            }
            agreed = latest;
        }
        next(at, self.first)
    }
}
