//! The model as bytes, read in place: opening one costs a look at its table of sections and its index, never a copy.
//!
//! Layout, little-endian: magic, version, a hash of all that follows it, then offset and length of each [section](Section). Products and classes are sorted by key and
//! have a fixed width; a fan of the keys' leading bits makes finding one a matter of one or two looks.

use std::fmt;

use super::day::Day;
use super::key::{CategoryKey, ProductKey};
use super::record::{NEIGHBOUR_WIDTH, NONE, Neighbour, Record, Shop};
use super::weights::Weights;
use crate::id::Id;

const MAGIC: &[u8; 8] = b"cbmodel\0";
const VERSION: u32 = 2;
const SECTIONS: usize = 9;
const HASH: usize = MAGIC.len() + 4;
const TABLE: usize = HASH + 16;
const HEADER: usize = TABLE + SECTIONS * 8;

/// The parts of a snapshot, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Shop,
    Products,
    ProductFan,
    Classes,
    Neighbours,
    Texts,
    Popular,
    Weights,
    Report,
}

/// Why bytes are not a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelError {
    /// They do not start like a model.
    NotAModel,
    /// They are a model of another release; build it again.
    Version {
        /// The version found.
        found: u32,
    },
    /// They start well and are damaged; what is wrong.
    Damaged(&'static str),
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAModel => write!(f, "this is not a model; `comeback model build` makes one from orders"),
            Self::Version { found } => {
                write!(
                    f,
                    "the model has version {found} and this release reads version {VERSION}; build it again from orders"
                )
            }
            Self::Damaged(what) => write!(f, "the model is damaged: {what}; build it again from orders"),
        }
    }
}

impl std::error::Error for ModelError {}

/// What the builder gathered, before it is bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    pub shop: Shop,
    /// Sorted by key; the starts of ids and neighbours are filled in when written.
    pub products: Vec<Record>,
    /// Sorted by key.
    pub classes: Vec<Record>,
    pub product_ids: Vec<String>,
    pub class_names: Vec<String>,
    /// By product: similar products, then companions, best first.
    pub neighbours: Vec<(Vec<Neighbour>, Vec<Neighbour>)>,
    /// Indexes of products, most bought lately first.
    pub popular: Vec<u32>,
    pub weights: Weights,
    pub report: Vec<u8>,
}

impl Parts {
    pub fn write(mut self) -> Vec<u8> {
        let (mut texts, mut pool) = (Vec::new(), Vec::new());
        let ids = self.products.iter_mut().zip(&self.product_ids).chain(self.classes.iter_mut().zip(&self.class_names));
        for (record, id) in ids {
            (record.id_start, record.id_length) = (texts.len() as u32, id.len() as u32);
            texts.extend_from_slice(id.as_bytes());
        }
        for (record, (alike, companions)) in self.products.iter_mut().zip(&self.neighbours) {
            record.alike_start = (pool.len() / NEIGHBOUR_WIDTH) as u32;
            (record.alike_length, record.companions_length) = (alike.len() as u16, companions.len() as u16);
            alike.iter().chain(companions).for_each(|neighbour| neighbour.write(&mut pool));
        }
        let mut shop = Vec::new();
        self.shop.write(&mut shop);
        let popular = self.popular.iter().flat_map(|index| index.to_le_bytes()).collect();
        let sections: [Vec<u8>; SECTIONS] = [
            shop,
            records(&self.products),
            fan(&self.products),
            records(&self.classes),
            pool,
            texts,
            popular,
            self.weights.encode(),
            self.report,
        ];
        let mut out = Vec::with_capacity(HEADER + sections.iter().map(Vec::len).sum::<usize>());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&[0; TABLE - HASH]);
        let mut start = HEADER;
        for section in &sections {
            out.extend_from_slice(&(start as u32).to_le_bytes());
            out.extend_from_slice(&(section.len() as u32).to_le_bytes());
            start += section.len();
        }
        sections.iter().for_each(|section| out.extend_from_slice(section));
        let hash = Id::of(&[&out[TABLE..]]);
        out[HASH..TABLE].copy_from_slice(&hash.bytes());
        out
    }
}

fn records(records: &[Record]) -> Vec<u8> {
    let mut out = Vec::with_capacity(records.len() * Record::WIDTH);
    records.iter().for_each(|record| record.write(&mut out));
    out
}

/// For each value of the keys' leading bits, how many records lie before it; one bucket holds about one record.
fn fan(records: &[Record]) -> Vec<u8> {
    let bits = fan_bits(records.len());
    let mut out = Vec::with_capacity(((1usize << bits) + 1) * 4);
    let mut at = 0;
    for bucket in 0..=1u64 << bits {
        while at < records.len() && bucket_of(records[at].key, bits) < bucket {
            at += 1;
        }
        out.extend_from_slice(&(at as u32).to_le_bytes());
    }
    out
}

fn fan_bits(records: usize) -> u32 {
    records.max(2).ilog2()
}

fn bucket_of(key: u64, bits: u32) -> u64 {
    key >> (64 - bits)
}

