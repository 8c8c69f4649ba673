//! The compiled rules, as they are stored.

use super::FIRST;
use crate::codec::{CodecError, Writer, parts};
use serde::{Deserialize, Serialize};

const TAG: u8 = 1;
const VERSION: u8 = 1;
const WHAT: &str = "the matcher";

/// A test's outcome that ends the rule.
pub(super) const HOLDS: u32 = u32::MAX;
/// The other.
pub(super) const FAILS: u32 = u32::MAX - 1;

/// Rules for [`Matcher`](super::Matcher).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tables {
    /// The journeys, by the numbers that are found.
    pub names: Vec<String>,
    /// Journeys that cannot be decided from an event alone, each with the reason.
    pub left_out: Vec<(String, String)>,
    /// Event types that begin something.
    pub kinds: Vec<Kind>,
    /// What is read of an event.
    pub slots: Vec<Slot>,
    pub(super) rules: Vec<Rule>,
    pub(super) tests: Vec<Test>,
    /// Sorted symbols, several lists one after another.
    pub(super) sets: Vec<u32>,
    pub(super) parts: Vec<Part>,
    /// One more than the largest symbol.
    pub(super) symbols: u32,
}

/// An event type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Kind {
    pub name: String,
    /// The slots its rules look at; no other need be written.
    pub slots: Vec<u32>,
}

/// One field of an event in one form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    /// The field.
    pub field: String,
    /// The form.
    pub form: Form,
    /// What an absent field stands for.
    pub default: Option<String>,
    /// Only page visits have it.
    pub pages_only: bool,
    /// Names that rules mention, with their symbols.
    pub symbols: Vec<(String, u32)>,
}

/// How a field is written into its slot's 64-bit word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A symbol in the lower half; of a list, its place among the words there and its length in the upper half.
    Name,
    /// The symbol of the text in lower case. Never a list.
    Word,
    /// The bits of a double; not a number when there is none.
    Number,
    /// The text in lower case: where its bytes begin and, in the upper half, how many; begins at 2³²−1 when absent.
    Text,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Rule {
    /// One bit a kind.
    pub kinds: u64,
    /// Its first test, or an outcome.
    pub entry: u32,
    pub key: RuleKey,
}

/// Where a rule is posted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum RuleKey {
    /// A candidate of every event of its kinds.
    None,
    /// Any of these slots' symbols, any of these parts.
    Any { slots: Vec<u32>, symbols: Vec<u32>, parts: Vec<u32> },
}

/// A test and where to go on. Tests only go on to earlier ones, so every walk ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Test {
    pub slot: u32,
    pub what: What,
    pub yes: u32,
    pub no: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum What {
    Present,
    Is(u32),
    In { from: u32, len: u32 },
    AtLeast(f64),
    AtMost(f64),
    Contains(u32),
    StartsWith(u32),
    EndsWith(u32),
}

/// A piece of text in lower case that a slot's text is searched for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Part {
    pub slot: u32,
    pub text: String,
}

impl Tables {
    /// The stored form.
    pub fn blob(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.part(TAG, VERSION, self);
        writer.finish()
    }

    /// Reads a stored form and checks every reference in it.
    pub fn open(blob: &[u8]) -> Result<Tables, CodecError> {
        let tables: Tables = match parts(blob)?.first() {
            Some(part) if part.tag == TAG && part.version == VERSION => part.decode(WHAT)?,
            Some(part) if part.tag == TAG => return Err(CodecError::Newer { what: WHAT, version: part.version }),
            _ => return Err(CodecError::Damaged { what: WHAT }),
        };
        if tables.is_whole() { Ok(tables) } else { Err(CodecError::Damaged { what: WHAT }) }
    }

    fn is_whole(&self) -> bool {
        let slot = |slot: &u32| (*slot as usize) < self.slots.len();
        let symbol = |symbol: &u32| (FIRST..self.symbols).contains(symbol);
        let part = |part: &u32| (*part as usize) < self.parts.len();
        let rule = |rule: &Rule| {
            let key = match &rule.key {
                RuleKey::None => true,
                RuleKey::Any { slots, symbols, parts } => {
                    slots.iter().all(slot) && symbols.iter().all(symbol) && parts.iter().all(part)
                }
            };
            key && goes_to(rule.entry, self.tests.len())
        };
        // Every symbol and part takes bytes of the blob, so these numbers bound what is allocated.
        let names = self.slots.iter().map(|slot| slot.symbols.len()).sum::<usize>();
        self.names.len() == self.rules.len()
            && self.kinds.len() <= 64
            && self.symbols as usize <= names + FIRST as usize
            && self.kinds.iter().all(|kind| kind.slots.iter().all(slot))
            && self.rules.iter().all(rule)
            && self.parts.iter().all(|part| slot(&part.slot) && !part.text.is_empty())
            && self.tests.iter().enumerate().all(|(at, test)| self.test_is_whole(at, test))
    }

    fn test_is_whole(&self, at: usize, test: &Test) -> bool {
        let what = match test.what {
            What::Present | What::AtLeast(_) | What::AtMost(_) | What::Is(_) => true,
            What::In { from, len } => (from as usize).saturating_add(len as usize) <= self.sets.len(),
            What::Contains(part) | What::StartsWith(part) | What::EndsWith(part) => (part as usize) < self.parts.len(),
        };
        what && (test.slot as usize) < self.slots.len() && goes_to(test.yes, at) && goes_to(test.no, at)
    }
}

fn goes_to(target: u32, before: usize) -> bool {
    target >= FAILS || (target as usize) < before
}
