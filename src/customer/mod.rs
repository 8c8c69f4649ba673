//! What is known about one customer.

pub mod purchases;
