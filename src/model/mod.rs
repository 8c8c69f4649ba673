//! What was learned from all orders.

pub mod day;
pub mod key;
pub mod orders_csv;

pub use key::{CategoryKey, ProductKey};
