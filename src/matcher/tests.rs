//! The matcher against the conditions as the engine evaluates them.

use super::*;
use crate::condition::{Condition, Scope};
use crate::customer::{Customer, OrdersPolicy};
use crate::event::{Event, EventBy};
use crate::model::{Catalogue, Product};
use crate::program::Program;
use crate::time::{Instant, Zone, Zones};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const NOW: &str = "2026-03-02T09:00:00Z";

fn now() -> Instant {
    Instant::parse(NOW).unwrap()
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "B", "ab", "abcd", "xabcde", "5", "É"]).prop_map(str::to_owned)
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(word(), 0..3)
}

fn members() -> impl Strategy<Value = Value> {
    (names(), names(), names()).prop_map(|(any, all, none)| json!({"any_of": any, "all_of": all, "none_of": none}))
}

fn pattern() -> impl Strategy<Value = Value> {
    let maybe = || prop::option::weighted(0.2, word());
    (names(), names(), names(), maybe(), maybe()).prop_map(|(any, none, contains, starts, ends)| {
        json!({"any_of": any, "none_of": none, "contains": contains, "starts_with": starts, "ends_with": ends})
    })
}

fn named() -> impl Strategy<Value = Value> {
    (prop::option::of(pattern()), prop::bool::weighted(0.2))
        .prop_map(|(is, absent)| json!({"name": "size", "is": is, "absent": absent}))
}

fn field(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let bound = || prop::option::weighted(0.3, 0..9i32);
    (prop::sample::select(names), prop::option::of(pattern()), bound(), bound(), prop::bool::weighted(0.1)).prop_map(
        |(field, is, least, most, absent)| {
            json!({"field": field, "is": is, "at_least": least, "at_most": most, "absent": absent})
        },
    )
}

fn condition() -> impl Strategy<Value = Value> {
    let of = |name: &'static str| move |test: Value| json!({ name: test });
    let leaf = prop_oneof![
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
        field(&["product", "url", "country", "total"]).prop_map(of("event")),
        field(&["country"]).prop_map(of("profile")),
    ];
    leaf.prop_recursive(3, 10, 3, |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            list().prop_map(|list| json!({ "all": list })),
            list().prop_map(|list| json!({ "any": list })),
            list().prop_map(|list| json!({ "none": list })),
            inner.clone().prop_map(|test| json!({"lines": {"match": "all", "where": test}})),
        ]
    })
}

/// A flat event of one of two types.
fn flat() -> impl Strategy<Value = Map<String, Value>> {
    let maybe = || prop::option::of(word());
    let total = prop_oneof![
        Just(json!(null)),
        (0..9i32).prop_map(|n| json!(n)),
        word().prop_map(|w| json!(w)),
        Just(json!(true))
    ];
    let of_product = (maybe(), names(), maybe(), maybe(), maybe());
    let rest = (maybe(), maybe(), maybe(), names(), names(), maybe(), total, any::<bool>());
    (of_product, rest).prop_map(|((product, categories, maker, size, attribute), rest)| {
        let (url, referrer, store, roles, tags, country, total, page) = rest;
        let mut event = json!({"store": store.unwrap_or("main".into()), "role": roles, "tag": tags,
            "country": country, "total": total, "custom_attribute.size": attribute, "url": url});
        let more = match (page, product) {
            (true, _) => json!({"type": "page.visited", "referrer": referrer}),
            (false, None) => json!({"type": "product.viewed", "category": categories.first(), "manufacturer": maker}),
            (false, Some(product)) => json!({"type": "product.viewed", "product": product, "category": categories,
                "manufacturer": maker, "vendor": maker, "product_attribute.size": size, "product_specification.size": size}),
        };
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let fields = event.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
        fields.map(|(name, value)| (name.clone(), value.clone())).collect()
    })
}

