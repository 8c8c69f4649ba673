//! Tests on text, without regular expressions: any input is matched in linear time.

use serde::{Deserialize, Serialize};

/// Matches a text. Several fields must all match; case never matters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Pattern {
    /// Is exactly one of these.
    pub any_of: Vec<String>,
    /// Is none of these.
    pub none_of: Vec<String>,
    /// Contains one of these.
    pub contains: Vec<String>,
    /// Begins with this.
    pub starts_with: Option<String>,
    /// Ends with this.
    pub ends_with: Option<String>,
}

impl Pattern {
    /// Nothing asked.
    pub fn is_empty(&self) -> bool {
        *self == Pattern::default()
    }

    /// Whether a text satisfies every field.
    pub fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let is = |name: &String| name.to_lowercase() == text;
        (self.any_of.is_empty() || self.any_of.iter().any(is))
            && !self.none_of.iter().any(is)
            && (self.contains.is_empty() || self.contains.iter().any(|part| text.contains(&part.to_lowercase())))
            && self.starts_with.as_ref().is_none_or(|start| text.starts_with(&start.to_lowercase()))
            && self.ends_with.as_ref().is_none_or(|end| text.ends_with(&end.to_lowercase()))
    }
}
