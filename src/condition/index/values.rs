//! What an event, its customer and the catalogue say about a subject.

use super::Subject;
use crate::condition::Scope;
use crate::condition::eval::at_path;
use crate::id::name_hash;
use crate::model::ProductKey;
use serde_json::Value as Json;

/// One value of a subject.
pub(super) enum Value<'a> {
    /// Lines know their products by key.
    Product(ProductKey),
    Text(&'a str),
}

impl Value<'_> {
    pub(super) fn hash(&self) -> u64 {
        match self {
            Value::Product(key) => key.0,
            Value::Text(text) => name_hash(text),
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Value::Product(_) => None,
            Value::Text(text) => Some(text),
        }
    }
}

impl Subject {
    /// The hash under which a name is posted.
    pub(super) fn hash(&self, name: &str) -> u64 {
        match self {
            Subject::Product => ProductKey::of("", name).0,
            _ => name_hash(name),
        }
    }

    /// Shows every value that a test on this subject could be satisfied by, on any line.
    pub(super) fn each_value(&self, scope: &Scope<'_>, see: &mut dyn FnMut(Value<'_>)) {
        let (profile, page) = (&scope.customer.profile, scope.page());
        match self {
            Subject::Product => scope.all_lines().iter().for_each(|line| see(Value::Product(line.product))),
            Subject::Category => {
                scope.each_product(|product| product.categories.iter().for_each(|name| see(Value::Text(name))));
                scope.name_viewed("category").into_iter().for_each(|name| see(Value::Text(name)));
            }
            Subject::Manufacturer => {
                scope.each_product(|product| product.manufacturer.iter().for_each(|name| see(Value::Text(name))));
                scope.name_viewed("manufacturer").into_iter().for_each(|name| see(Value::Text(name)));
            }
            Subject::Vendor => {
                scope.each_product(|product| product.vendor.iter().for_each(|name| see(Value::Text(name))))
            }
            Subject::ProductAttribute(name) => {
                for line in scope.all_lines() {
                    lower(Scope { line: Some(line), ..*scope }.attribute(name), see);
                }
            }
            Subject::ProductSpecification(name) => {
                scope.each_product(|product| lower(product.specifications.get(name).map(String::as_str), see))
            }
            Subject::Role => profile.roles.iter().for_each(|name| see(Value::Text(name))),
            Subject::Tag => profile.tags.iter().for_each(|name| see(Value::Text(name))),
            Subject::RegisterField(name) => lower(profile.fields.get(name).map(String::as_str), see),
            Subject::CustomAttribute(name) => lower(profile.attributes.get(name).map(String::as_str), see),
            Subject::Referrer => lower(page.map(|page| page.referrer.as_deref().unwrap_or("")), see),
            Subject::Url => lower(page.map(|page| page.url.as_str()), see),
            Subject::Store => scope.event.into_iter().for_each(|event| see(Value::Text(&event.store))),
            Subject::Event(path) => {
                let value = scope.event.and_then(|event| at_path(&event.raw, path));
                value.filter(|value| !value.is_null()).into_iter().for_each(|value| texts(value, see));
            }
            Subject::Profile(field) => lower(scope.profile_field(field).as_ref().and_then(Json::as_str), see),
        }
    }
}

fn lower(text: Option<&str>, see: &mut dyn FnMut(Value<'_>)) {
    if let Some(text) = text {
        see(Value::Text(&text.to_lowercase()));
    }
}

/// A list satisfies a pattern when one of its members does; what is not text is tested as it is written.
fn texts(value: &Json, see: &mut dyn FnMut(Value<'_>)) {
    match value {
        Json::String(text) => lower(Some(text), see),
        Json::Array(list) => list.iter().for_each(|inner| texts(inner, see)),
        other => lower(Some(&other.to_string()), see),
    }
}
