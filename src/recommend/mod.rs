//! Lists of products for one customer: what the next order may hold, what goes with it, what is popular, new or chosen by hand.
//!
//! Every list is ranked, best first, ties by key, and passes one [`Filter`] (stock, ownership, recency, price). What is shown where, and
//! whether at all, is decided elsewhere.

pub mod filter;
pub mod lists;
pub mod predictor;

pub use filter::{Filter, Item, Shelf};
pub use lists::{
    Reason, Suggestion, by_category_map, companions, new_arrivals, next_order, personal, popular, segment,
};
