//! What happened: parsed, or refused with a reason; and who may say it.
//!
//! An event is a fact somebody reports. It is not a command: what follows from it is decided by the
//! program. Events are checked completely here, so that no later room meets a half-formed one.

mod data;
mod kind;

pub use data::*;
pub use kind::{EventBy, EventKind};

use crate::time::Instant;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest id, source, customer key or store name, in bytes.
pub const NAME_BYTES_MAX: usize = 200;
/// Largest event, in bytes of JSON. Hosts refuse larger ones before they reach the core.
pub const EVENT_BYTES_MAX: usize = 256 * 1024;

/// Something that happened to one customer.
#[derive(Clone, Debug)]
pub struct Event {
    /// Unique within its source.
    pub id: String,
    /// Who reported it: a shop, a provider.
    pub source: String,
    /// What kind of thing.
    pub kind: EventKind,
    /// When it happened, as reported. Facts are dated by it; a future instant is clipped to `now`.
    pub at: Instant,
    /// The customer's key in the shop.
    pub customer: String,
    /// Which of the shop's stores.
    pub store: String,
    /// What the kind carries.
    pub data: EventData,
    /// The same as reported, for conditions on fields that have no name of their own.
    pub raw: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    at: String,
    customer: String,
    #[serde(default = "main_store")]
    store: String,
    /// Taken out before, as it is read by its kind.
    #[serde(default, rename = "data")]
    _data: IgnoredAny,
}

fn main_store() -> String {
    "main".to_owned()
}

/// Why an event was not taken. The state is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// A stable word for machines.
    pub code: &'static str,
    /// Where in the event.
    pub path: String,
    /// A sentence with the remedy where there is one.
    pub message: String,
}

impl Refusal {
    fn new(code: &'static str, path: &str, message: impl Into<String>) -> Refusal {
        Refusal { code, path: path.to_owned(), message: message.into() }
    }
}

impl Event {
    /// Checks an envelope completely. `at` later than `now` is clipped to `now`.
    pub fn parse(mut value: Value, by: EventBy, now: Instant) -> Result<Event, Refusal> {
        let raw = value.get_mut("data").map(Value::take).unwrap_or_default();
        let envelope: Envelope = read(&value, "")?;
        let kind = EventKind::named(&envelope.kind).ok_or_else(|| {
            Refusal::new(
                "unknown_type",
                "type",
                format!("`{}` is not an event type; docs/events.md lists them", envelope.kind),
            )
        })?;
        if !kind.may_be_said_by(by) {
            let message = format!(
                "`{}` may not be reported by {}; send it from the shop's server with its secret",
                kind.name(),
                by.name()
            );
            return Err(Refusal::new("not_allowed", "type", message));
        }
        for (path, text) in [
            ("id", &envelope.id),
            ("source", &envelope.source),
            ("customer", &envelope.customer),
            ("store", &envelope.store),
        ] {
            check_name(path, text)?;
        }
        let at = Instant::parse(&envelope.at).ok_or_else(|| {
            Refusal::new(
                "bad_time",
                "at",
                format!("`{}` is not an RFC 3339 instant such as `2026-03-02T09:15:00Z`", envelope.at),
            )
        })?;
        if kind == EventKind::ReferralUsed && raw.get("referrer").and_then(Value::as_str) == Some(&envelope.customer) {
            return Err(Refusal::new(
                "self_referral",
                "data.referrer",
                "customers cannot refer themselves; nobody is rewarded",
            ));
        }
        let data = EventData::parse(kind, &raw)?;
        Ok(Event {
            id: envelope.id,
            source: envelope.source,
            kind,
            at: at.min(now),
            customer: envelope.customer,
            store: envelope.store,
            data,
            raw,
        })
    }
}

fn check_name(path: &str, text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err(Refusal::new("missing", path, format!("`{path}` must not be empty")));
    }
    if text.len() > NAME_BYTES_MAX {
        return Err(Refusal::new(
            "too_long",
            path,
            format!("`{path}` has {} bytes, at most {NAME_BYTES_MAX} are kept", text.len()),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(Refusal::new("bad_text", path, format!("`{path}` contains control characters")));
    }
    Ok(())
}

/// Deserialises with the path of the first problem.
fn read<'a, T: Deserialize<'a>>(value: &'a Value, prefix: &str) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let inner = error.path().to_string();
        let path = match (prefix, inner.as_str()) {
            (_, ".") => prefix.to_owned(),
            ("", inner) => inner.to_owned(),
            (prefix, inner) => format!("{prefix}.{inner}"),
        };
        Refusal { code: "bad_field", path, message: error.inner().to_string() }
    })
}

#[cfg(test)]
mod tests;
