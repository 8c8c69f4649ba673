//! One customer's passage through a journey.

use crate::codec::{CodecError, Part, Writer};
use crate::event::EventKind;
use crate::id::{EffectId, Id, RunId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};

const TAG: u8 = 5;
const VERSION: u8 = 1;
/// Runs one customer may have at a time; a further one does not begin, with the reason in the trace.
pub const RUNS_MAX: usize = 32;
/// Ended runs remembered, so that what they left behind can be judged.
pub const ENDED_MAX: usize = 64;

/// What a run waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Waiting {
    /// Nothing: it goes on in this step.
    Nothing,
    /// An instant.
    Until(Instant),
    /// An event of its `wait_for` step, at most until then.
    Event(Instant),
    /// The plan's word about a candidate.
    Verdict(EffectId),
    /// What came of an effect, at most until then.
    Receipt(EffectId, Instant),
    /// The end of another run.
    Child(RunId),
}

impl Waiting {
    /// When time alone ends it.
    pub fn wakes_at(self) -> Option<Instant> {
        match self {
            Waiting::Until(at) | Waiting::Event(at) | Waiting::Receipt(_, at) => Some(at),
            Waiting::Nothing | Waiting::Verdict(_) | Waiting::Child(_) => None,
        }
    }
}

/// What came of a run's last step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Outcome {
    #[default]
    Started,
    Released,
    Skipped,
    Completed,
    Failed,
    Timeout,
    Reached,
    Ended,
}

impl Outcome {
    /// The word used in conditions.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Started => "started",
            Outcome::Released => "released",
            Outcome::Skipped => "skipped",
            Outcome::Completed => "completed",
            Outcome::Failed => "failed",
            Outcome::Timeout => "timeout",
            Outcome::Reached => "reached",
            Outcome::Ended => "ended",
        }
    }
}

/// A run under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Run {
    pub id: RunId,
    /// Journey id, as authored.
    pub journey: String,
    /// What it is keyed by.
    pub key: String,
    pub store: String,
    pub started_at: Instant,
    /// When its last step was done.
    pub last_step_at: Instant,
    /// The step it stands at: the name of the next one to do, or the one it waits in.
    pub step: String,
    pub waiting: Waiting,
    pub outcome: Outcome,
    pub trigger: EventKind,
    pub order: Option<String>,
    pub cart: Option<Id>,
    pub product: Option<String>,
    /// Coupon issued in this run and when it ends.
    pub offer: Option<(String, String, Option<Instant>)>,
    /// How often each step was done; the occurrence that makes effect ids differ in a loop.
    pub visits: Vec<(String, u16)>,
    /// Arms drawn, by split step.
    pub arms: Vec<(String, String)>,
    pub parent: Option<RunId>,
    /// The other customer the trigger named, for `emit`.
    pub other: Option<String>,
    /// In the journey's holdout: it goes its way and is sent nothing.
    pub holdout: bool,
}

impl Run {
    /// Counts a visit and says which it is, 0 for the first.
    pub fn visit(&mut self, step: &str) -> u16 {
        if let Some((_, count)) = self.visits.iter_mut().find(|(name, _)| name == step) {
            *count = count.saturating_add(1);
            return *count;
        }
        self.visits.push((step.to_owned(), 0));
        0
    }

    /// How many times a step was done.
    pub fn visited(&self, step: &str) -> u16 {
        self.visits.iter().find(|(name, _)| name == step).map_or(0, |(_, count)| count.saturating_add(1))
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Ended {
    /// It came to the end of its steps.
    Through,
    /// A goal event, or an `end` that counts as success.
    Reached,
    /// An exit event, a failed check, or it was stopped.
    Left,
}

/// The runs of a customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Runs {
    /// Under way, in the order they began.
    pub active: Vec<Run>,
    ended: Vec<(RunId, Ended)>,
}

impl Runs {
    /// The run with this id, if it is under way.
    pub fn find(&self, id: RunId) -> Option<&Run> {
        self.active.iter().find(|run| run.id == id)
    }

    /// How a run ended, if it did and is remembered.
    pub fn how_ended(&self, id: RunId) -> Option<Ended> {
        self.ended.iter().find(|(ended, _)| *ended == id).map(|(_, how)| *how)
    }

    /// Remembers an end.
    pub fn remember_end(&mut self, id: RunId, how: Ended) {
        if self.ended.len() >= ENDED_MAX {
            self.ended.remove(0);
        }
        self.ended.push((id, how));
    }

    /// The earliest instant at which time alone moves a run.
    pub fn wakes_at(&self) -> Option<Instant> {
        // One that waits for nothing was begun after the others had moved: by a trigger that the event made true.
        let wakes_at = |run: &Run| match run.waiting {
            Waiting::Nothing => Some(run.started_at),
            waiting => waiting.wakes_at(),
        };
        self.active.iter().filter_map(wakes_at).min()
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.part(TAG, VERSION, self);
    }

    pub(crate) fn read(part: &Part<'_>) -> Option<Result<Runs, CodecError>> {
        (part.tag == TAG).then(|| part.decode("the runs"))
    }
}
