//! One customer's state in two sections of versioned bytes: `hot`, touched by most steps, and
//! `purchases`, touched by orders.

use crate::codec::{CodecError, Part, Stored, Writer, parts};
use crate::customer::{Activity, Consents, Counters, Customer, Messages, Orders};
use crate::journey::{Banners, Candidate, EntryLog, Runs, Triggers};
use crate::replenish::Shelf;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

const HEAD: u8 = 100;
const CANDIDATES: u8 = 101;
const LEDGER: u8 = 1;
const ORDERS: u8 = 2;
const VERSION: u8 = 1;

/// Everything the core remembers of one customer.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct State {
    pub customer: Customer,
    pub runs: Runs,
    pub entries: EntryLog,
    pub triggers: Triggers,
    pub candidates: Vec<Candidate>,
    pub banners: Banners,
    pub shelf: Shelf,
    /// The latest `now` seen: decisions never go back.
    pub clock: Option<Instant>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    key: String,
    clock: Option<Instant>,
}

impl State {
    /// Reads both sections whole; empty bytes are a customer never seen.
    pub fn decode(hot: &[u8], purchases: &[u8]) -> Result<State, CodecError> {
        let state = State::open(hot, purchases)?;
        state.customer.orders.read_all();
        let _ = state.customer.purchases.lines();
        state.undamaged()?;
        Ok(state)
    }

    /// Reads the `hot` section, and of the other only what is looked at. Ask whether it was
    /// [undamaged](State::undamaged) before using what came of it.
    pub fn open(hot: &[u8], purchases: &[u8]) -> Result<State, CodecError> {
        let mut state = State::default();
        if !hot.is_empty() {
            for part in parts(hot)? {
                state.read_hot(&part)?;
            }
        }
        if !purchases.is_empty() {
            for part in parts(purchases)? {
                state.read_purchases(&part)?;
            }
        }
        Ok(state)
    }

    /// Whether everything that was looked at could be read.
    pub fn undamaged(&self) -> Result<(), CodecError> {
        let orders = &self.customer.orders;
        let of_one = orders.looked_at().and_then(Orders::damage);
        let damage = orders.damage().or(of_one).or(self.customer.purchases.damage());
        damage.map_or(Ok(()), |damage| Err(damage.clone()))
    }

    fn read_hot(&mut self, part: &Part<'_>) -> Result<(), CodecError> {
        if part.tag == HEAD {
            let head: Head = part.decode("the state's head")?;
            (self.customer.key, self.clock) = (head.key, head.clock);
        } else if part.tag == CANDIDATES {
            self.candidates = Candidate::read_all(part)?;
        } else if let Some(found) = self.customer.profile.read(part) {
            found?;
        } else if let Some(found) = Consents::read(part) {
            self.customer.consent = found?;
        } else if let Some(found) = Activity::read(part) {
            self.customer.activity = found?;
        } else if let Some(found) = Counters::read(part) {
            self.customer.counters = found?;
        } else if let Some(found) = Messages::read(part) {
            self.customer.messages = found?;
        } else if let Some(found) = Runs::read(part) {
            self.runs = found?;
        } else if let Some(found) = EntryLog::read(part) {
            self.entries = found?;
        } else if let Some(found) = self.triggers.read(part) {
            found?;
        } else if let Some(found) = Banners::read(part) {
            self.banners = found?;
        } else if let Some(found) = self.shelf.read(part) {
            found?;
        } else {
            return Err(CodecError::Newer { what: "the stored state", version: part.tag });
        }
        Ok(())
    }

    fn read_purchases(&mut self, part: &Part<'_>) -> Result<(), CodecError> {
        if let Some(found) = Stored::of(part, LEDGER) {
            self.customer.purchases = found?;
        } else if let Some(found) = Stored::of(part, ORDERS) {
            self.customer.orders = found?;
        } else {
            return Err(CodecError::Newer { what: "the stored purchases", version: part.tag });
        }
        Ok(())
    }

    /// The `hot` section.
    pub fn encode_hot(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.part(HEAD, VERSION, &Head { key: self.customer.key.clone(), clock: self.clock });
        self.customer.profile.write(&mut writer);
        self.customer.consent.write(&mut writer);
        self.customer.activity.write(&mut writer);
        self.customer.counters.write(&mut writer);
        self.customer.messages.write(&mut writer);
        self.runs.write(&mut writer);
        self.entries.write(&mut writer);
        self.triggers.write(&mut writer);
        self.shelf.write(&mut writer);
        self.banners.write(&mut writer);
        writer.part(CANDIDATES, Candidate::VERSION, &self.candidates);
        writer.finish()
    }

    /// The `purchases` section.
    pub fn encode_purchases(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.customer.purchases.write(LEDGER, &mut writer);
        self.customer.orders.write(ORDERS, &mut writer);
        writer.finish()
    }

    /// When this customer next needs a wake, or nothing to wait for.
    pub fn wake_at(&self) -> Option<Instant> {
        let candidates = self.candidates.iter().map(|candidate| candidate.judge_at).min();
        [self.runs.wakes_at(), self.triggers.wakes_at(), self.shelf.wakes_at(), candidates].into_iter().flatten().min()
    }
}
