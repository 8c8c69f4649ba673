//! Replenishment: remembers what each customer uses up, and gathers what is due into one predicted
//! cart on the delivery day.
//!
//! The rhythm is not a journey. This room owns the dates and the cart's life; it says
//! `predicted_cart.prepared`, and what is written to the customer is an ordinary journey keyed by
//! that cart. There is one timer for a customer, never one for a product.

mod authored;
mod cart;
pub mod chance;
mod due;
mod forecast;
mod life;
mod quote;
pub mod rhythm;
mod stores;
mod units;

pub use authored::*;
pub use cart::{Cart, CartLine, CartStatus, LeftOutLine, Shelf, Snooze};
pub use due::{Due, DueStatus, due_units};
pub use life::{Desk, Errand, Said, errand_id};
pub use stores::Stores;
pub use units::Units;
