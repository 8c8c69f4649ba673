//! Orders in any order of arrival.

use super::*;
use crate::customer::Customer;
use crate::event::EventBy;
use proptest::prelude::*;
use serde_json::json;

fn report(kind: &str, revision: u64, status: &str, day: u32, lines: &[(&str, u32, &str)]) -> Event {
    let lines: Vec<_> = lines
        .iter()
        .map(|(product, quantity, status)| json!({"id":product,"product":product,"quantity":quantity,"price":100,"status":status}))
        .collect();
    let value = json!({
        "id": format!("{kind}-{revision}"), "source": "shop", "type": kind, "at": format!("2026-01-{day:02}T10:00:00Z"), "customer": "c1",
        "data": {"order": {"id": "o1", "revision": revision, "status": status, "placed_at": "2026-01-01T10:00:00Z", "total": 500, "lines": lines}}
    });
    Event::parse(value, EventBy::Shop, Instant::parse("2027-01-01T00:00:00Z").unwrap()).unwrap()
}

fn fold(events: &[Event]) -> Customer {
    let mut customer = Customer::default();
    for event in events {
        customer.fold(event, &OrdersPolicy::default(), &crate::time::Zones::one(Zone::UTC));
    }
    customer
}

fn bought(customer: &Customer) -> String {
    let zone_free = |line: &crate::customer::purchases::Line| {
        format!("{} x{}", crate::time::day_text(line.day), line.quantity.as_f64())
    };
    customer.purchases.lines().iter().map(zone_free).collect::<Vec<_>>().join(", ")
}

#[test]
fn an_order_counts_from_the_day_the_shop_says_so() {
    let placed = report("order.placed", 1, "pending", 1, &[("tea", 2, "")]);
    let completed = report("order.status_changed", 2, "completed", 4, &[("tea", 2, "")]);
    assert_eq!(bought(&fold(std::slice::from_ref(&placed))), "");
    assert_eq!(bought(&fold(&[placed, completed])), "2026-01-04 x2");
}

#[test]
fn cancelled_and_returned_are_as_if_never_bought() {
    let placed = report("order.placed", 1, "completed", 1, &[("tea", 2, ""), ("soap", 1, "")]);
    let returned = report("order.line_returned", 2, "completed", 9, &[("tea", 2, "returned"), ("soap", 1, "")]);
    let cancelled = report("order.cancelled", 3, "cancelled", 12, &[("tea", 2, ""), ("soap", 1, "")]);
    let soap_only = fold(&[report("order.placed", 1, "completed", 1, &[("soap", 1, "")])]);
    assert_eq!(*fold(&[placed.clone(), returned.clone()]).purchases, *soap_only.purchases);
    assert!(fold(&[placed, returned, cancelled]).purchases.is_empty());
}

#[test]
fn an_older_copy_is_ignored_even_when_it_arrives_last() {
    let first = report("order.placed", 1, "completed", 1, &[("tea", 2, "")]);
    let edited = report("order.status_changed", 2, "completed", 3, &[("tea", 5, "")]);
    assert_eq!(bought(&fold(&[edited.clone(), first.clone()])), "2026-01-03 x5");
    assert_eq!(bought(&fold(&[first.clone(), edited, first])), "2026-01-01 x5");
}

#[test]
fn beyond_the_limit_totals_stay_exact() {
    let mut customer = Customer::default();
    for number in 0..40 {
        let value = json!({
            "id": format!("e{number}"), "source": "shop", "type": "order.placed", "at": format!("2026-01-01T10:{number:02}:00Z"), "customer": "c1",
            "data": {"order": {"id": format!("o{number}"), "status": "completed", "placed_at": format!("2026-01-01T10:{number:02}:00Z"), "total": 10, "lines": []}}
        });
        let event = Event::parse(value, EventBy::Shop, Instant::parse("2027-01-01T00:00:00Z").unwrap()).unwrap();
        customer.fold(&event, &OrdersPolicy::default(), &crate::time::Zones::one(Zone::UTC));
    }
    assert_eq!((customer.orders.kept(), customer.orders.count(), customer.orders.spent()), (ORDERS_MAX, 40, 400));
}

proptest! {
    /// Whatever is repeated, the purchases are those of the newest revision.
    #[test]
    fn repeats_change_nothing(order in proptest::collection::vec(0usize..3, 1..12)) {
        let revisions = [
            report("order.placed", 1, "pending", 1, &[("tea", 1, "")]),
            report("order.status_changed", 2, "completed", 3, &[("tea", 1, ""), ("soap", 2, "")]),
            report("order.line_returned", 3, "completed", 5, &[("tea", 1, "returned"), ("soap", 2, "")]),
        ];
        let folded = fold(&order.iter().map(|&index| revisions[index].clone()).collect::<Vec<_>>());
        let newest = *order.iter().max().unwrap();
        let lines = folded.purchases.lines().len();
        prop_assert_eq!(lines, [0, 2, 1][newest]);
    }
}
