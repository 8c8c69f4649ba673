//! Comeback.

pub mod customer;
pub mod model;
