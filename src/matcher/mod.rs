//! Matching alone: which journeys an event would begin, from the event's own fields, in a microsecond.
//!
//! It is for places that hold no customer: an edge worker that drops what begins nothing, a stream
//! that routes. It is not the engine: it knows no state, no dates and no entry rules, so journeys that
//! ask for those are left out and named, see [`Tables::left_out`].
//!
//! The rules are the journeys of an ordinary program. They are compiled to [`Tables`], which load
//! without parsing. The host writes each event as numbers into [`Matcher::words`] and reads numbers
//! back: names that no rule mentions never cross.
//!
//! A test reads the field of its own name (`product`, `category`, `url`, …); `event` and `profile`
//! read the field they name, the other named tests the field `test.name`, such as
//! `product_attribute.size`. An event is about one product at most.

mod compile;
mod facts;
mod postings;
mod run;
mod tables;

pub use run::Matcher;
pub use tables::{Form, Kind, Slot, Tables};

/// A slot's symbol when the event has no such field.
pub const ABSENT: u32 = 0;
/// A slot's symbol for a name that no rule mentions.
pub const UNKNOWN: u32 = 1;
/// The first symbol that stands for a name.
const FIRST: u32 = 2;

#[cfg(test)]
mod tests;
