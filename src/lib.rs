//! Comeback's core: decides who should be reminded of what, when, through which channel.
//!
//! It is one pure function and one question: `step(env, state, input, now) -> (state', effects,
//! wake_at)` and `ask(env, state, question, now) -> answer`. It reads no clock, draws no
//! randomness, opens nothing. See ARCHITECTURE.md for the way through.

pub mod codec;
pub mod condition;
pub mod customer;
pub mod effect;
pub mod event;
pub mod explain;
pub mod id;
pub mod model;
pub mod time;
