//! Who the customer is and how to reach them.

use crate::codec::{CodecError, Part, Writer};
use crate::event::{Event, EventKind, ProfileData, parse_birthday};
use crate::id::name_hash;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Roles, tags, attributes and fields kept of each kind; more are ignored, first in name order stay.
pub const NAMES_MAX: usize = 100;
/// Bytes kept of a name, an attribute or a field.
pub const TEXT_BYTES_MAX: usize = 500;

const TAG: u8 = 1;
const REGION_TAG: u8 = 13;
const VERSION: u8 = 1;

/// Who the customer is. Addresses are kept as reported; nothing here is ever logged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Profile {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub locale: Option<String>,
    pub zone: Option<String>,
    pub country: Option<String>,
    /// State or province, `US-CA` or `CA` beside its country. Written as a part of its own, for it came later.
    #[serde(skip)]
    pub region: Option<String>,
    /// Month and day.
    pub birthday: Option<(u8, u8)>,
    pub registered_at: Option<Instant>,
    pub first_seen_at: Option<Instant>,
    pub roles: BTreeSet<String>,
    pub tags: BTreeSet<String>,
    /// Custom attributes, set by the shop or by a journey.
    pub attributes: BTreeMap<String, String>,
    /// Fields of the registration form.
    pub fields: BTreeMap<String, String>,
    /// Contacts that do not work, by channel.
    pub suppressed: BTreeMap<String, Suppression>,
    /// The newest report folded; an older one fills gaps but overwrites nothing.
    updated_at: Option<Instant>,
}

/// A contact that must not be used, until it changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suppression {
    /// Hash of the contact that failed.
    pub contact: u64,
    /// What the provider said, in one word.
    pub reason: String,
    /// Since when.
    pub at: Instant,
}

impl Profile {
    pub(super) fn fold(&mut self, data: &ProfileData, event: &Event) {
        let newest = self.updated_at.is_none_or(|at| event.at >= at);
        let fields = [
            (&mut self.name, &data.name),
            (&mut self.email, &data.email),
            (&mut self.phone, &data.phone),
            (&mut self.locale, &data.locale),
            (&mut self.zone, &data.zone),
            (&mut self.region, &data.region),
        ];
        for (known, reported) in fields {
            set(known, reported, newest);
        }
        if let Some(birthday) = &data.birthday {
            self.birthday = birthday.as_deref().and_then(parse_birthday);
        }
        if data.country.is_some() {
            self.country.clone_from(&data.country);
        }
        if newest {
            self.replace_names(data);
            self.updated_at = Some(event.at);
        }
        merge_texts(&mut self.attributes, &data.attributes);
        merge_texts(&mut self.fields, &data.fields);
        if event.kind == EventKind::CustomerRegistered {
            self.registered_at = Some(self.registered_at.map_or(event.at, |at| at.min(event.at)));
        }
    }

    /// The answers of a form, `{"answers": {"name": "value"}}`, become attributes.
    pub(super) fn answer(&mut self, data: &serde_json::Value) {
        let answers = data.get("answers").and_then(serde_json::Value::as_object);
        let texts = answers.into_iter().flatten().map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), Some(text))
        });
        merge_texts(&mut self.attributes, &Some(texts.collect()));
    }

    fn replace_names(&mut self, data: &ProfileData) {
        if let Some(roles) = &data.roles {
            self.roles = roles.iter().take(NAMES_MAX).map(|role| bounded(role)).collect();
        }
        if let Some(tags) = &data.tags {
            self.tags = tags.iter().take(NAMES_MAX).map(|tag| bounded(tag)).collect();
        }
    }

    /// The contact used on a channel: the address for `email`, else the phone number.
    pub fn contact(&self, channel: &str) -> Option<&str> {
        let contact = if channel == "email" { self.email.as_deref() } else { self.phone.as_deref() };
        contact.filter(|text| valid_contact(channel, text))
    }

    /// Why the channel's contact must not be used, if so.
    pub fn suppression(&self, channel: &str) -> Option<&Suppression> {
        let contact = name_hash(self.contact(channel)?);
        self.suppressed.get(channel).filter(|found| found.contact == contact)
    }

    /// Marks the present contact of a channel as one that must not be used.
    pub fn suppress(&mut self, channel: &str, reason: &str, at: Instant) {
        if let Some(contact) = self.contact(channel).map(name_hash) {
            self.suppressed.insert(channel.to_owned(), Suppression { contact, reason: bounded(reason), at });
        }
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.part(TAG, VERSION, self);
        if let Some(region) = &self.region {
            writer.part(REGION_TAG, VERSION, region);
        }
    }

    /// Reads a part; `None` for one of others.
    pub(crate) fn read(&mut self, part: &Part<'_>) -> Option<Result<(), CodecError>> {
        match part.tag {
            TAG => Some(part.decode("the profile").map(|profile| *self = profile)),
            REGION_TAG => Some(part.decode("the region").map(|region| self.region = Some(region))),
            _ => None,
        }
    }
}

/// Whether a contact can work at all: one `@` with text and a dot after it, or 7 to 15 digits.
pub fn valid_contact(channel: &str, text: &str) -> bool {
    if channel == "email" {
        let Some((local, domain)) = text.rsplit_once('@') else { return false };
        let plain = |part: &str| {
            !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
        };
        return text.len() <= 254
            && plain(local)
            && plain(domain)
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.');
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (7..=15).contains(&digits) && text.chars().all(|c| c.is_ascii_digit() || "+ ()-.".contains(c))
}

fn set(known: &mut Option<String>, reported: &Option<Option<String>>, newest: bool) {
    let Some(reported) = reported else { return };
    if newest || known.is_none() {
        *known = reported.as_deref().filter(|text| !text.is_empty()).map(bounded);
    }
}

fn merge_texts(known: &mut BTreeMap<String, String>, reported: &Option<BTreeMap<String, Option<String>>>) {
    for (name, value) in reported.iter().flatten() {
        match value {
            Some(value) if known.len() < NAMES_MAX || known.contains_key(name) => {
                known.insert(bounded(name), bounded(value));
            }
            Some(_) => {}
            None => {
                known.remove(name);
            }
        }
    }
}

/// Cuts at [`TEXT_BYTES_MAX`], never inside a character.
pub(crate) fn bounded(text: &str) -> String {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
