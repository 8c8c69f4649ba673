//! Stored states of earlier releases still load, and hostile bytes are refused.

use comeback::customer::OrdersPolicy;
use comeback::engine::{Env, State, step_bytes};
use comeback::event::{Event, EventBy};
use comeback::model::Catalogue;
use comeback::program::Program;
use comeback::time::{Instant, Zone, Zones};
use proptest::prelude::*;
use serde_json::{Value, json};
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

/// Three orders of one customer as this release stores them, the last line with a status.
fn orders_of_now() -> State {
    let mut state = State::default();
    for number in 1..=3 {
        let lines = json!([{"id": "1", "product": "tea", "quantity": number, "price": -5}, {"id": "2", "product": "soap", "quantity": 1, "price": 90_000, "status": "packed"}]);
        fold(&mut state, &format!("o{number}"), number, "completed", &lines);
    }
    state
}

fn fold(state: &mut State, id: &str, day: i32, status: &str, lines: &Value) {
    let at = format!("2026-03-{day:02}T10:00:00Z");
    let order = json!({"id": id, "status": status, "placed_at": at, "total": 10 * day, "lines": lines});
    let event = json!({"id": id, "source": "shop", "type": "order.placed", "at": at, "customer": "anna", "data": {"order": order}});
    let event = Event::parse(event, EventBy::Shop, Instant::parse("2027-01-01T00:00:00Z").unwrap()).unwrap();
    state.customer.fold(&event, &OrdersPolicy::default(), &Zones::one(Zone::UTC));
}

#[test]
fn orders_come_back_as_they_were_and_unread_ones_stay_byte_for_byte() {
    let whole = orders_of_now();
    let purchases = whole.encode_purchases();
    let again = State::decode(&whole.encode_hot(), &purchases).unwrap();
    assert_eq!(*again.customer.orders, *whole.customer.orders);
    assert_eq!(again.encode_purchases(), purchases);
    // One of them is cancelled, in a state whose other orders nobody has read.
    let (mut read, mut unread) = (whole, State::open(&again.encode_hot(), &purchases).unwrap());
    for state in [&mut read, &mut unread] {
        fold(state, "o2", 9, "cancelled", &json!([]));
    }
    assert_eq!(unread.encode_purchases(), read.encode_purchases());
    assert_eq!((unread.customer.orders.count(), unread.customer.orders.spent()), (2, 40));
    unread.undamaged().unwrap();
}

#[test]
fn an_old_section_is_left_as_it_was_until_an_order_changes() {
    let mut state = State::open(&stored("hot"), &stored("purchases")).unwrap();
    assert_eq!(state.customer.orders.count(), 15);
    assert_eq!(state.encode_purchases(), stored("purchases"));
    fold(&mut state, "new", 20, "completed", &json!([{"id": "1", "product": "tea", "quantity": 1, "price": 1}]));
    let again = State::decode(&state.encode_hot(), &state.encode_purchases()).unwrap();
    assert_eq!(again.customer.orders.count(), 16);
    assert_eq!(*again.customer.orders, *state.customer.orders);
}

#[test]
fn what_is_damaged_is_told_by_whoever_looks_and_stays_as_it_is() {
    let whole = orders_of_now();
    let (hot, mut purchases) = (whole.encode_hot(), whole.encode_purchases());
    // The status of a line in the last order is no longer UTF-8.
    let at = purchases.windows(6).rposition(|bytes| bytes == b"packed").unwrap();
    purchases[at] = 0xff;
    assert_eq!(State::decode(&hot, &purchases).unwrap_err().to_string(), DAMAGED);
    let mut state = State::open(&hot, &purchases).unwrap();
    assert_eq!((state.customer.orders.count(), state.customer.orders.spent()), (3, 60));
    state.undamaged().unwrap();
    // A new report of the order that cannot be read changes nothing.
    fold(&mut state, "o3", 9, "completed", &json!([]));
    assert_eq!(state.undamaged().unwrap_err().to_string(), DAMAGED);
    assert_eq!(state.encode_purchases(), purchases);
}

#[test]
fn a_step_that_looked_at_damage_is_refused_whole() {
    let program = json!({"comeback": 1, "shop": {"name": "Leaf", "zone": "UTC", "currency": "EUR"}, "replenish": {"method": {"fixed": {"days_per_unit": 7}}, "topic": "care"}});
    let program = Program::check(&program).0.unwrap();
    let env = Env::open(&program.blob(), [], &Catalogue::new(Vec::new()).bytes(), b"").unwrap();
    let whole = orders_of_now();
    let (hot, mut purchases) = (whole.encode_hot(), whole.encode_purchases());
    let at = purchases.windows(6).rposition(|bytes| bytes == b"packed").unwrap();
    purchases[at] = 0xff;
    let now = Instant::parse("2026-04-01T10:00:00Z").unwrap();
    let step = |kind: &str, data: Value| {
        let event = json!({"id": "e", "source": "shop", "type": kind, "at": "2026-04-01T10:00:00Z", "customer": "anna", "data": data});
        step_bytes(&env, &hot, &purchases, json!({"by": "shop", "event": event}).to_string().as_bytes(), now)
    };
    let order =
        json!({"id": "o3", "status": "completed", "placed_at": "2026-03-03T10:00:00Z", "total": 1, "lines": []});
    assert_eq!(step("order.placed", json!({"order": order})).unwrap_err().to_string(), DAMAGED);
    // Whoever does not look is not held up: only the `hot` section changes.
    let frame = step("product.viewed", json!({"product": "tea"})).unwrap();
    assert!(frame.ends_with(&u32::MAX.to_le_bytes()));
}

const DAMAGED: &str = "an order is damaged; restore this customer from the journal";

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

    #[test]
    fn hostile_orders_are_an_error_or_orders(flip in 0usize..2000, value in any::<u8>(), cut in any::<bool>()) {
        for mut purchases in [orders_of_now().encode_purchases(), stored("purchases")] {
            let index = flip % purchases.len();
            purchases[index] = value;
            if cut {
                purchases.truncate(index);
            }
            let whole = State::decode(&[], &purchases);
            let Ok(mut state) = State::open(&[], &purchases) else { continue };
            fold(&mut state, "o1", 9, "completed", &json!([{"id": "1", "product": "tea", "quantity": 1, "price": 1}]));
            // Whatever was read whole can be used and written again.
            if whole.is_ok() {
                prop_assert_eq!(state.undamaged(), Ok(()));
                State::decode(&[], &state.encode_purchases()).unwrap();
            }
        }
    }
}
