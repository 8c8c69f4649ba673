//! The vectors, natively. The same files run through `core.wasm` in Node, workerd and Chromium.
//!
//! `UPDATE_FIXTURES=1 cargo test --test vectors` makes the inputs anew and writes the native answers.

use comeback::replay::vectors::run_vector;
use comeback::time::Zone;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn answered(mut vector: Value) -> Value {
    vector["expect"] = Value::String(run_vector(&vector.to_string()));
    vector
}

/// Days around both changes of 2026 in the north and the south, and a plain one.
const DAYS: [&str; 8] =
    ["2026-01-15", "2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01", "2026-02-29"];

/// Every twentieth zone, and those with rules worth a test of their own.
fn zones() -> Vec<&'static str> {
    let own = [
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Asia/Kathmandu",
        "Africa/Casablanca",
        "Asia/Yekaterinburg",
    ];
    let mut all: Vec<&str> = Zone::all().map(Zone::name).step_by(20).chain(own).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn zone_vectors() -> Vec<Value> {
    let mut vectors = Vec::new();
    for zone in zones() {
        for day in DAYS {
            for clock in ["00:30", "01:30", "02:30", "09:00"] {
                vectors.push(json!({ "name": format!("{zone} {day} {clock}"), "call": "instant", "args": { "zone": zone, "day": day, "clock": clock } }));
            }
        }
        let at = "2026-03-29T01:00:00Z";
        vectors.push(json!({ "name": format!("{zone} {at}"), "call": "local", "args": { "zone": zone, "at": at } }));
    }
    vectors
}

fn yaml(path: &str) -> Value {
    serde_yaml_ng::from_str(&fs::read_to_string(root(path)).unwrap()).unwrap()
}

fn journal(path: &str) -> Vec<Value> {
    fs::read_to_string(root(path)).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn core_vectors() -> Vec<Value> {
    let mut program = yaml("demo-shop/programs/service-care.yaml");
    program["replenish"]["threshold"] = json!(0.1);
    let products: Value =
        serde_json::from_str(&fs::read_to_string(root("tests/fixtures/products.json")).unwrap()).unwrap();
    let events = journal("tests/fixtures/service-care.jsonl");
    let anna: Vec<Value> = events.iter().filter(|event| event["facts"][0]["customer"] == "anna").cloned().collect();
    let cart = comeback::id::Id::parse("7efbdde1a1021a9b8d2f78f6d5c88b58").unwrap();
    let quote = comeback::replenish::errand_id(cart, "quote").to_string();
    let quotes = json!([
        { "product": "espresso-250", "in_stock": true, "price": 880, "currency": "GBP" },
        { "product": "oat-barista-6", "in_stock": false, "price": 1180, "currency": "GBP" },
    ]);
    let quoted = json!({ "effect": quote, "kind": "cart.quote", "result": { "quotes": quotes } });
    let inputs = json!([
        { "now": "2026-03-01T12:00:00Z", "input": { "facts": anna[0]["facts"] } },
        { "now": "2026-03-02T08:59:00Z", "input": { "wake": true } },
        { "now": "2026-03-02T08:59:01Z", "input": { "by": "host", "event": { "id": "q1", "source": "host", "type": "effect.completed", "at": "2026-03-02T08:59:01Z", "customer": "anna", "data": quoted } } },
        { "now": "2026-03-02T09:00:00Z", "input": { "wake": true } },
        { "now": "2026-03-02T09:05:00Z", "input": { "by": "page", "event": { "id": "v1", "source": "page", "type": "product.viewed", "at": "2026-03-02T09:05:00Z", "customer": "anna", "data": { "product": "gf-bread" } } } },
    ]);
    let questions = json!([
        { "now": "2026-03-02T10:00:00Z", "question": { "ask": "due" } },
        { "now": "2026-03-02T10:00:00Z", "question": { "ask": "profile" } },
    ]);
    let bad = json!({ "comeback": 1, "journeys": [{ "id": "a", "trigger": { "event": "order.placd" }, "steps": [{ "sned": {} }] }] });
    vec![
        json!({ "name": "a customer's Monday, byte for byte", "call": "steps", "args": { "program": program, "products": products, "inputs": inputs, "questions": questions } }),
        json!({ "name": "service care, replayed", "call": "replay", "args": { "program": program, "products": products, "events": events, "until": "2026-03-31T00:00:00Z" } }),
        json!({ "name": "all problems at once", "call": "check", "args": { "program": bad } }),
    ]
}

/// One vector a line, so that a difference can be read.
fn one_a_line(vectors: &[Value]) -> String {
    let lines: Vec<String> = vectors.iter().map(Value::to_string).collect();
    format!("{{\"version\":1,\"vectors\":[\n{}\n]}}\n", lines.join(",\n"))
}

/// Where two answers part, with some of what follows; whole answers are too long to read.
fn difference(wanted: &Value, got: &Value) -> String {
    let (wanted, got) = (wanted.to_string(), got.to_string());
    let at = wanted.bytes().zip(got.bytes()).take_while(|(a, b)| a == b).count();
    let near = |text: &str| {
        String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(80)..(at + 120).min(text.len())]).into_owned()
    };
    format!("from byte {at} on\n  wanted: {}\n  got:    {}", near(&wanted), near(&got))
}

#[test]
fn native_answers_are_those_of_the_vectors() {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    for (file, make) in [("zones", zone_vectors as fn() -> Vec<Value>), ("core", core_vectors)] {
        let path = root(&format!("tests/vectors/{file}.json"));
        if update {
            let vectors: Vec<Value> = make().into_iter().map(answered).collect();
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, one_a_line(&vectors)).unwrap();
        }
        let stored: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let vectors = stored["vectors"].as_array().unwrap();
        assert!(!vectors.is_empty());
        for vector in vectors {
            let answer = &answered(vector.clone())["expect"];
            assert!(
                vector["expect"] == *answer,
                "{file}: {}: {}",
                vector["name"],
                difference(&vector["expect"], answer)
            );
        }
    }
}
