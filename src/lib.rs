//! Comeback's core: decides who should be reminded of what, when, through which channel, and who
//! should be left alone.
//!
//! It is one pure function and one question. It reads no clock, draws no randomness and opens
//! nothing; a host does all that and tells it what came of it.
//!
//! # The loop of a host
//!
//! 1. Open an [`Env`](engine::Env): the compiled program, the learned model, the catalogue. Once.
//! 2. Something happened, or a customer's wake is due: load that customer's two sections of bytes and
//!    [decode](engine::State::decode) them.
//! 3. Call [`step`](engine::step) with the input and `now`.
//! 4. In one transaction store the new bytes, the journal entry, `wake_at` and the effects. Only then
//!    acknowledge the event.
//! 5. Carry out the effects, each under its id as idempotency key. Before every attempt of a message
//!    [`ask`](engine::ask) whether it may still go. What came of it is an event: go to 2.
//!
//! ```
//! use comeback::engine::{Env, Input, State, step};
//! use comeback::event::{Event, EventBy};
//! use comeback::explain::Trace;
//! use comeback::program::Program;
//! use comeback::time::Instant;
//! use serde_json::json;
//!
//! let (program, problems) = Program::check(&json!({
//!     "comeback": 1,
//!     "actions": [{
//!         "id": "gluten-free",
//!         "on": "add_to_cart",
//!         "when": { "product": { "any_of": ["bread"] } },
//!         "assign_role": "gluten-free",
//!     }],
//! }));
//! assert!(problems.is_empty());
//! let env = Env::open(&program.unwrap().blob(), [], &[], b"secret").unwrap();
//!
//! let now = Instant::parse("2026-03-02T09:15:00Z").unwrap();
//! let event = json!({
//!     "id": "e1", "source": "shop", "type": "cart.item_added", "at": "2026-03-02T09:15:00Z",
//!     "customer": "c42", "data": { "product": "bread" },
//! });
//! let event = Event::parse(event, EventBy::Shop, now).unwrap();
//!
//! let mut state = State::decode(&[], &[]).unwrap();
//! let stepped = step(&env, &mut state, Input::Event(Box::new(event)), now, &mut Trace::off());
//! assert_eq!(stepped.effects[0].what.name(), "role.assign");
//! let (hot, purchases) = (state.encode_hot(), state.encode_purchases());
//! # let _ = (hot, purchases);
//! ```
//!
//! ARCHITECTURE.md has the map and the order in which the rooms are read.

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