/// The same event as the engine meets it: facts of the product in the catalogue, of the person in the profile.
fn holds(condition: Option<&Condition>, flat: &Map<String, Value>) -> bool {
    let text = |name: &str| flat.get(name).and_then(Value::as_str).map(str::to_owned);
    let list = |name: &str| -> Vec<String> {
        flat.get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    };
    let sized = |name: &str| text(name).map(|size| ("size".to_owned(), size)).into_iter().collect();
    let product = text("product").map(|id| Product {
        id,
        categories: list("category"),
        manufacturer: text("manufacturer"),
        vendor: text("vendor"),
        specifications: sized("product_specification.size"),
        attributes: sized("product_attribute.size"),
        ..Product::default()
    });
    let mut data = flat.clone();
    if product.is_some() {
        data.remove("category");
        data.remove("manufacturer");
    }
    let of = |kind: &str, data: Value| {
        let event = json!({"id": "e", "source": "shop", "type": kind, "at": NOW, "customer": "c", "store": text("store"), "data": data});
        Event::parse(event, EventBy::Shop, now()).unwrap()
    };
    let mut customer = Customer::default();
    let known = json!({"roles": list("role"), "tags": list("tag"), "country": text("country"),
        "attributes": {"size": flat.get("custom_attribute.size")}});
    customer.fold(&of("customer.updated", known), &OrdersPolicy::default(), &Zones::one(Zone::UTC));
    let event = of(&text("type").unwrap(), Value::Object(data));
    let catalogue = Catalogue::new(product.into_iter().collect());
    let scope = Scope {
        now: now(),
        zone: Zone::UTC,
        customer: &customer,
        catalogue: &catalogue,
        event: Some(&event),
        run: None,
        cart: None,
        line: None,
    };
    condition.is_none_or(|condition| condition.eval(&scope).holds)
}

/// Writes an event as the host does; see `js-shim/core/matcher.ts`.
fn write(matcher: &mut Matcher, flat: &Map<String, Value>) -> Option<usize> {
    let tables = matcher.tables().clone();
    let kind = tables.kinds.iter().position(|kind| flat["type"] == kind.name.as_str())?;
    let (mut texts, mut lists) = (0, tables.slots.len());
    for &number in &tables.kinds[kind].slots {
        let slot = &tables.slots[number as usize];
        let hidden = slot.pages_only && flat["type"] != "page.visited";
        let default = slot.default.clone().map(Value::String);
        let value = flat.get(&slot.field).cloned().or(default).filter(|_| !hidden);
        let symbol =
            |name: &str| slot.symbols.iter().find(|(known, _)| known == name).map_or(UNKNOWN, |(_, symbol)| *symbol);
        let lower =
            value.as_ref().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned).to_lowercase());
        matcher.words()[number as usize] = match (slot.form, &value) {
            (Form::Name | Form::Word, None) => u64::from(ABSENT),
            (Form::Name, Some(Value::Array(list))) if list.is_empty() => u64::from(ABSENT),
            (Form::Name, Some(Value::Array(list))) => {
                let from = lists;
                for name in list {
                    matcher.words()[lists] = u64::from(symbol(name.as_str().unwrap()));
                    lists += 1;
                }
                from as u64 | (list.len() as u64) << 32
            }
            (Form::Name, Some(value)) => u64::from(symbol(value.as_str().unwrap())),
            (Form::Word, Some(_)) => u64::from(symbol(&lower.unwrap())),
            (Form::Number, value) => {
                let number = value.as_ref().and_then(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()));
                number.unwrap_or(f64::NAN).to_bits()
            }
            (Form::Text, None) => u64::from(u32::MAX),
            (Form::Text, Some(_)) => {
                let bytes = lower.unwrap().into_bytes();
                matcher.text()[texts..texts + bytes.len()].copy_from_slice(&bytes);
                texts += bytes.len();
                (texts - bytes.len()) as u64 | (bytes.len() as u64) << 32
            }
        };
    }
    Some(kind)
}

fn journey(number: usize, (kinds, when): &(Vec<&str>, Option<Value>)) -> Value {
    let mut journey = json!({"id": format!("j{number}"), "trigger": {"event": kinds}, "steps": [{"assign_tag": "t"}]});
    if let Some(when) = when {
        journey["when"] = when.clone();
    }
    journey
}

