//! Comeback's core: decides who should be reminded of what, when, through which channel.
//!
//! It is one pure function and one question: `step(env, state, input, now) -> (state', effects,
//! wake_at)` and `ask(env, state, question, now) -> answer`. It reads no clock, draws no
//! randomness, opens nothing. See ARCHITECTURE.md for the way through.

pub mod codec;
pub mod condition;
pub mod customer;
pub mod effect;
pub mod engine;
pub mod event;
pub mod explain;
pub mod id;
pub mod import;
pub mod journey;
pub mod matcher;
pub mod model;
pub mod plan;
pub mod program;
pub mod recommend;
pub mod replay;
pub mod replenish;
pub mod time;
#[cfg(feature = "wasm")]
#[allow(unsafe_code)] // wasm-bindgen expands to it.
pub mod wasm;

/// The version of the core. Bytes are promised for one version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
