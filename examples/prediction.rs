//! `model build` and `predict` without the host, for measuring natively.
//!
//! ```text
//! cargo run --profile bench --example prediction -- build orders.csv 2017-11-27 model.bin
//! cargo run --profile bench --example prediction -- predict model.bin orders.csv 2017-11-27 week 10
//! ```

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::time::Instant;

use comeback::model::Model;
use comeback::model::builder::{BuildOptions, ModelBuilder};
use comeback::model::orders_csv::{CsvError, parse_time};
use comeback::recommend::predictor::{PredictOptions, Predictor, Task};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["build", orders, until, model] => build(orders, until, model),
        ["predict", model, orders, at, task, top] => predict(model, orders, at, task, top.parse()?),
        _ => Err("usage: build ORDERS UNTIL MODEL | predict MODEL ORDERS AT week|next-order TOP".into()),
    }
}

fn build(orders: &str, until: &str, model: &str) -> Result<(), Box<dyn std::error::Error>> {
    let started = Instant::now();
    let until_s = Some(parse_time(until).ok_or("UNTIL is not a time")?.0);
    let mut builder = ModelBuilder::new(BuildOptions { until_s, ..BuildOptions::default() });
    read(orders, &mut |bytes| builder.push_orders(bytes))?;
    eprintln!("read {} purchases in {:?}", builder.gathered(), started.elapsed());
    let (bytes, read) = builder.finish()?;
    fs::write(model, &bytes)?;
    eprintln!(
        "{} bytes, {} rows, {} bad, {:?}",
        bytes.len(),
        read.orders.rows,
        read.orders.bad_rows,
        started.elapsed()
    );
    Ok(())
}

fn predict(model: &str, orders: &str, at: &str, task: &str, top: usize) -> Result<(), Box<dyn std::error::Error>> {
    let started = Instant::now();
    let model = Model::open(fs::read(model)?)?;
    let task = if task == "week" { Task::Week } else { Task::NextOrder };
    let at_s = parse_time(at).ok_or("AT is not a time")?.0;
    let mut predictor = Predictor::new(model, PredictOptions { at_s, task, top, ..PredictOptions::default() });
    read(orders, &mut |bytes| predictor.push_orders(bytes))?;
    eprintln!("read in {:?}", started.elapsed());
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in predictor.finish()? {
        writeln!(out, "{line}")?;
    }
    eprintln!("predicted in {:?}", started.elapsed());
    Ok(())
}

fn read(path: &str, take: &mut dyn FnMut(&[u8]) -> Result<(), CsvError>) -> Result<(), Box<dyn std::error::Error>> {
    let mut file = File::open(path)?;
    let mut bytes = vec![0; 1 << 16];
    loop {
        let length = file.read(&mut bytes)?;
        if length == 0 {
            return Ok(());
        }
        take(&bytes[..length])?;
    }
}