type Rule = (Vec<&'static str>, Option<Value>);

/// Every event against every rule, by the index and by the engine.
fn compare(rules: &[Rule], events: &[Map<String, Value>]) -> Result<(), TestCaseError> {
    let journeys: Vec<Value> = rules.iter().enumerate().map(|(number, rule)| journey(number, rule)).collect();
    // Not checked: the check refuses tests that cannot apply, and they too must be decided as the engine does.
    let program: Program = serde_json::from_value(json!({"comeback": 1, "journeys": journeys})).unwrap();
    let tables = Tables::open(&Tables::new(&program).blob()).unwrap();
    prop_assert_eq!(&tables.left_out, &vec![]);
    let mut matcher = Matcher::new(tables);
    for event in events {
        let kind = write(&mut matcher, event);
        let found: Vec<u32> = kind.map_or_else(Vec::new, |kind| matcher.run(kind).to_vec());
        let holds = |(kinds, when): &Rule| {
            let when: Option<Condition> = when.clone().map(|when| serde_json::from_value(when).unwrap());
            kinds.contains(&event["type"].as_str().unwrap()) && holds(when.as_ref(), event)
        };
        let expected: Vec<u32> =
            rules.iter().zip(0..).filter(|(rule, _)| holds(rule)).map(|(_, number)| number).collect();
        prop_assert_eq!(found, expected, "{:?}", event);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_is_what_holds(
        rules in prop::collection::vec((
            prop::sample::subsequence(vec!["product.viewed", "page.visited"], 1..=2),
            prop::option::weighted(0.9, condition()),
        ), 0..12),
        events in prop::collection::vec(flat(), 1..4),
    ) {
        compare(&rules, &events)?;
    }
}

/// More names than bits, so that several share one, and every kind of guard beside a key.
#[test]
fn names_that_share_a_bit_are_told_apart() {
    let makers = 0..150;
    let rules: Vec<Rule> = makers
        .clone()
        .map(|maker| {
            let (one, other) = (format!("m{maker}"), format!("m{}", maker * 7 % 150));
            let when = match maker % 3 {
                0 => json!({"all": [{"category": {"any_of": ["c"]}}, {"manufacturer": {"any_of": [one, other]}}]}),
                1 => json!({"all": [{"category": {"any_of": ["c"]}}, {"none": [{"manufacturer": {"any_of": [one]}}]},
                    {"event": {"field": "total", "at_least": maker % 9, "at_most": 7}}]}),
                _ => json!({"all": [{"role": {"any_of": ["a"]}}, {"manufacturer": {"any_of": [one]}},
                    {"event": {"field": "total", "at_least": maker % 9}}, {"tag": {"none_of": ["b"]}}]}),
            };
            (vec!["product.viewed"], Some(when))
        })
        .collect();
    let event = |maker: i32| {
        let tag = if maker % 2 == 0 { "a" } else { "b" };
        let mut event = json!({"type": "product.viewed", "store": "main", "product": "p", "category": ["c", "d"],
            "manufacturer": format!("m{maker}"), "role": ["a", "a"], "tag": [tag]});
        if maker % 4 != 3 {
            event["total"] = json!(maker % 10);
        }
        event.as_object().unwrap().clone()
    };
    let events: Vec<_> = (0..160).map(event).collect();
    compare(&rules, &events).unwrap();
}

#[test]
fn what_needs_the_customer_is_left_out_by_name() {
    let rules = [
        (vec!["product.viewed"], Some(json!({"all": [{"role": {"any_of": ["a"]}}, {"orders": {"at_least": 2}}]}))),
        (vec!["product.viewed"], None),
        (vec![], None),
    ];
    let journeys: Vec<Value> = rules.iter().enumerate().map(|(number, rule)| journey(number, rule)).collect();
    let program: Program = serde_json::from_value(json!({"comeback": 1, "journeys": journeys})).unwrap();
    let tables = Tables::new(&program);
    assert_eq!(tables.names, ["j1"]);
    let left_out: Vec<String> = tables.left_out.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    assert_eq!(
        left_out,
        ["j0: `orders` asks for more than the event: the engine decides it", "j2: no event type begins it"]
    );
}

#[test]
fn a_damaged_blob_is_refused() {
    let rule = (vec!["page.visited"], Some(json!({"url": {"contains": ["/sale"], "starts_with": "/"}})));
    let program: Program = serde_json::from_value(json!({"comeback": 1, "journeys": [journey(0, &rule)]})).unwrap();
    let blob = Tables::new(&program).blob();
    assert!(Tables::open(&blob).is_ok());
    // Whatever byte is wrong, opening refuses or what opens runs to its end.
    for at in 0..blob.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut damaged = blob.clone();
            damaged[at] = value;
            if let Ok(tables) = Tables::open(&damaged) {
                let mut matcher = Matcher::new(tables);
                matcher.words()[0] = 5 << 32;
                matcher.run(0);
            }
        }
    }
}
