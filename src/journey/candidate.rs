//! A send that is not yet judged.

use super::Send;
use crate::id::{EffectId, RunId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// Candidates one customer may have at a time; a further one is refused with the reason `too_many`.
pub const CANDIDATES_MAX: usize = 16;

/// A message a step would like to send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Candidate {
    pub effect: EffectId,
    pub run: RunId,
    pub journey: String,
    pub step: String,
    pub store: String,
    pub filed_at: Instant,
    /// When its slot closes and the plan may judge it.
    pub judge_at: Instant,
    pub not_after: Instant,
    pub priority: i32,
    pub send: Send,
    /// Why it was last held.
    pub held: Option<String>,
}
