//! What was learned from all orders.

pub mod builder;
pub mod catalogue;
pub mod classes;
pub mod dataset;
pub mod day;
pub mod fit;
pub mod gap;
pub mod history;
pub mod key;
pub mod maths;
mod neighbours;
pub mod order;
pub mod orders_csv;
pub mod products_csv;
pub mod record;
pub mod report;
pub mod snapshot;
mod tables;
mod training;
pub mod view;
pub mod week;
pub mod weights;

pub use catalogue::{Catalogue, Product};
pub use key::{CategoryKey, ProductKey};
pub use snapshot::{Model, ModelError};
