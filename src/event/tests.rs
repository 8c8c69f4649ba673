//! Text in, refusal or event out.

use super::*;
use serde_json::json;

const NOW: Instant = Instant(1_772_442_900_000); // 2026-03-02T09:15:00Z

fn check(by: EventBy, event: Value) -> String {
    match Event::parse(event, by, NOW) {
        Ok(event) => format!("{} at {}", event.kind.name(), event.at.rfc3339()),
        Err(refusal) => format!("{} {}: {}", refusal.code, refusal.path, refusal.message),
    }
}

fn envelope(kind: &str, data: Value) -> Value {
    json!({"id":"e1","source":"shop","type":kind,"at":"2026-03-02T09:00:00Z","customer":"c42","data":data})
}

#[test]
fn bad_input_names_its_place_and_a_remedy() {
    let order = |line: Value| json!({"order":{"id":"o1","status":"completed","placed_at":"2026-03-01T10:00:00Z","lines":[line]}});
    let cases = [
        (
            envelope("order.placd", json!({})),
            "unknown_type type: `order.placd` is not an event type; docs/events.md lists them",
        ),
        (
            envelope("order.placed", order(json!({"id":"l1","product":"p1","quantity":-1}))),
            "bad_field data.order.lines[0].quantity: invalid value: integer `-1`, expected u32",
        ),
        (
            envelope("order.placed", order(json!({"id":"l1","product":"p1","quantity":1,"colour":"red"}))),
            "bad_field data.order.lines[0].colour: unknown field `colour`, expected one of `id`, `product`, `quantity`, `price`, `status`, `attributes`",
        ),
        (
            envelope("customer.updated", json!({"zone":"Europe/Londn"})),
            "bad_field data.zone: `Europe/Londn` is not an IANA time zone such as `Europe/London`",
        ),
        (
            json!({"id":"","source":"s","type":"product.viewed","at":"2026-03-02T09:00:00Z","customer":"c"}),
            "missing id: `id` must not be empty",
        ),
        (
            json!({"id":"1","source":"s","type":"product.viewed","at":"yesterday","customer":"c"}),
            "bad_time at: `yesterday` is not an RFC 3339 instant such as `2026-03-02T09:15:00Z`",
        ),
    ];
    for (event, expected) in cases {
        assert_eq!(check(EventBy::Shop, event), expected);
    }
}

#[test]
fn a_page_may_not_report_an_order() {
    assert_eq!(
        check(EventBy::Page, envelope("order.placed", json!({}))),
        "not_allowed type: `order.placed` may not be reported by a page; send it from the shop's server with its secret"
    );
}

#[test]
fn the_future_is_clipped_to_now() {
    let mut event = envelope("product.viewed", json!({"product":"p1"}));
    event["at"] = json!("2031-01-01T00:00:00Z");
    assert_eq!(check(EventBy::Page, event), "product.viewed at 2026-03-02T09:15:00Z");
}
