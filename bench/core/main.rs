//! Steps the customers of a file natively, by the very bytes that a host gives the Wasm core.
//!
//! The file holds a program, products, and inputs as `{"customer", "now", "input"}`; the output is the time of each turn
//! in milliseconds and a hash of every customer's bytes at its end.

use comeback::engine::{Env, step_bytes};
use comeback::id::Id;
use comeback::model::{Catalogue, Product};
use comeback::program::Program;
use comeback::time::Instant;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Work {
    program: Value,
    products: Vec<Product>,
    turns: usize,
    inputs: Vec<Given>,
}

#[derive(Deserialize)]
struct Given {
    customer: String,
    now: i64,
    input: String,
}

fn main() {
    // `cargo bench` adds flags of its own.
    let Some(path) = std::env::args().skip(1).find(|argument| !argument.starts_with('-')) else { return };
    let work: Work = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let program = Program::check(&work.program).0.unwrap();
    let env = Env::open(&program.blob(), [], &Catalogue::new(work.products.clone()).bytes(), b"").unwrap();
    let mut milliseconds = Vec::new();
    let mut states = String::new();
    for _ in 0..work.turns {
        let since = std::time::Instant::now();
        states = turn(&env, &work.inputs);
        milliseconds.push(since.elapsed().as_secs_f64() * 1000.0);
    }
    println!("{}", json!({ "milliseconds": milliseconds, "states": states }));
}

/// All inputs from empty customers; the hash of what is stored of them in the end, in the order of their keys.
fn turn(env: &Env, inputs: &[Given]) -> String {
    let mut customers: BTreeMap<&str, (Vec<u8>, Vec<u8>)> = BTreeMap::new();
    for given in inputs {
        let (hot, purchases) = customers.entry(&given.customer).or_default();
        let frame = step_bytes(env, hot, purchases, given.input.as_bytes(), Instant(given.now)).unwrap();
        let [_, new_hot, new_purchases] = sections(&frame);
        if let Some(bytes) = new_hot {
            *hot = bytes.to_vec();
        }
        if let Some(bytes) = new_purchases {
            *purchases = bytes.to_vec();
        }
    }
    let all: Vec<u8> = customers.into_values().flat_map(|(hot, purchases)| [hot, purchases].concat()).collect();
    Id::of(&[&all]).to_string()
}

fn sections(mut frame: &[u8]) -> [Option<&[u8]>; 3] {
    [(); 3].map(|()| {
        let (length, rest) = frame.split_at(4);
        let length = u32::from_le_bytes(length.try_into().unwrap());
        let (section, rest) = rest.split_at(if length == u32::MAX { 0 } else { length as usize });
        frame = rest;
        (length != u32::MAX).then_some(section)
    })
}
