//! Programs that ship, each with a journal in and decisions out, as text.
//!
//! `UPDATE_FIXTURES=1 cargo test --test scenarios` writes the decisions anew; read the difference as
//! a customer would.

use comeback::engine::Env;
use comeback::model::{Catalogue, Product};
use comeback::program::Program;
use comeback::replay::{Responses, replay};
use comeback::time::Instant;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A dozen customers are no shop to learn from: with the default weights their chances stay low, so
/// the fixtures ask for less certainty than the shipped programs do.
const THRESHOLD: f64 = 0.1;

fn env(program: &str) -> Env {
    let mut tree: Value = serde_yaml_ng::from_str(&read(program)).unwrap();
    if let Some(threshold) = tree.pointer_mut("/replenish/threshold") {
        *threshold = THRESHOLD.into();
    }
    let (checked, problems) = Program::check(&tree);
    let errors: Vec<String> = problems.iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect();
    let program = checked.unwrap_or_else(|| panic!("{program}: {errors:#?}"));
    let products: Vec<Product> = serde_json::from_str(&read("tests/fixtures/products.json")).unwrap();
    Env::open(&program.blob(), [], &Catalogue::new(products).bytes(), b"test").unwrap()
}

/// One decision as one line a person can read.
fn line(effect: &Value) -> String {
    let text = |path: &str| effect.pointer(path).and_then(Value::as_str).unwrap_or("").to_owned();
    let lines = |path: &str| {
        let list = effect.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default();
        let one = |line: &Value| {
            format!(
                "{} x{}{}",
                line["product"].as_str().unwrap_or("?"),
                line["quantity"],
                if line["removed"] == true { " (removed)" } else { "" }
            )
        };
        list.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let products = |path: &str| {
        let list = effect.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default();
        list.iter().map(|card| card["product"].as_str().unwrap_or("?").to_owned()).collect::<Vec<_>>().join(", ")
    };
    let kind = text("/kind");
    let more = match kind.as_str() {
        "message.send" => {
            let cart = lines("/context/cart/lines");
            let lists: Vec<String> = effect["context"]["recipient"]["recommendations"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| {
                    format!(" {name}=[{}]", products(&format!("/context/recipient/recommendations/{name}")))
                })
                .collect();
            let offer = effect
                .pointer("/context/offer/description")
                .and_then(Value::as_str)
                .map(|text| format!(" offer: {text}"))
                .unwrap_or_default();
            format!(
                "{}#{} to {} on {}{}{}{}",
                text("/template"),
                effect["variant"],
                text("/to"),
                text("/channel"),
                if cart.is_empty() { String::new() } else { format!(" cart: {cart}") },
                lists.concat(),
                offer
            )
        }
        "cart.quote" | "order.create" => lines("/lines"),
        "operator.task" => format!("{}: {} (suggest {})", text("/task"), text("/title"), products("/additions")),
        "operator.cancel" | "order.cancel" => text("/reason"),
        "wishlist.add" => effect["products"].to_string(),
        "role.assign" | "role.remove" => text("/role"),
        "tag.assign" | "tag.remove" => text("/tag"),
        "attribute.set" => format!("{}={}", text("/name"), effect["value"]),
        "offer.issue" => format!("{} {}", text("/offer"), effect["discount"]),
        "banner.show" => {
            let at = Instant(effect["not_before"].as_i64().unwrap_or(0)).rfc3339();
            let lists: Vec<String> = effect["context"]["recipient"]["recommendations"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| {
                    format!(" {name}=[{}]", products(&format!("/context/recipient/recommendations/{name}")))
                })
                .collect();
            format!("{} in {} from {at}, {} times{}", text("/template"), text("/slot"), effect["times"], lists.concat())
        }
        "event.emit" => format!("{} to {}", text("/event/data/name"), text("/event/customer")),
        _ => String::new(),
    };
    format!("{} {} {kind} {more}", text("/at"), text("/customer")).trim_end().to_owned()
}

fn check(program: &str, fixture: &str, until: &str) {
    let env = env(program);
    let journal = read(&format!("tests/fixtures/{fixture}.jsonl"));
    let answer = replay(&env, &journal, Responses::Cooperative, None, Instant::parse(until));
    let refused: Vec<String> =
        answer["refused"].as_array().unwrap().iter().map(|refused| format!("refused: {refused}")).collect();
    let decided = answer["effects"].as_array().unwrap().iter().map(line);
    let text = decided.chain(refused).collect::<Vec<_>>().join("\n") + "\n";
    let expected = root(&format!("tests/fixtures/{fixture}.expected"));
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        fs::write(&expected, &text).unwrap();
    }
    let found = fs::read_to_string(&expected).unwrap_or_default();
    assert!(found == text, "{fixture}: decisions changed\n--- expected\n{found}\n--- decided\n{text}");
}

#[test]
fn service_care() {
    check("demo-shop/programs/service-care.yaml", "service-care", "2026-03-31T00:00:00Z");
}

#[test]
fn gluten_free() {
    check("demo-shop/programs/gluten-free.yaml", "gluten-free", "2026-03-10T00:00:00Z");
}

#[test]
fn facebook_ad() {
    check("demo-shop/programs/facebook-ad.yaml", "facebook-ad", "2026-03-10T00:00:00Z");
}

#[test]
fn kayaks() {
    check("demo-shop/programs/kayaks.yaml", "kayaks", "2026-03-20T00:00:00Z");
}

#[test]
fn welcome() {
    check("demo-shop/programs/welcome.yaml", "welcome", "2026-04-15T00:00:00Z");
}

#[test]
fn unpaid_order() {
    check("demo-shop/programs/unpaid-order.yaml", "unpaid-order", "2026-03-10T00:00:00Z");
}

#[test]
fn abandoned_cart() {
    check("demo-shop/programs/abandoned-cart.yaml", "abandoned-cart", "2026-03-15T00:00:00Z");
}

#[test]
fn repeat_order() {
    check("demo-shop/programs/repeat-order.yaml", "repeat-order", "2026-02-20T00:00:00Z");
}

#[test]
fn carrots() {
    check("demo-shop/programs/carrots.yaml", "carrots", "2026-04-01T00:00:00Z");
}

#[test]
fn zones() {
    check("tests/fixtures/zones.yaml", "zones", "2026-03-20T00:00:00Z");
}
