//! The message ledger: what was meant for this customer, what left, and what came of it.
//!
//! A message is never deleted to make room while it is still on its way; the limit drops the oldest
//! that are settled.

use crate::codec::{CodecError, Part, Writer};
use crate::id::{EffectId, RunId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};

const TAG: u8 = 4;
const VERSION: u8 = 1;
/// Messages kept, the oldest settled ones go first.
pub const MESSAGES_MAX: usize = 128;

/// How far a message got. A lattice: what is known is only ever joined, never overwritten, so
/// receipts may arrive late, twice and in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status(u16);

impl Status {
    /// Handed to the channel.
    pub const RELEASED: Status = Status(1);
    /// The provider took it.
    pub const SENT: Status = Status(2);
    /// Nobody knows whether it arrived; counts as sent.
    pub const UNCERTAIN: Status = Status(4);
    /// The provider says it arrived.
    pub const DELIVERED: Status = Status(8);
    /// Its picture was fetched, by a person or by a machine.
    pub const OPENED: Status = Status(16);
    /// One of its links was fetched, by a person or by a machine.
    pub const CLICKED: Status = Status(32);
    /// The provider refused it for good.
    pub const FAILED: Status = Status(64);
    /// It came back.
    pub const BOUNCED: Status = Status(128);
    /// The customer called it spam.
    pub const COMPLAINED: Status = Status(256);
    /// Decided against, before or after release; see the reason.
    pub const SKIPPED: Status = Status(512);

    /// It counts towards no cap; beside the others.
    pub const UNCOUNTED: Status = Status(1024);

    /// Both.
    pub fn join(self, other: Status) -> Status {
        Status(self.0 | other.0)
    }

    /// Whether it got this far.
    pub fn has(self, other: Status) -> bool {
        self.0 & other.0 != 0
    }

    /// One word for people: the furthest.
    pub fn word(self) -> &'static str {
        let words = [
            (Status::COMPLAINED, "complained"),
            (Status::BOUNCED, "bounced"),
            (Status::FAILED, "failed"),
            (Status::CLICKED, "clicked"),
            (Status::OPENED, "opened"),
            (Status::DELIVERED, "delivered"),
            (Status::SENT, "sent"),
            (Status::UNCERTAIN, "uncertain"),
            (Status::SKIPPED, "skipped"),
            (Status::RELEASED, "released"),
        ];
        words.iter().find(|(status, _)| self.has(*status)).map_or("waiting", |(_, word)| word)
    }

    /// It left, or may have.
    pub fn counts_as_sent(self) -> bool {
        self.has(Status::SENT) || self.has(Status::UNCERTAIN) || self.has(Status::DELIVERED) || self.is_on_its_way()
    }

    /// Released and not yet heard of.
    pub fn is_on_its_way(self) -> bool {
        self.0 & !Status::UNCOUNTED.0 == Status::RELEASED.0
    }
}

/// Marketing needs consent and counts against caps; transactional messages belong to something
/// the customer did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Class {
    #[default]
    Marketing,
    Transactional,
}

/// One message, from being meant to its last receipt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Message {
    pub effect: EffectId,
    pub run: RunId,
    /// Names of the journey and step, as they were.
    pub journey: String,
    pub step: String,
    pub channel: String,
    pub template: String,
    pub topic: String,
    pub class: Class,
    /// When it was decided: released or skipped.
    pub at: Instant,
    pub status: Status,
    /// Why it was skipped, failed or held last.
    pub reason: Option<String>,
    /// After this it is dropped instead of sent.
    pub not_after: Instant,
}

/// The ledger, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Messages {
    list: Vec<Message>,
}

impl Messages {
    /// Adds a decided message.
    pub fn add(&mut self, message: Message) {
        if self.list.len() >= MESSAGES_MAX {
            let settled = self.list.iter().position(|old| !old.status.is_on_its_way()).unwrap_or(0);
            self.list.remove(settled);
        }
        self.list.push(message);
    }

    /// The message of an effect.
    pub fn find(&self, effect: EffectId) -> Option<&Message> {
        self.list.iter().rev().find(|message| message.effect == effect)
    }

    /// The message of an effect, to join a receipt.
    pub fn find_mut(&mut self, effect: EffectId) -> Option<&mut Message> {
        self.list.iter_mut().rev().find(|message| message.effect == effect)
    }

    /// All messages, oldest first.
    pub fn all(&self) -> &[Message] {
        &self.list
    }

    /// Messages that left, or may have, at or after an instant.
    pub fn sent_since(&self, since: Instant) -> impl Iterator<Item = &Message> {
        self.list.iter().filter(move |message| message.at >= since && message.status.counts_as_sent())
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.part(TAG, VERSION, self);
    }

    pub(crate) fn read(part: &Part<'_>) -> Option<Result<Messages, CodecError>> {
        (part.tag == TAG).then(|| part.decode("the messages"))
    }
}
