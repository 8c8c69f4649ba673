//! What prediction costs natively, on a made-up shop of 70,000 products; the Wasm build is measured against it on the same files.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Instant;

use comeback::model::Model;
use comeback::model::builder::{BuildOptions, ModelBuilder};
use comeback::model::day::to_text;
use comeback::recommend::predictor::{PredictOptions, Predictor};

const PRODUCTS: u64 = 70_000;
/// Customers of `orders.csv`, each with so many products.
const CUSTOMERS: u64 = 60;
const OWNED: u64 = 1_300;
const FIRST: i32 = 20_000;
const TODAY: i32 = FIRST + 70;
const ROUNDS: usize = 5;

/// Measures on `orders.csv` and `model.bin` in `folder`, which are written when they are not there, and prints one line of JSON.
pub fn run(folder: &Path) {
    let path = folder.join("model.bin");
    if !path.exists() {
        write(folder);
    }
    let model = fs::read(&path).expect("it was written");
    let orders = fs::read_to_string(folder.join("orders.csv")).expect("it was written");
    let customer_us = least(|| customers(&model, &orders));
    let read_us = least(|| timed(|| fs::read(&path).expect("it was written")).1);
    let open_us = least(|| {
        let bytes = model.clone();
        timed(|| Model::open_unchecked(bytes).expect("a model just built opens")).1
    });
    println!(
        "{{\"customer_us\":{customer_us:.1},\"read_us\":{read_us:.1},\"open_us\":{open_us:.1},\"bytes\":{},\"at\":\"{}\"}}",
        model.len(),
        to_text(TODAY)
    );
}

fn write(folder: &Path) {
    let (orders, shop) = (orders(), shop());
    let mut builder = ModelBuilder::new(BuildOptions { until_s: Some(at_s()), ..BuildOptions::default() });
    builder.push_orders(orders.as_bytes()).expect("what was written reads");
    builder.end_orders().expect("what was written reads");
    builder.push_orders(shop.as_bytes()).expect("what was written reads");
    let (model, _) = builder.finish().expect("what was written reads");
    fs::write(folder.join("orders.csv"), &orders).expect("the folder is writable");
    fs::write(folder.join("model.bin"), &model).expect("the folder is writable");
}

fn at_s() -> i64 {
    i64::from(TODAY) * 86_400
}

/// Microseconds for folding and scoring one customer and saying the first ten.
fn customers(model: &[u8], orders: &str) -> f64 {
    let model = Model::open(model.to_vec()).expect("a model just built opens");
    let mut predictor = Predictor::new(model, PredictOptions { at_s: at_s(), top: 10, ..PredictOptions::default() });
    predictor.push_orders(orders.as_bytes()).expect("what was written reads");
    let predictions = predictor.finish().expect("what was written reads");
    let (lines, micros) = timed(|| predictions.count());
    micros / lines as f64
}

/// The least of a few rounds: on a busy machine the others measure its neighbours.
fn least(mut round: impl FnMut() -> f64) -> f64 {
    (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let since = Instant::now();
    let done = work();
    (done, since.elapsed().as_secs_f64() * 1e6)
}

fn draws(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

const HEADER: &str = "customer_id,product_id,ordered_at,quantity\n";

/// Customers with many products, each bought two to four times.
fn orders() -> String {
    let (mut draw, mut text) = (draws(1), String::from(HEADER));
    for customer in 0..CUSTOMERS {
        let first = draw(PRODUCTS - OWNED * 7);
        for at in 0..OWNED {
            for _ in 0..2 + draw(3) {
                let day = to_text(FIRST + draw(70) as i32);
                writeln!(text, "c{customer},p{},{day},{}", first + at * 7, 1 + draw(3)).expect("texts grow");
            }
        }
    }
    text
}

/// Everybody else: two thousand customers who between them buy every product.
fn shop() -> String {
    let (mut draw, mut text) = (draws(2), String::from(HEADER));
    for product in 0..PRODUCTS {
        for _ in 0..3 + draw(5) {
            let day = to_text(FIRST + draw(70) as i32);
            // Neighbours in the catalogue are bought by the same people.
            writeln!(text, "s{},p{product},{day},1", (product / 40 + draw(12)) % 2_000).expect("texts grow");
        }
    }
    text
}
