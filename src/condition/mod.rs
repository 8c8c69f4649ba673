//! Tests that a merchant writes, over the event, the customer, the run and the predicted cart.
//!
//! Evaluating gives the truth **and the earliest instant at which it could change without an
//! event**, so that nothing ever has to be polled.
//!
//! A test that cannot apply to where it stands (a product test where there is no product) is an
//! error when the program is checked; here it is false, never what the test before it said.

mod authored;
mod eval;
pub(crate) mod index;
mod text;

pub use authored::*;
pub(crate) use eval::at_path;
pub use eval::{CartFacts, LineFacts, RunFacts, Scope};
pub use index::Index;
pub use text::Pattern;

use crate::time::Instant;

/// The outcome of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Whether it holds now.
    pub holds: bool,
    /// The earliest instant it could change by the passing of time alone.
    pub flips_at: Option<Instant>,
}

impl Truth {
    /// Changes only with an event.
    pub fn fixed(holds: bool) -> Truth {
        Truth { holds, flips_at: None }
    }

    /// May change at an instant.
    pub fn until(holds: bool, flips_at: Instant) -> Truth {
        Truth { holds, flips_at: Some(flips_at) }
    }

    fn not(self) -> Truth {
        Truth { holds: !self.holds, ..self }
    }
}

/// The earlier of two optional instants.
pub fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests;
