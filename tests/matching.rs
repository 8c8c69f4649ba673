//! The indexed step against the plain loop: same effects, same order, same bytes.
//!
//! A traced step looks at every journey, because it says of each why it did not begin; an untraced
//! one looks at the index's candidates alone. Whatever the program and the events, both must do the same.

use comeback::engine::{Env, Input, State, step};
use comeback::explain::Trace;
use comeback::model::{Catalogue, Product};
use comeback::program::Program;
use comeback::time::Instant;
use proptest::prelude::*;
use serde_json::{Value, json};

const START: i64 = 1_772_442_900_000;

fn name(of: &'static str) -> impl Strategy<Value = String> {
    (0..4u8).prop_map(move |number| format!("{of}{number}"))
}

fn one_of(of: &'static str) -> impl Strategy<Value = Value> {
    prop::collection::vec(name(of), 1..3).prop_map(|names| json!({ "any_of": names }))
}

/// Conditions that hold often enough to be worth comparing.
fn condition() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        one_of("p").prop_map(|names| json!({ "product": names })),
        one_of("c").prop_map(|names| json!({ "category": names })),
        one_of("m").prop_map(|names| json!({ "manufacturer": names })),
        one_of("r").prop_map(|names| json!({ "role": names })),
        name("p").prop_map(|name| json!({"event": {"field": "product", "is": {"any_of": [name]}}})),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        let list = || prop::collection::vec(inner.clone(), 1..3);
        prop_oneof![
            list().prop_map(|list| json!({ "all": list })),
            list().prop_map(|list| json!({ "any": list })),
            list().prop_map(|list| json!({ "none": list })),
            inner.clone().prop_map(|test| json!({"lines": {"match": "all", "where": test}})),
        ]
    })
}

fn journey() -> impl Strategy<Value = Value> {
    let trigger = prop_oneof![
        Just(json!({"event": "product.viewed"})),
        Just(json!({"event": ["product.viewed", "order.placed"]})),
        Just(json!({"event": "order.placed"})),
        Just(json!({"order_status": {"to": ["new"]}})),
    ];
    let steps = prop_oneof![
        Just(json!([{"assign_tag": "t"}])),
        Just(json!([{"webhook": "told"}])),
        Just(json!([{"wait": {"for": "1h"}}, {"webhook": "later"}])),
    ];
    (trigger, prop::option::weighted(0.9, condition()), steps)
        .prop_map(|(trigger, when, steps)| json!({"trigger": trigger, "when": when, "steps": steps}))
}

fn program() -> impl Strategy<Value = Value> {
    prop::collection::vec(journey(), 1..10).prop_map(|mut journeys| {
        for (number, journey) in journeys.iter_mut().enumerate() {
            journey["id"] = json!(format!("j{number}"));
            if journey["when"].is_null() {
                journey.as_object_mut().unwrap().remove("when");
            }
        }
        json!({"comeback": 1, "journeys": journeys})
    })
}

fn happening() -> impl Strategy<Value = (&'static str, Value)> {
    let lines = prop::collection::vec(name("p"), 1..4).prop_map(|products| {
        let line = |(id, product): (usize, &String)| json!({"id": id.to_string(), "product": product, "quantity": 1});
        products.iter().enumerate().map(line).collect::<Vec<_>>()
    });
    prop_oneof![
        name("p").prop_map(|product| ("product.viewed", json!({ "product": product }))),
        prop::collection::vec(name("r"), 0..3).prop_map(|roles| ("customer.updated", json!({ "roles": roles }))),
        lines.prop_map(|lines| {
            let order = json!({"id": "o", "status": "new", "placed_at": Instant(START).rfc3339(), "lines": lines});
            ("order.placed", json!({ "order": order }))
        }),
    ]
}

fn env(program: &Value) -> Env {
    let (program, problems) = Program::check(program);
    let program = program.unwrap_or_else(|| panic!("{problems:?}"));
    let product = |number: usize| Product {
        id: format!("p{number}"),
        categories: vec![format!("c{number}"), format!("c{}", (number + 1) % 4)],
        manufacturer: Some(format!("m{}", number / 2)),
        ..Product::default()
    };
    Env::open(&program.blob(), [], &Catalogue::new((0..4).map(product).collect()).bytes(), &[]).unwrap()
}

/// Everything a shop would see of these events.
fn walk(env: &Env, events: &[(&'static str, Value)], trace: fn() -> Trace) -> Vec<String> {
    let mut state = State::decode(&[], &[]).unwrap();
    let mut seen = Vec::new();
    for (number, (kind, data)) in events.iter().enumerate() {
        let now = Instant(START + number as i64 * 60_000);
        let mut data = data.clone();
        if let Some(order) = data.get_mut("order") {
            order["id"] = json!(format!("o{number}"));
        }
        let event = json!({"id": number.to_string(), "source": "shop", "type": kind, "at": now.rfc3339(),
            "customer": "c", "data": data});
        let input = Input::parse(json!({"event": event, "by": "shop"}), now).unwrap();
        let stepped = step(env, &mut state, input, now, &mut trace());
        seen.push(serde_json::to_string(&stepped.effects).unwrap());
        seen.push(format!("{:?} {:?} {:?}", stepped.wake_at, state.encode_hot(), state.encode_purchases()));
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_index_changes_nothing(
        program in program(),
        events in prop::collection::vec(happening(), 1..8),
    ) {
        let env = env(&program);
        prop_assert_eq!(walk(&env, &events, Trace::off), walk(&env, &events, Trace::on));
    }
}
