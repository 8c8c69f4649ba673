//! The catalogue snapshot: what the shop sells, as the core sees it during one step.
//!
//! It is an input named by its hash, not state. Stock and price in it are as old as the snapshot; before a
//! cart is sent the host asks the shop again.

use super::{CategoryKey, ProductKey};
use crate::codec::{CodecError, Writer, parts};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const TAG: u8 = 1;
const VERSION: u8 = 1;

/// A product as the shop describes it; the shape of `Product` in the host's types.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Product {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    #[serde(default)]
    pub categories: Vec<String>,
    #[serde(default)]
    pub manufacturer: Option<String>,
    #[serde(default)]
    pub vendor: Option<String>,
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    #[serde(default)]
    pub variant_group: Option<String>,
    /// Units in one pack.
    #[serde(default)]
    pub units: Option<u32>,
    #[serde(default)]
    pub price: i64,
    #[serde(default)]
    pub currency: String,
    #[serde(default)]
    pub in_stock: bool,
    #[serde(default)]
    pub discontinued: bool,
    #[serde(default)]
    pub successor: Option<String>,
    #[serde(default)]
    pub added_at: Option<String>,
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    #[serde(default)]
    pub specifications: BTreeMap<String, String>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub image: Option<String>,
}

impl Product {
    /// Its key.
    pub fn key(&self) -> ProductKey {
        ProductKey::of("", &self.id)
    }

    /// The name in a language: the exact locale, then the language alone, then the main name.
    pub fn name_in(&self, locale: &str) -> &str {
        let language = locale.split(['-', '_']).next().unwrap_or(locale);
        self.names.get(locale).or_else(|| self.names.get(language)).unwrap_or(&self.name)
    }

    /// May be proposed at all.
    pub fn is_on_sale(&self) -> bool {
        self.in_stock && !self.discontinued
    }
}

/// All products by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    products: BTreeMap<ProductKey, Product>,
    groups: BTreeMap<CategoryKey, Vec<ProductKey>>,
    types: BTreeMap<CategoryKey, Vec<ProductKey>>,
}

impl Catalogue {
    /// Indexes products; of two with one id the later stays.
    pub fn new(products: Vec<Product>) -> Catalogue {
        let products: BTreeMap<_, _> = products.into_iter().map(|product| (product.key(), product)).collect();
        let mut catalogue = Catalogue { products, ..Catalogue::default() };
        for (key, product) in &catalogue.products {
            if let Some(group) = &product.variant_group {
                catalogue.groups.entry(CategoryKey::of("", group)).or_default().push(*key);
            }
            if let Some(kind) = &product.kind {
                catalogue.types.entry(CategoryKey::of("", kind)).or_default().push(*key);
            }
        }
        catalogue
    }

    /// Reads a snapshot; no bytes are an empty catalogue.
    pub fn open(bytes: &[u8]) -> Result<Catalogue, CodecError> {
        if bytes.is_empty() {
            return Ok(Catalogue::default());
        }
        let what = "the catalogue snapshot";
        match parts(bytes)?.first() {
            Some(part) if part.tag == TAG && part.version == VERSION => Ok(Catalogue::new(part.decode(what)?)),
            Some(part) if part.tag == TAG => Err(CodecError::Newer { what, version: part.version }),
            _ => Err(CodecError::Damaged { what }),
        }
    }

    /// Writes a snapshot, products in the order of their keys, so equal catalogues give equal bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.part(TAG, VERSION, &self.products.values().collect::<Vec<_>>());
        writer.finish()
    }

    /// One product.
    pub fn get(&self, key: ProductKey) -> Option<&Product> {
        self.products.get(&key)
    }

    /// All products by key.
    pub fn all(&self) -> impl Iterator<Item = (ProductKey, &Product)> {
        self.products.iter().map(|(key, product)| (*key, product))
    }

    /// The products that share a variant group.
    pub fn group(&self, group: CategoryKey) -> &[ProductKey] {
        self.groups.get(&group).map_or(&[], Vec::as_slice)
    }

    /// The products of a type.
    pub fn of_type(&self, kind: CategoryKey) -> &[ProductKey] {
        self.types.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// No products at all.
    pub fn is_empty(&self) -> bool {
        self.products.is_empty()
    }
}
