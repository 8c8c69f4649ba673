//! Tables: one row a case.

use super::*;
use crate::customer::{Customer, OrdersPolicy};
use crate::event::{Event, EventBy};
use crate::model::{Catalogue, Product};
use crate::time::{Instant, Zone, Zones};
use serde_json::{Value, json};

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn event(kind: &str, when: &str, data: Value) -> Event {
    let value = json!({"id": format!("{kind}{when}"), "source": "shop", "type": kind, "at": when, "customer": "c1", "data": data});
    Event::parse(value, EventBy::Shop, at("2030-01-01T00:00:00Z")).unwrap()
}

fn order(when: &str, id: &str, products: &[&str]) -> Event {
    let lines: Vec<_> =
        products.iter().map(|product| json!({"id": product, "product": product, "quantity": 1})).collect();
    event(
        "order.placed",
        when,
        json!({"order": {"id": id, "status": "completed", "placed_at": when, "total": 3000, "lines": lines}}),
    )
}

fn shop() -> Catalogue {
    let product = |id: &str, category: &str, manufacturer: &str| Product {
        id: id.into(),
        name: id.into(),
        categories: vec![category.into()],
        manufacturer: Some(manufacturer.into()),
        ..Product::default()
    };
    Catalogue::new(vec![
        product("kayak", "kayaks", "Perca"),
        product("vest", "life-vests", "Perca"),
        product("bread", "gluten-free", "Mill"),
    ])
}

fn check(history: &[Event], now: &str, condition: Value) -> String {
    let condition: Condition = serde_json::from_value(condition).unwrap();
    let mut customer = Customer::default();
    for event in history {
        customer.fold(event, &OrdersPolicy::default(), &Zones::one(Zone::UTC));
    }
    let catalogue = shop();
    let scope = Scope {
        now: at(now),
        zone: Zone::UTC,
        customer: &customer,
        catalogue: &catalogue,
        event: history.last(),
        run: None,
        cart: None,
        line: None,
    };
    let truth = condition.eval(&scope);
    match truth.flips_at {
        None => truth.holds.to_string(),
        Some(when) => format!("{} until {}", truth.holds, when.rfc3339()),
    }
}

#[test]
fn one_line_must_satisfy_all_product_tests_unless_told_otherwise() {
    let both = json!({"all": [{"category": {"any_of": ["gluten-free"]}}, {"manufacturer": {"any_of": ["Perca"]}}]});
    let bought = [order("2026-01-01T10:00:00Z", "o1", &["bread", "vest"])];
    let now = "2026-01-01T10:00:00Z";
    assert_eq!(check(&bought, now, both.clone()), "false");
    assert_eq!(check(&bought, now, json!({"lines": {"match": "whole", "where": both}})), "true");
    assert_eq!(
        check(
            &bought,
            now,
            json!({"lines": {"match": "all", "where": {"manufacturer": {"any_of": ["Perca", "Mill"]}}}})
        ),
        "true"
    );
    assert_eq!(
        check(&bought, now, json!({"lines": {"match": "all", "where": {"category": {"any_of": ["gluten-free"]}}}})),
        "false"
    );
}

#[test]
fn a_test_that_cannot_apply_is_false_whatever_stood_before_it() {
    let visited = [event("page.visited", "2026-01-01T10:00:00Z", json!({"url": "/sale"}))];
    let tests = json!({"all": [{"url": {"contains": ["/sale"]}}, {"category": {"any_of": ["kayaks"]}}]});
    assert_eq!(check(&visited, "2026-01-01T10:00:00Z", tests), "false");
}

#[test]
fn time_alone_changes_these_and_they_say_when() {
    let bought = [order("2026-01-10T09:00:00Z", "o1", &["bread"])];
    let rows = [
        (
            "2026-01-12T09:00:00Z",
            json!({"since": {"last": "purchase", "at_least": "30d"}}),
            "false until 2026-02-09T09:00:00Z",
        ),
        ("2026-02-09T09:00:00Z", json!({"since": {"last": "purchase", "at_least": "30d"}}), "true"),
        ("2026-01-12T09:00:00Z", json!({"since": {"last": "login", "at_least": "1d"}}), "false"),
        ("2026-01-12T09:00:00Z", json!({"since": {"last": "login", "at_least": "1d", "never": true}}), "true"),
        ("2026-01-12T09:00:00Z", json!({"orders": {"within": "7d"}}), "true until 2026-01-17T09:00:00.001Z"),
        ("2026-01-18T09:00:00Z", json!({"orders": {"within": "7d"}}), "false"),
        ("2026-01-18T09:00:00Z", json!({"none": [{"orders": {"within": "7d"}}]}), "true"),
    ];
    for (now, condition, expected) in rows {
        assert_eq!(check(&bought, now, condition.clone()), expected, "{condition}");
    }
}

#[test]
fn kayaks_then_life_vests_needs_the_order_and_the_window() {
    let view = |product: &str, when: &str| event("product.viewed", when, json!({"product": product}));
    let wanted = json!({"viewed": {"within": "7d", "where": {"category": {"any_of": ["life-vests"]}}, "after": {"category": {"any_of": ["kayaks"]}}}});
    let kayak_first = [view("kayak", "2026-01-01T10:00:00Z"), view("vest", "2026-01-02T10:00:00Z")];
    let vest_first = [view("vest", "2026-01-01T10:00:00Z"), view("kayak", "2026-01-02T10:00:00Z")];
    assert!(check(&kayak_first, "2026-01-02T10:00:00Z", wanted.clone()).starts_with("true"));
    assert_eq!(check(&vest_first, "2026-01-02T10:00:00Z", wanted.clone()), "false");
    assert_eq!(check(&kayak_first, "2026-01-20T10:00:00Z", wanted), "false");
}

#[test]
fn the_nth_order_ignores_cancelled_ones() {
    let cancelled = event(
        "order.cancelled",
        "2026-01-02T10:00:00Z",
        json!({"order": {"id": "o1", "revision": 2, "status": "cancelled", "placed_at": "2026-01-01T10:00:00Z", "lines": []}}),
    );
    let history =
        [order("2026-01-01T10:00:00Z", "o1", &["bread"]), cancelled, order("2026-01-03T10:00:00Z", "o2", &["bread"])];
    assert_eq!(check(&history, "2026-01-03T10:00:00Z", json!({"order": {"nth": 1}})), "true");
}

#[test]
fn names_are_matched_by_three_lists() {
    let names = |any: &[&str], all: &[&str], none: &[&str]| Members {
        any_of: any.iter().map(ToString::to_string).collect(),
        all_of: all.iter().map(ToString::to_string).collect(),
        none_of: none.iter().map(ToString::to_string).collect(),
    };
    let has = |name: &str| ["a", "b"].contains(&name);
    let rows = [
        (names(&["a", "x"], &[], &[]), true),
        (names(&["x"], &[], &[]), false),
        (names(&[], &["a", "b"], &[]), true),
        (names(&[], &["a", "x"], &[]), false),
        (names(&[], &[], &["x"]), true),
        (names(&["a"], &[], &["b"]), false),
    ];
    for (members, expected) in rows {
        assert_eq!(members.test(has), expected, "{members:?}");
    }
}
