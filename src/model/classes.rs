//! Categories, types and variant groups: their own rhythms, and what they say of products with little history.

use std::collections::BTreeMap;

use super::dataset::{Dataset, Purchase};
use super::day::Day;
use super::key::{CategoryKey, ProductKey};
use super::products_csv::ProductRow;
use super::record::{NONE, Record};
use super::tables::{self, SHIFT_PRIOR};

/// What the shop said of its products.
#[derive(Clone, Debug, Default)]
pub struct Classes {
    /// Names by key.
    names: BTreeMap<u64, String>,
    /// Category, type and variant group of a product; nothing said is 0.
    of: BTreeMap<u64, [u64; 3]>,
}

impl Classes {
    /// Takes one product.
    pub fn add(&mut self, row: &ProductRow<'_>) {
        let classes = [row.category, row.kind, row.group].map(|name| self.named(name));
        self.of.insert(ProductKey::of("", row.product_id).0, classes);
    }

    fn named(&mut self, name: &str) -> u64 {
        if name.is_empty() {
            return 0;
        }
        let key = CategoryKey::of("", name).0;
        self.names.entry(key).or_insert_with(|| name.to_string());
        key
    }

    /// The records of all classes, sorted by key, and their names.
    pub(super) fn records(&self, data: &Dataset, day: Day) -> (Vec<Record>, Vec<String>) {
        let mut records: Vec<Record> = self
            .names
            .keys()
            .map(|&key| Record { key, category: NONE, kind: NONE, group: NONE, ..Record::default() })
            .collect();
        for level in 0..3 {
            for record in self.level(data, day, level) {
                // A name used on two levels keeps the record with more behind it.
                if let Ok(at) = records.binary_search_by_key(&record.key, |record| record.key)
                    && records[at].buys < record.buys
                {
                    records[at] = record;
                }
            }
        }
        (records, self.names.values().cloned().collect())
    }

    /// The records of one level: every purchase is one of its product's class, two of a class on one day are one.
    fn level(&self, data: &Dataset, day: Day, level: usize) -> Vec<Record> {
        let class = |product: u32| self.of.get(&data.products[product as usize].0).map_or(0, |classes| classes[level]);
        let mut keys: Vec<u64> = (0..data.products.len() as u32).map(class).filter(|&key| key != 0).collect();
        keys.sort_unstable();
        keys.dedup();
        let rank: Vec<Option<u32>> = (0..data.products.len() as u32)
            .map(|product| keys.binary_search(&class(product)).ok().map(|at| at as u32))
            .collect();
        let purchases: Vec<Purchase> = data
            .purchases
            .iter()
            .filter_map(|purchase| Some(Purchase { product: rank[purchase.product as usize]?, ..*purchase }))
            .collect();
        let products = keys.into_iter().map(|key| (key, String::new())).collect();
        tables::records(&Dataset::new(products, data.customers(), purchases), day).1
    }

    /// Writes into each product's record where its classes are, and lets its type (else category) speak where its own gaps are few.
    pub(super) fn describe(&self, products: &mut [Record], classes: &[Record]) {
        let index = |key: u64| classes.binary_search_by_key(&key, |record| record.key).map_or(NONE, |at| at as u32);
        let mut sums: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
        for record in products.iter_mut() {
            let Some(of) = self.of.get(&record.key) else { continue };
            [record.category, record.kind, record.group] = of.map(index);
            let (gaps, sum) = (f64::from(record.gaps), sums.entry(speaker(record)).or_default());
            (sum.0, sum.1) = (sum.0 + gaps * f64::from(record.gap_shift), sum.1 + gaps);
        }
        for record in products.iter_mut().filter(|record| speaker(record) != NONE) {
            let (sum, gaps) = sums[&speaker(record)];
            // The shift was pulled to nothing by so many imaginary gaps; now they have the length of the class's.
            let class_shift = sum / (gaps + SHIFT_PRIOR);
            record.gap_shift += (class_shift * SHIFT_PRIOR / (f64::from(record.gaps) + SHIFT_PRIOR)) as f32;
        }
    }
}

/// The class that speaks for a product.
fn speaker(record: &Record) -> u32 {
    if record.kind == NONE { record.category } else { record.kind }
}
