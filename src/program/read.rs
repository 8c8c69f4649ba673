//! Reading a tree into authored types, with every problem and not only the first.
//!
//! Serde stops at the first error. So the place of the error is mended (an unknown field removed, a
//! bad value taken out) and the tree is read again, until it reads or cannot be mended.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// Problems reported at once; a program with more has a different illness.
const PROBLEMS_MAX: usize = 100;

/// Whether a program can be used in spite of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Severity {
    Error,
    Warning,
}

/// Something the author should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether the program can be used in spite of it.
    pub severity: Severity,
    /// JSON pointer into the tree.
    pub path: String,
    /// A stable word.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Problem {
    /// A problem that stops the program from being used.
    pub fn error(
        path: impl Into<String>,
        code: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        Problem {
            severity: Severity::Error,
            path: path.into(),
            code: code.into(),
            message: message.into(),
            remedy: Some(remedy.into()).filter(|text: &String| !text.is_empty()),
        }
    }

    /// Something that is allowed and probably not meant.
    pub fn warning(
        path: impl Into<String>,
        code: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        Problem { severity: Severity::Warning, ..Problem::error(path, code, message, remedy) }
    }
}

/// Reads a tree. The value is there whenever what was left after mending reads.
pub fn read_all<T: DeserializeOwned>(tree: &Value) -> (Option<T>, Vec<Problem>) {
    let mut tree = tree.clone();
    let mut problems = Vec::new();
    let mut removed = Vec::new();
    for _ in 0..PROBLEMS_MAX {
        let error = match serde_path_to_error::deserialize::<_, T>(&tree) {
            Ok(value) => return (Some(value), problems),
            Err(error) => error,
        };
        let mut pointer = pointer(&tree, error.path());
        let message = error.inner().to_string();
        if let Some(field) = quoted_after(&message, "unknown variant ")
            .filter(|field| tree.pointer(&format!("{pointer}/{field}")).is_some())
        {
            pointer = format!("{pointer}/{field}");
        }
        let follows = quoted_after(&message, "missing field ")
            .is_some_and(|field| removed.contains(&format!("{pointer}/{field}")));
        if !follows {
            problems.push(problem(&pointer, &message));
        }
        removed.push(pointer.clone());
        if !take_out(&mut tree, &pointer) {
            return (None, problems);
        }
    }
    (None, problems)
}

fn problem(pointer: &str, message: &str) -> Problem {
    if let Some(field) = quoted_after(message, "missing field ") {
        return Problem::error(pointer, "missing", format!("`{field}` is missing"), format!("add `{field}`"));
    }
    let known = || message.split('`').skip(3).step_by(2);
    for (start, what) in [("unknown field ", "field"), ("unknown variant ", "word")] {
        if let Some(name) = quoted_after(message, start) {
            let known_names: Vec<&str> = known().collect();
            let remedy = if known_names.is_empty() {
                "remove it".to_owned()
            } else {
                format!("use one of {}", known_names.join(", "))
            };
            let hint = super::did_you_mean(&name, known_names.iter().copied());
            return Problem::error(pointer, "unknown", format!("`{name}` is not a {what} known here{hint}"), remedy);
        }
    }
    Problem::error(pointer, "bad_value", message.to_owned(), "")
}

fn quoted_after(message: &str, start: &str) -> Option<String> {
    message.strip_prefix(start)?.split('`').nth(1).map(str::to_owned)
}

/// The JSON pointer of an error's path, as far as it exists in the tree.
fn pointer(tree: &Value, path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path.iter() {
        let part = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        let deeper = format!("{pointer}/{part}");
        if tree.pointer(&deeper).is_some() {
            pointer = deeper;
        }
    }
    pointer
}

/// Takes a node out of its parent; false for the root.
fn take_out(tree: &mut Value, pointer: &str) -> bool {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return false };
    match tree.pointer_mut(parent) {
        Some(Value::Object(map)) => map.remove(&key.replace("~1", "/").replace("~0", "~")).is_some(),
        Some(Value::Array(list)) => match key.parse::<usize>() {
            // The place stays, so that the places of later problems are right.
            Ok(index)
                if index < list.len() && !list[index].is_null() && list[index] != Value::Object(Default::default()) =>
            {
                list[index] = Value::Object(Default::default());
                true
            }
            Ok(index) if index < list.len() => {
                list.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}
