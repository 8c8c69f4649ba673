//! Journeys: what a merchant wants to happen after something happened, step by step.
//!
//! There is one machine. Actions and reminders are short forms that compile to it. A step never
//! sends: it files a [`Candidate`], and the plan judges all candidates of a customer together.
//!
//! A run waits for instants and events; nothing polls it. Exit and goal events end it at once, also
//! in the middle of a wait.

mod accumulator;
mod advance;
mod authored;
mod banner;
mod candidate;
mod compiled;
mod entry;
mod publish;
mod run;
mod trigger;

pub use accumulator::Accumulator;
pub use advance::{Machine, World};
pub use authored::*;
pub use banner::{BANNERS_MAX, Banners};
pub use candidate::{CANDIDATES_MAX, Candidate};
pub use compiled::{Compiled, Node};
pub use entry::{EntryLog, Refused};
pub use publish::{Enlistment, Fate};
pub use run::{Ended, Outcome, RUNS_MAX, Run, Runs, Waiting};
pub use trigger::{TriggerState, Triggers};

use crate::id::EffectId;

/// What a step asks for besides a message. The engine turns it into an effect, because only there
/// the facts of all rooms meet.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The identity of the effect.
    pub id: EffectId,
    /// A copy of the run as it stood.
    pub run: Run,
    /// The step's name.
    pub step: String,
    /// What to do.
    pub what: Do,
}