/// A model, opened. Without any data it is still a model: [`Model::for_small_shop`].
#[derive(Clone, Debug)]
pub struct Model {
    bytes: Vec<u8>,
    hash: Id,
    sections: [(usize, usize); SECTIONS],
    shop: Shop,
    weights: Weights,
    products: usize,
    classes: usize,
    fan_bits: u32,
}

impl Model {
    /// Opens a snapshot and [checks](Model::check) that it is as it was written. The bytes are kept, not copied or decoded.
    ///
    /// # Errors
    ///
    /// Bytes that are no model, of another version, or damaged.
    pub fn open(bytes: Vec<u8>) -> Result<Self, ModelError> {
        let model = Self::open_unchecked(bytes)?;
        model.check()?;
        Ok(model)
    }

    /// Opens a snapshot that was checked before.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), but it looks only at the sections and the index of products; damage inside a record shows as
    /// odd numbers, never as a panic.
    pub fn open_unchecked(bytes: Vec<u8>) -> Result<Self, ModelError> {
        let hash = Self::hash_of(&bytes)?;
        let mut sections = [(0, 0); SECTIONS];
        for (at, section) in sections.iter_mut().enumerate() {
            let place = TABLE + at * 8;
            *section = (u32_at(&bytes, place) as usize, u32_at(&bytes, place + 4) as usize);
            if section.0.checked_add(section.1).is_none_or(|end| end > bytes.len()) {
                return Err(ModelError::Damaged("a section lies beyond the end"));
            }
        }
        let part = |section: Section| &bytes[sections[section as usize].0..][..sections[section as usize].1];
        if part(Section::Shop).len() != Shop::WIDTH {
            return Err(ModelError::Damaged("the shop's record has the wrong size"));
        }
        let shop = Shop::read(part(Section::Shop));
        let weights = Weights::decode(part(Section::Weights)).ok_or(ModelError::Damaged("weights are missing"))?;
        let products = count(part(Section::Products))?;
        let classes = count(part(Section::Classes))?;
        let fan_bits = fan_bits(products);
        check_fan(part(Section::ProductFan), products, fan_bits)?;
        Ok(Self { hash, sections, shop, weights, products, classes, fan_bits, bytes })
    }

    /// The model of a shop that has no history yet: default weights, no products, no rhythms but the shop's guess.
    #[must_use]
    pub fn for_small_shop() -> Self {
        let parts = Parts { shop: Shop::without_history(), ..Parts::default() };
        Self::open_unchecked(parts.write()).expect("what was just written can be read")
    }

    /// The hash that the bytes say they have; their first hundred are enough.
    ///
    /// # Errors
    ///
    /// Bytes that do not start like a model, or one of another version.
    pub fn hash_of(bytes: &[u8]) -> Result<Id, ModelError> {
        if !bytes.starts_with(MAGIC) || bytes.len() < HEADER {
            return Err(ModelError::NotAModel);
        }
        let version = u32_at(bytes, MAGIC.len());
        if version != VERSION {
            return Err(ModelError::Version { found: version });
        }
        let hash = bytes[HASH..TABLE].try_into().map_err(|_| ModelError::NotAModel)?;
        Ok(Id(u128::from_le_bytes(hash)))
    }

    /// What names this model: the hash of its contents, made when it was written.
    #[must_use]
    pub fn hash(&self) -> Id {
        self.hash
    }

    /// Whether every byte is as it was written. It reads all of them: once for a new model, not at each start.
    ///
    /// # Errors
    ///
    /// The model is damaged.
    pub fn check(&self) -> Result<(), ModelError> {
        let whole = Id::of(&[&self.bytes[TABLE..]]) == self.hash;
        if whole { Ok(()) } else { Err(ModelError::Damaged("some bytes are not those that were written")) }
    }

    /// The snapshot's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The day before which the model knows everything.
    #[must_use]
    pub fn day(&self) -> Day {
        self.shop.day
    }

    /// What is known of the shop as a whole.
    #[must_use]
    pub fn shop(&self) -> &Shop {
        &self.shop
    }

    /// The weights of the scores.
    #[must_use]
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The accuracy report as JSON, empty where none was made.
    #[must_use]
    pub fn report_json(&self) -> &[u8] {
        self.part(Section::Report)
    }

    /// Number of products.
    #[must_use]
    pub fn len(&self) -> usize {
        self.products
    }

