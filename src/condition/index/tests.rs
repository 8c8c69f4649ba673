//! The index against the plain loop: no condition that holds is missing, whatever the condition,
//! the event, the customer and the lines.

use super::*;
use crate::customer::{Customer, OrdersPolicy};
use crate::event::{Event, EventBy};
use crate::model::{Catalogue, Product};
use crate::time::{Instant, Zone, Zones};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: &str = "2026-03-02T09:00:00Z";

fn now() -> Instant {
    Instant::parse(NOW).unwrap()
}

fn event(kind: &str, store: &str, data: &Value) -> Event {
    let value = json!({"id": kind, "source": "shop", "type": kind, "at": NOW,
        "customer": "c1", "store": store, "data": data});
    Event::parse(value, EventBy::Shop, now()).unwrap()
}

/// Three products over two categories, makers and sizes, so that everything meets everything.
fn catalogue() -> Catalogue {
    let product = |id: &str, categories: &[&str], maker: Option<&str>, size: Option<&str>| Product {
        id: id.into(),
        categories: categories.iter().map(ToString::to_string).collect(),
        manufacturer: maker.map(Into::into),
        vendor: maker.map(Into::into),
        attributes: size.map(|size| ("size".to_owned(), size.to_owned())).into_iter().collect(),
        specifications: size.map(|size| ("size".to_owned(), size.to_owned())).into_iter().collect(),
        ..Product::default()
    };
    Catalogue::new(vec![
        product("a", &["a", "b"], Some("a"), Some("A")),
        product("b", &["b"], None, Some("b")),
        product("c", &[], Some("B"), None),
    ])
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "B"]).prop_map(str::to_owned), 0..3)
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "B", "ab", "abcd", "Abcde", "5", "xÉ"]).prop_map(str::to_owned)
}

fn members() -> impl Strategy<Value = Value> {
    (names(), names(), names()).prop_map(|(any, all, none)| json!({"any_of": any, "all_of": all, "none_of": none}))
}

fn pattern() -> impl Strategy<Value = Value> {
    let some = || prop::collection::vec(word(), 0..3);
    let maybe = || prop::option::weighted(0.2, word());
    (some(), some(), some(), maybe(), maybe()).prop_map(|(any, none, contains, starts, ends)| {
        json!({"any_of": any, "none_of": none, "contains": contains, "starts_with": starts, "ends_with": ends})
    })
}

fn named() -> impl Strategy<Value = Value> {
    (prop::option::of(pattern()), prop::bool::weighted(0.2))
        .prop_map(|(is, absent)| json!({"name": "size", "is": is, "absent": absent}))
}

fn field(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    (prop::sample::select(names), prop::option::weighted(0.8, pattern()), prop::option::weighted(0.2, 0..9i32))
        .prop_map(|(field, is, least)| json!({"field": field, "is": is, "at_least": least}))
}

fn leaf() -> impl Strategy<Value = Value> {
    let of = |name: &'static str| move |test: Value| json!({ name: test });
    prop_oneof![
        members().prop_map(of("product")),
        members().prop_map(of("category")),
        members().prop_map(of("manufacturer")),
        members().prop_map(of("vendor")),
        members().prop_map(of("role")),
        members().prop_map(of("tag")),
        members().prop_map(of("store")),
        pattern().prop_map(of("url")),
        pattern().prop_map(of("referrer")),
        named().prop_map(of("product_attribute")),
        named().prop_map(of("product_specification")),
        named().prop_map(of("custom_attribute")),
        field(&["product", "url", "products", "total"]).prop_map(of("event")),
        field(&["country", "locale"]).prop_map(of("profile")),
        any::<bool>().prop_map(|wanted| json!({"cart_has_items": wanted})),
    ]
}

fn condition() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            list().prop_map(|list| json!({"all": list})),
            list().prop_map(|list| json!({"any": list})),
            list().prop_map(|list| json!({"none": list})),
            (prop::sample::select(vec!["any", "all", "whole"]), inner.clone())
                .prop_map(|(mode, test)| json!({"lines": {"match": mode, "where": test}})),
        ]
    })
}

