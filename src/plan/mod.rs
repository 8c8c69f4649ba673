//! The one judge: all sends of a customer meet here.
//!
//! Matching chooses journeys; the plan chooses among their candidates. It answers release, hold,
//! skip or stop. Reasons are a list in order of precedence, so that two true reasons always give the
//! same answer. The same judge is asked again before every retry.

mod authored;
mod judge;

pub use authored::{Cap, Policy};
pub use judge::{Judgement, Reason, Verdict, judge, judge_again};
pub(crate) use judge::{channel, topic};

#[cfg(test)]
mod tests;