    /// There are no products.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.products == 0
    }

    /// The index of a product, which is its rank by key.
    #[must_use]
    pub fn find(&self, product: ProductKey) -> Option<u32> {
        if self.products == 0 {
            return None;
        }
        let fan = self.part(Section::ProductFan);
        let bucket = bucket_of(product.0, self.fan_bits) as usize;
        let (start, end) = (u32_at(fan, bucket * 4), u32_at(fan, bucket * 4 + 4));
        (start..end).find(|&index| self.key_at(index) == product.0)
    }

    /// The record of the product with `index`; one without history beyond the end.
    #[must_use]
    pub fn product_at(&self, index: u32) -> Record {
        match self.part(Section::Products).get(index as usize * Record::WIDTH..) {
            Some(bytes) if bytes.len() >= Record::WIDTH => Record::read(bytes),
            _ => self.unknown(),
        }
    }

    /// The record of a product; one without history where the model has not seen it.
    ///
    /// A key may also be that of a class in place of a product, as in a ledger made [coarser].
    ///
    /// [coarser]: crate::customer::purchases::Purchases::by_unit
    #[must_use]
    pub fn product(&self, product: ProductKey) -> Record {
        self.find(product).map_or_else(|| self.product_or_class(product), |index| self.product_at(index))
    }

    /// For a key that is not among the products.
    pub(super) fn product_or_class(&self, key: ProductKey) -> Record {
        self.class(CategoryKey(key.0)).unwrap_or_else(|| self.unknown())
    }

    /// The record of a category, type or variant group.
    #[must_use]
    pub fn class(&self, class: CategoryKey) -> Option<Record> {
        let (mut low, mut high) = (0, self.classes);
        while low < high {
            let middle = (low + high) / 2;
            let record = self.class_at(middle as u32)?;
            match record.key.cmp(&class.0) {
                std::cmp::Ordering::Equal => return Some(record),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The record of the class with `index`, which products name.
    #[must_use]
    pub fn class_at(&self, index: u32) -> Option<Record> {
        let start = (index as usize).checked_mul(Record::WIDTH)?;
        self.part(Section::Classes).get(start..start.checked_add(Record::WIDTH)?).map(Record::read)
    }

    /// The id under which the shop knows a product.
    #[must_use]
    pub fn product_id(&self, product: ProductKey) -> Option<&str> {
        self.find(product).map(|index| self.id(&self.product_at(index)))
    }

    /// The id or name of a record.
    #[must_use]
    pub fn id(&self, record: &Record) -> &str {
        let start = record.id_start as usize;
        let bytes = self.part(Section::Texts).get(start..start.saturating_add(record.id_length as usize));
        bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
    }

    /// Products bought by the same customers, closest first.
    pub fn alike(&self, record: &Record) -> impl Iterator<Item = Neighbour> + '_ {
        self.neighbours(record.alike_start as usize, usize::from(record.alike_length))
    }

    /// Products bought in the same orders, most likely first.
    pub fn companions(&self, record: &Record) -> impl Iterator<Item = Neighbour> + '_ {
        let start = record.alike_start as usize + usize::from(record.alike_length);
        self.neighbours(start, usize::from(record.companions_length))
    }

    /// Indexes of products by how much they were bought lately, most first.
    pub fn popular(&self) -> impl Iterator<Item = u32> + '_ {
        self.part(Section::Popular)
            .chunks_exact(4)
            .map(|bytes| u32_at(bytes, 0))
            .filter(|&index| (index as usize) < self.products)
    }

    fn neighbours(&self, start: usize, length: usize) -> impl Iterator<Item = Neighbour> + '_ {
        let pool = self.part(Section::Neighbours);
        let start = start.saturating_mul(NEIGHBOUR_WIDTH).min(pool.len());
        let row = pool[start..].chunks_exact(NEIGHBOUR_WIDTH).take(length);
        row.map(Neighbour::read).filter(|neighbour| (neighbour.index as usize) < self.products)
    }

    fn unknown(&self) -> Record {
        Record {
            category: NONE,
            kind: NONE,
            group: NONE,
            first_seen: self.shop.day,
            last_seen: self.shop.day,
            hazard_day: self.shop.hazard_day as f32,
            hazard_order: self.shop.hazard_order as f32,
            repeat_share: self.shop.repeat_share as f32,
            price: f32::NAN,
            quantity: 1.0,
            ..Record::default()
        }
    }

    fn key_at(&self, index: u32) -> u64 {
        let bytes = self
            .part(Section::Products)
            .get(index as usize * Record::WIDTH..)
            .and_then(|bytes| bytes.first_chunk::<8>());
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    fn part(&self, section: Section) -> &[u8] {
        let (start, length) = self.sections[section as usize];
        &self.bytes[start..start + length]
    }
}

impl Shop {
    /// A guess for a shop without history: rhythms of about three weeks, one product in five bought again.
    pub(super) fn without_history() -> Self {
        Self {
            ln_gap_mean: 3.0,
            hazard_day: 0.006,
            hazard_order: 0.05,
            repeat_share: 0.25,
            order_size: 5.0,
            ..Self::default()
        }
    }
}

fn count(records: &[u8]) -> Result<usize, ModelError> {
    let whole = records.len().is_multiple_of(Record::WIDTH);
    if whole { Ok(records.len() / Record::WIDTH) } else { Err(ModelError::Damaged("a record is cut off")) }
}

fn check_fan(fan: &[u8], products: usize, bits: u32) -> Result<(), ModelError> {
    let starts = || fan.chunks_exact(4).map(|bytes| u32_at(bytes, 0));
    let right = fan.len() == ((1usize << bits) + 1) * 4
        && starts().is_sorted()
        && starts().next_back() == Some(products as u32);
    if right { Ok(()) } else { Err(ModelError::Damaged("the index of products does not fit them")) }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