fn happening() -> impl Strategy<Value = Event> {
    let lines = || {
        prop::collection::vec((prop::sample::select(vec!["a", "b", "c", "d"]), word()), 0..4).prop_map(|lines| {
            let line = |(number, (product, size)): (usize, &(&str, String))| {
                json!({"id": number.to_string(), "product": product, "quantity": 1, "attributes": {"size": size}})
            };
            lines.iter().enumerate().map(line).collect::<Vec<_>>()
        })
    };
    let data = prop_oneof![
        lines().prop_map(|lines| (
            "order.placed",
            json!({"order": {"id": "o", "status": "new", "placed_at": NOW, "lines": lines}})
        )),
        lines().prop_map(|lines| ("cart.updated", json!({"cart": "k", "lines": lines, "total": 5}))),
        (names(), prop::option::of(word()), prop::option::of(word())).prop_map(|(products, category, maker)| {
            (
                "product.viewed",
                json!({"product": products.first(), "products": products, "category": category, "manufacturer": maker}),
            )
        }),
        (word(), prop::option::of(word()))
            .prop_map(|(url, referrer)| ("page.visited", json!({"url": url, "referrer": referrer, "total": "5"}))),
        Just(("customer.logged_in", json!({}))),
    ];
    (data, word()).prop_map(|((kind, data), store)| event(kind, if store.is_empty() { "main" } else { &store }, &data))
}

fn customer() -> impl Strategy<Value = Vec<Event>> {
    let profile = (names(), names(), word(), any::<bool>()).prop_map(|(roles, tags, word, cart)| {
        let known = json!({"roles": roles, "tags": tags, "country": word, "attributes": {"size": word}});
        let filled =
            cart.then(|| event("cart.updated", "main", &json!({"lines": [{"product": "a"}, {"product": "c"}]})));
        std::iter::once(event("customer.updated", "main", &known)).chain(filled).collect()
    });
    prop_oneof![Just(Vec::new()), profile]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_condition_that_holds_is_missing(
        trees in prop::collection::vec(prop::option::weighted(0.9, condition()), 0..12),
        history in customer(),
        event in happening(),
    ) {
        let conditions: Vec<Option<Condition>> =
            trees.into_iter().map(|tree| tree.map(|tree| serde_json::from_value(tree).unwrap())).collect();
        let mut customer = Customer::default();
        for event in history.iter().chain([&event]) {
            customer.fold(event, &OrdersPolicy::default(), &Zones::one(Zone::UTC));
        }
        let catalogue = catalogue();
        let scope = Scope {
            now: now(), zone: Zone::UTC, customer: &customer, catalogue: &catalogue,
            event: Some(&event), run: None, cart: None, line: None,
        };
        let index = Index::new(conditions.iter().map(Option::as_ref).enumerate());
        let candidates = index.candidates(&scope);
        prop_assert!(candidates.is_sorted_by(|a, b| a < b));
        for (number, condition) in conditions.iter().enumerate() {
            let holds = condition.as_ref().is_none_or(|condition| condition.eval(&scope).holds);
            prop_assert!(!holds || candidates.contains(&number), "{condition:?} is missing among {candidates:?}");
        }
    }
}

fn keys(condition: Value) -> Vec<String> {
    let condition: Condition = serde_json::from_value(condition).unwrap();
    let list = Shares::default().necessary(&condition).map_or_else(Vec::new, |keys| keys.list);
    list.iter().map(|key| format!("{:?} {:?}", key.subject, key.wanted)).collect()
}

#[test]
fn the_most_selective_necessary_test_is_the_key() {
    let product = json!({"product": {"any_of": ["a", "b"]}});
    let category = json!({"category": {"any_of": ["c"]}});
    let url = json!({"url": {"contains": ["/Sale"]}});
    let rows = [
        (json!({"all": [category, product]}), vec!["Product Is(\"a\")", "Product Is(\"b\")"]),
        (json!({"all": [category, {"none": [product]}]}), vec!["Category Is(\"c\")"]),
        (json!({"any": [category, url]}), vec!["Category Is(\"c\")", "Url Contains(\"/sale\")"]),
        (json!({"any": [category, {"none": [product]}]}), vec![]),
        (json!({"lines": {"match": "all", "where": category}}), vec!["Category Is(\"c\")"]),
        (json!({"product": {"none_of": ["a"]}}), vec![]),
        (json!({"cart_has_items": true}), vec![]),
    ];
    for (condition, expected) in rows {
        assert_eq!(keys(condition.clone()), expected, "{condition}");
    }
}

#[test]
fn names_asked_for_again_and_again_are_all_there_are() {
    let both = |device: &str, country: &str| -> Condition {
        let is = |field: &str, name: &str| json!({"event": {"field": field, "is": {"any_of": [name]}}});
        serde_json::from_value(json!({"all": [is("device", device), is("country", country)]})).unwrap()
    };
    let devices = ["phone", "tablet"];
    let all: Vec<Condition> = (0..40).map(|number| both(devices[number % 2], &number.to_string())).collect();
    let keys = Shares::of(all.iter()).necessary(&all[7]).unwrap();
    assert_eq!(keys.list[0].subject, Subject::Event("country".into()));
}
