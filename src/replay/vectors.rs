//! Vectors: the same calls with the same answers on every target.
//!
//! A vector is a call by name with arguments as JSON; the answer is a string. `tests/vectors/*.json`
//! is run natively, in Node, in workerd and in Chromium, through the same `core.wasm`.

use super::{Responses, replay};
use crate::engine::{Env, Question, State, ask, step};
use crate::explain::Trace;
use crate::model::{Catalogue, Product};
use crate::program::Program;
use crate::time::{ClockTime, Instant, Zone, parse_day};
use serde_json::{Value, json};
use std::fmt::Write;

/// Runs one vector, `{"call": …, "args": {…}}`, and returns its answer.
pub fn run_vector(vector: &str) -> String {
    match serde_json::from_str::<Value>(vector) {
        Ok(vector) => {
            run(vector.get("call").and_then(Value::as_str).unwrap_or(""), vector.get("args").unwrap_or(&Value::Null))
        }
        Err(error) => format!("bad vector: {error}"),
    }
}

fn run(call: &str, args: &Value) -> String {
    let outcome = match call {
        "check" => Some(check(args)),
        "local" => local(args),
        "instant" => instant(args),
        "steps" => Some(steps(args)),
        "replay" => Some(replayed(args)),
        _ => None,
    };
    outcome.unwrap_or_else(|| format!("bad call: {call} {args}"))
}

fn check(args: &Value) -> String {
    json!(Program::check(&args["program"]).1).to_string()
}

/// The wall clock of a zone at an instant.
fn local(args: &Value) -> Option<String> {
    let (zone, at) = (Zone::named(args["zone"].as_str()?)?, Instant::parse(args["at"].as_str()?)?);
    Some(zone.local(at).format("%Y-%m-%dT%H:%M:%S").to_string())
}

/// The instant of a wall clock time on a day in a zone.
fn instant(args: &Value) -> Option<String> {
    let (zone, day, clock) = (
        Zone::named(args["zone"].as_str()?)?,
        parse_day(args["day"].as_str()?)?,
        ClockTime::parse(args["clock"].as_str()?)?,
    );
    Some(zone.at(day, clock).rfc3339())
}

fn env(args: &Value) -> Result<Env, String> {
    let (program, problems) = Program::check(&args["program"]);
    let program = program.ok_or_else(|| json!(problems).to_string())?;
    let products: Vec<Product> = serde_json::from_value(args["products"].clone()).unwrap_or_default();
    Env::open(&program.blob(), [], &Catalogue::new(products).bytes(), b"vector").map_err(|error| error.to_string())
}

/// Steps through inputs; the answer is effects, wake and the bytes of both sections after each.
fn steps(args: &Value) -> String {
    let env = match env(args) {
        Ok(env) => env,
        Err(problem) => return problem,
    };
    let mut state = State::default();
    let mut answer = String::new();
    for input in args["inputs"].as_array().into_iter().flatten() {
        let now = input["now"].as_str().and_then(Instant::parse).unwrap_or_default();
        let stepped = match crate::engine::Input::parse(input["input"].clone(), now) {
            Ok(what) => step(&env, &mut state, what, now, &mut Trace::off()),
            Err(refusal) => {
                answer += &json!({ "refused": refusal }).to_string();
                continue;
            }
        };
        // A round trip between the steps, as a host does it.
        let (hot, purchases) = (state.encode_hot(), state.encode_purchases());
        state = State::open(&hot, &purchases).unwrap_or_default();
        answer += &json!({ "effects": stepped.effects, "wake_at": stepped.wake_at.map(|at| at.0), "hot": hex(&hot), "purchases": hex(&purchases) }).to_string();
    }
    for question in args["questions"].as_array().into_iter().flatten() {
        let now = question["now"].as_str().and_then(Instant::parse).unwrap_or_default();
        if let Ok(asked) = serde_json::from_value::<Question>(question["question"].clone()) {
            answer += &ask(&env, &state, &asked, now).to_string();
        }
    }
    answer
}

fn replayed(args: &Value) -> String {
    match env(args) {
        Ok(env) => {
            let lines: Vec<String> = args["events"].as_array().into_iter().flatten().map(Value::to_string).collect();
            replay(
                &env,
                &lines.join("\n"),
                Responses::Cooperative,
                None,
                args["until"].as_str().and_then(Instant::parse),
            )
            .to_string()
        }
        Err(problem) => problem,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
