//! The engine: `step` and `ask`. It is the order of the calls and holds no logic of its own.
//!
//! ```text
//! event -> fold facts -> cart desk -> journeys -> (candidates) -> plan -> effects
//! wake  -> cart desk  -> journeys  -> (candidates) -> plan -> effects
//! ```

mod ask;
mod compose;
mod env;
mod state;
mod step;
mod suggest;
mod wire;

pub use ask::{Question, ask};
pub use env::{Env, EnvError};
pub use state::State;
pub use step::{Input, Stepped, step};
pub use wire::{WireError, ask_bytes, step_bytes};

#[cfg(test)]
mod tests;
