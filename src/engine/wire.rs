//! `step` and `ask` over bytes: what a host calls, natively or through Wasm.

use super::{Env, Input, Question, State, ask, step};
use crate::codec::CodecError;
use crate::effect::Effect;
use crate::event::Refusal;
use crate::explain::{Trace, TraceLine};
use crate::import::batch_input;
use crate::time::Instant;
use serde::Serialize;
use serde_json::Value;

/// A section that did not change.
const UNCHANGED: u32 = u32::MAX;

/// Bytes that can't be used: a stored section, or JSON of the host's own.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum WireError {
    State(CodecError),
    Json(serde_json::Error),
}

impl std::fmt::Display for WireError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            WireError::State(error) => error.fmt(f),
            WireError::Json(error) => error.fmt(f),
        }
    }
}

impl From<CodecError> for WireError {
    fn from(error: CodecError) -> WireError {
        WireError::State(error)
    }
}

impl From<serde_json::Error> for WireError {
    fn from(error: serde_json::Error) -> WireError {
        WireError::Json(error)
    }
}

#[derive(Serialize)]
struct Head<'a> {
    refused: Option<Refusal>,
    effects: &'a [Effect],
    wake_at: Option<i64>,
    trace: Vec<TraceLine>,
}

/// One step. The input is JSON, or a batch of an import. The answer is a frame: JSON, then the `hot` section, then the
/// `purchases` section, each with its length before it as four little-endian bytes; the length of an unchanged section is
/// 2³²−1.
pub fn step_bytes(env: &Env, hot: &[u8], purchases: &[u8], input: &[u8], now: Instant) -> Result<Vec<u8>, WireError> {
    let mut state = State::open(hot, purchases)?;
    let (input, traced) = read_input(input, now)?;
    let mut trace = if traced { Trace::on() } else { Trace::off() };
    let input = match input {
        Ok(input) => input,
        Err(refusal) => {
            let wake_at = state.wake_at().map(|at| at.0);
            let head = Head { refused: Some(refusal), effects: &[], wake_at, trace: Vec::new() };
            return Ok(frame(&head, None, None));
        }
    };
    let stepped = step(env, &mut state, input, now, &mut trace);
    state.undamaged()?;
    let head = Head {
        refused: None,
        effects: &stepped.effects,
        wake_at: stepped.wake_at.map(|at| at.0),
        trace: trace.into_lines(),
    };
    let changed = |new: Vec<u8>, old: &[u8]| Some(new).filter(|bytes| bytes != old);
    Ok(frame(&head, changed(state.encode_hot(), hot), changed(state.encode_purchases(), purchases)))
}

fn read_input(input: &[u8], now: Instant) -> Result<(Result<Input, Refusal>, bool), WireError> {
    if input.first() != Some(&b'{') {
        return Ok((batch_input(input, now), false));
    }
    let value: Value = serde_json::from_slice(input)?;
    let traced = value.get("trace").and_then(Value::as_bool).unwrap_or(false);
    Ok((Input::parse(value, now), traced))
}

fn frame(head: &Head<'_>, hot: Option<Vec<u8>>, purchases: Option<Vec<u8>>) -> Vec<u8> {
    // Plain structs with string keys always serialise.
    let json = serde_json::to_vec(head).unwrap_or_default();
    let length = |section: &Option<Vec<u8>>| section.as_ref().map_or(0, Vec::len);
    let mut bytes = Vec::with_capacity(json.len() + 12 + length(&hot) + length(&purchases));
    for section in [Some(json), hot, purchases] {
        let length = section.as_ref().map_or(UNCHANGED, |section| u32::try_from(section.len()).unwrap_or(UNCHANGED));
        bytes.extend(length.to_le_bytes());
        bytes.extend(section.unwrap_or_default());
    }
    bytes
}

/// A question; the answer is JSON.
pub fn ask_bytes(env: &Env, hot: &[u8], purchases: &[u8], question: &[u8], now: Instant) -> Result<Vec<u8>, WireError> {
    let state = State::open(hot, purchases)?;
    let question: Question = serde_json::from_slice(question)?;
    let answer = ask(env, &state, &question, now);
    state.undamaged()?;
    Ok(answer.to_string().into_bytes())
}
