//! The trace: why a decision came out as it did, for machines and for people.
//!
//! Off by default and then free: the sentences are closures that are never called.

use serde::Serialize;

/// One line of a trace.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct TraceLine {
    /// How deep inside other lines.
    pub depth: u16,
    /// Which room says so.
    pub room: &'static str,
    /// A sentence.
    pub text: String,
}

/// Collects lines when it is on.
#[derive(Default)]
pub struct Trace {
    lines: Option<Vec<TraceLine>>,
    depth: u16,
}

/// Lines kept of one step; a trace that long has stopped being an explanation.
const LINES_MAX: usize = 5_000;

impl Trace {
    /// A trace that keeps its lines.
    pub fn on() -> Trace {
        Trace { lines: Some(Vec::new()), depth: 0 }
    }

    /// A trace that keeps nothing.
    pub fn off() -> Trace {
        Trace::default()
    }

    /// Whether lines are kept.
    pub fn is_on(&self) -> bool {
        self.lines.is_some()
    }

    /// Adds a line; `text` runs only when the trace is on.
    pub fn say(&mut self, room: &'static str, text: impl FnOnce() -> String) {
        let depth = self.depth;
        if let Some(lines) = self.lines.as_mut().filter(|lines| lines.len() < LINES_MAX) {
            lines.push(TraceLine { depth, room, text: text() });
        }
    }

    /// Lines said inside `work` are one deeper.
    pub fn nest<T>(&mut self, work: impl FnOnce(&mut Trace) -> T) -> T {
        self.depth = self.depth.saturating_add(1);
        let result = work(self);
        self.depth = self.depth.saturating_sub(1);
        result
    }

    /// The lines, in order.
    pub fn into_lines(self) -> Vec<TraceLine> {
        self.lines.unwrap_or_default()
    }
}
