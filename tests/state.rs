//! Stored states of earlier releases still load, and hostile bytes are refused.

use comeback::engine::State;
use proptest::prelude::*;
use std::fs;

/// The state that release 0.1 stored after a customer's Monday, kept as it was written.
fn stored(section: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/state-0.1.{section}.hex", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    (0..text.trim().len() / 2).map(|index| u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).unwrap()).collect()
}

#[test]
fn a_state_of_release_0_1_loads_whole() {
    let state = State::decode(&stored("hot"), &stored("purchases")).unwrap();
    assert_eq!(state.customer.key, "anna");
    assert_eq!(state.customer.profile.email.as_deref(), Some("anna@example.org"));
    assert!(state.customer.consent.granted("email", "replenishment"));
    assert_eq!(state.customer.orders.count(), 15);
    assert_eq!(state.customer.purchases.order_days().len(), 15);
    assert_eq!(state.shelf.carts.len(), 1);
    assert_eq!(state.runs.active.len(), 1);
    // Written again by this release it means the same.
    let again = State::decode(&state.encode_hot(), &state.encode_purchases()).unwrap();
    assert_eq!(again.encode_hot(), state.encode_hot());
}

#[test]
fn a_newer_state_says_so() {
    let mut newer = stored("hot");
    newer[0] = 99;
    let message = State::decode(&newer, &[]).unwrap_err().to_string();
    assert_eq!(
        message,
        "the stored state has version 99, written by a newer release; run that release or restore a backup"
    );
}

proptest! {
    #[test]
    fn hostile_bytes_are_an_error_never_a_trap(bytes in proptest::collection::vec(any::<u8>(), 0..400), flip in 0usize..2000, value in any::<u8>()) {
        let _ = State::decode(&bytes, &bytes);
        let mut damaged = stored("hot");
        let index = flip % damaged.len();
        damaged[index] = value;
        let _ = State::decode(&damaged, &[]);
        damaged.truncate(index);
        let _ = State::decode(&damaged, &[]);
    }
}
