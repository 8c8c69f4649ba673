//! The boundary of the matcher.
//!
//! Nothing but numbers crosses for an event: the host writes words and text straight into the buffers
//! that `matcher_place` tells of, calls `matcher_run`, and reads as many numbers as it returned.
//! A buffer moves only in `matcher_reserve`; the memory as a whole may be replaced by any call, so the
//! host looks whether its views are still attached.

use crate::matcher::{Matcher, Tables};
use crate::program::Program;
use serde_json::json;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

thread_local! {
    static MATCHERS: RefCell<Vec<Option<Matcher>>> = const { RefCell::new(Vec::new()) };
}

/// The matcher's tables for a compiled program.
#[wasm_bindgen]
pub fn matcher_compile(program: &[u8]) -> Result<Vec<u8>, JsError> {
    let program = Program::open(program).map_err(|error| JsError::new(&error.to_string()))?;
    Ok(Tables::new(&program).blob())
}

/// Opens tables and returns the matcher's number.
#[wasm_bindgen]
pub fn matcher_open(tables: &[u8]) -> Result<u32, JsError> {
    let tables = Tables::open(tables).map_err(|error| JsError::new(&error.to_string()))?;
    MATCHERS.with_borrow_mut(|matchers| {
        matchers.push(Some(Matcher::new(tables)));
        u32::try_from(matchers.len() - 1).map_err(|_| JsError::new("too many matchers are open"))
    })
}

/// Forgets a matcher.
#[wasm_bindgen]
pub fn matcher_close(matcher: u32) {
    MATCHERS.with_borrow_mut(|matchers| matchers.get_mut(matcher as usize).map(Option::take));
}

/// What the host needs to write events, as JSON: `{names, left_out, kinds, slots}`.
#[wasm_bindgen]
pub fn matcher_layout(matcher: u32) -> Result<String, JsError> {
    with(matcher, |matcher| {
        let tables = matcher.tables();
        json!({
            "names": tables.names, "left_out": tables.left_out, "kinds": tables.kinds, "slots": tables.slots,
        })
        .to_string()
    })
}

/// Where the buffers are: words, how many; text, how many bytes; what is found.
#[wasm_bindgen]
pub fn matcher_place(matcher: u32) -> Result<Vec<u32>, JsError> {
    with(matcher, |matcher| {
        let (words, words_len) = (matcher.words().as_ptr() as usize, matcher.words().len());
        let (text, text_len) = (matcher.text().as_ptr() as usize, matcher.text().len());
        let found = matcher.found().as_ptr() as usize;
        [words, words_len, text, text_len, found].map(|number| number as u32).to_vec()
    })
}

/// Makes room for longer events.
#[wasm_bindgen]
pub fn matcher_reserve(matcher: u32, list_words: u32, text_bytes: u32) -> Result<(), JsError> {
    with(matcher, |matcher| matcher.reserve(list_words as usize, text_bytes as usize))
}

/// Looks at the event that was written, of a kind by its number in the layout. Returns how many rules were found.
#[wasm_bindgen]
pub fn matcher_run(matcher: u32, kind: u32) -> u32 {
    MATCHERS.with_borrow_mut(|matchers| match matchers.get_mut(matcher as usize) {
        Some(Some(matcher)) => matcher.run(kind as usize).len() as u32,
        _ => 0,
    })
}

fn with<T>(matcher: u32, work: impl FnOnce(&mut Matcher) -> T) -> Result<T, JsError> {
    MATCHERS.with_borrow_mut(|matchers| match matchers.get_mut(matcher as usize) {
        Some(Some(matcher)) => Ok(work(matcher)),
        _ => Err(JsError::new("this matcher is not open")),
    })
}
