//! The program: everything a merchant wrote, read whole, with all its problems at once.
//!
//! What is written, what is stored and what the engine computes with are three things: authored
//! types (here and in the rooms), the blob (postcard, versioned), and compiled journeys.

mod check;
mod read;
mod short;

pub use read::{Problem, Severity};
pub use short::{Action, CategoryPair, Level, Offer, Recommendation, Reminder, ReminderKind, Segment};

use crate::codec::{CodecError, Writer, parts};
use crate::customer::OrdersPolicy;
use crate::journey::{Accumulator, Journey};
use crate::plan::Policy;
use crate::replenish::Replenish;
use crate::time::{Zone, Zones};
use serde::{Deserialize, Serialize};
use serde_json::Value;

const TAG: u8 = 1;
const VERSION: u8 = 1;

/// The merchant's whole text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Program {
    /// The version of this format: 1.
    pub comeback: u32,
    /// The shop.
    pub shop: Shop,
    /// How the shop's orders are to be read.
    pub orders: OrdersPolicy,
    /// The predicted cart; without it none is made.
    pub replenish: Option<Replenish>,
    /// Rules over all sends.
    pub policy: Policy,
    /// Coupons.
    pub offers: Vec<Offer>,
    /// Lists of products.
    pub segments: Vec<Segment>,
    /// Categories that go with others, for `by: mapped`.
    pub category_map: Vec<CategoryPair>,
    /// Recommended products on pages, by role or tag.
    pub recommendations: Vec<Recommendation>,
    /// Events to be counted for conditions.
    pub accumulators: Vec<Accumulator>,
    /// Flows.
    pub journeys: Vec<Journey>,
    /// Short form: something happens, something follows.
    pub actions: Vec<Action>,
    /// Short form: reminders in levels.
    pub reminders: Vec<Reminder>,
}

/// The shop as templates and times need it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Shop {
    /// Its name.
    pub name: String,
    /// IANA zone of its staff, and of customers of whom nothing says where they are.
    pub zone: String,
    /// All zones its customers live in, when there are others. Whoever may be in several gets nothing in the night of any.
    pub zones: Vec<String>,
    /// Currency of amounts in this program.
    pub currency: String,
    /// Language of customers who named none.
    pub locale: String,
}

impl Default for Shop {
    fn default() -> Self {
        Shop {
            name: "the shop".into(),
            zone: "UTC".into(),
            zones: Vec::new(),
            currency: "EUR".into(),
            locale: "en".into(),
        }
    }
}

impl Shop {
    /// The zone; UTC for an unknown one, which the check refused.
    pub fn zone(&self) -> Zone {
        Zone::named(&self.zone).unwrap_or(Zone::UTC)
    }

    /// The zones of its customers, that of its staff first.
    pub fn zones(&self) -> Zones {
        Zones::any(self.zone(), self.zones.iter().filter_map(|name| Zone::named(name)))
    }
}

impl Program {
    /// Reads and checks a program's tree. The program is there when there is no error among the problems.
    pub fn check(tree: &Value) -> (Option<Program>, Vec<Problem>) {
        let (program, mut problems) = read::read_all::<Program>(tree);
        if let Some(program) = &program {
            check::check(program, &mut problems);
        }
        problems.sort_by(|a, b| (&a.path, a.severity, &a.message).cmp(&(&b.path, b.severity, &b.message)));
        let usable = problems.iter().all(|problem| problem.severity == Severity::Warning);
        (program.filter(|_| usable), problems)
    }

    /// The compiled blob: loads without parsing text.
    pub fn blob(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.part(TAG, VERSION, self);
        writer.finish()
    }

    /// Reads a blob.
    pub fn open(blob: &[u8]) -> Result<Program, CodecError> {
        let what = "the program";
        match parts(blob)?.first() {
            Some(part) if part.tag == TAG && part.version == VERSION => part.decode(what),
            Some(part) if part.tag == TAG => Err(CodecError::Newer { what, version: part.version }),
            _ => Err(CodecError::Damaged { what }),
        }
    }

    /// All journeys: the written ones and those the short forms stand for.
    pub fn all_journeys(&self) -> Vec<Journey> {
        let actions = self.actions.iter().map(Action::journey);
        let reminders = self.reminders.iter().map(Reminder::journey);
        self.journeys.iter().cloned().chain(actions).chain(reminders).collect()
    }
}

/// The JSON Schema of a program, for editors.
#[cfg(feature = "schema")]
pub fn schema() -> String {
    let schema = schemars::schema_for!(Program);
    // A schema is plain JSON and always serialises.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// `; did you mean …` for the closest known name, or nothing.
pub fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let close = known.map(|known| (strsim::damerau_levenshtein(name, known), known)).min();
    match close {
        Some((distance, known)) if distance <= 1 + name.len() / 4 => format!("; did you mean `{known}`?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
