//! All purchases of a shop in memory, compact, while a model is built.
//!
//! One purchase takes 20 bytes. At most [`PURCHASES_MAX`] are kept; beyond it half of the customers, chosen by the hash of their id, are
//! left out, as often as needed: a model of a sample of customers is nearly as good, and a model of a sample of *purchases* would not be.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::day::Day;
use super::history::Known;
use super::key::ProductKey;
use super::orders_csv::OrderRow;
use crate::customer::purchases::{Kind, Line, Quantity};

/// Purchases kept in memory: 20 million lines, 400 MB.
pub const PURCHASES_MAX: usize = 20_000_000;

/// Keys that are hashes already need no hashing. Nothing depends on the order of such a map.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("only 64-bit keys are used")
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

pub(crate) type KeyMap<T> = HashMap<u64, T, BuildHasherDefault<AsItIs>>;

/// One purchase: a product of a customer on a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Purchase {
    /// Index of the customer.
    pub customer: u32,
    /// Index of the product; in a finished data set its rank by key.
    pub product: u32,
    /// The day.
    pub day: Day,
    /// Units.
    pub quantity: f32,
    /// Price of one unit, not a number where unknown.
    pub price: f32,
}

/// Gathers rows.
#[derive(Default)]
pub struct Gatherer {
    pub(super) customers: KeyMap<u32>,
    pub(super) products: KeyMap<u32>,
    pub(super) product_keys: Vec<(u64, String)>,
    pub(super) purchases: Vec<Purchase>,
    pub(super) sample_bits: u32,
    /// What a history that was read first already holds.
    pub(super) known: Option<Known>,
    /// Rows that were in that history already.
    pub known_rows: u64,
    /// Rows with a quantity below zero; they say nothing about which purchase they undo and are not used.
    pub returned: u64,
    /// Rows of customers who are not in the sample.
    pub left_out: u64,
}

impl Gatherer {
    /// Adds a row.
    pub fn add(&mut self, row: &OrderRow<'_>) {
        if self.known.as_ref().is_some_and(|known| row.day < known.last_day) {
            self.known_rows += 1;
            return;
        }
        if row.quantity < 0.0 {
            self.returned += 1;
            return;
        }
        let customer = customer_hash(row.customer_id);
        if !sampled(customer, self.sample_bits) {
            self.left_out += 1;
            return;
        }
        let product = self.product(row.product_id);
        let next = self.customers.len() as u32;
        let customer = *self.customers.entry(customer).or_insert(next);
        let known = |known: &Known| row.day == known.last_day && known.on_last_day.contains(&(customer, product));
        if self.known.as_ref().is_some_and(known) {
            self.known_rows += 1;
            return;
        }
        let price = row.unit_price.map_or(f32::NAN, |price| price as f32);
        self.purchases.push(Purchase { customer, product, day: row.day, quantity: row.quantity as f32, price });
        if self.purchases.len() > PURCHASES_MAX {
            self.halve();
        }
    }

    /// Purchases gathered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.purchases.len()
    }

    /// The number of a product; one that is only in the catalogue gets its record too.
    pub fn product(&mut self, id: &str) -> u32 {
        let key = ProductKey::of("", id).0;
        let next = self.products.len() as u32;
        let product = *self.products.entry(key).or_insert(next);
        if product == next {
            self.product_keys.push((key, id.to_string()));
        }
        product
    }

    fn halve(&mut self) {
        self.sample_bits += 1;
        let mut kept = vec![false; self.customers.len()];
        for (&hash, &customer) in &self.customers {
            kept[customer as usize] = sampled(hash, self.sample_bits);
        }
        let before = self.purchases.len();
        self.purchases.retain(|purchase| kept[purchase.customer as usize]);
        self.left_out += (before - self.purchases.len()) as u64;
    }

    /// Nothing was gathered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.purchases.is_empty()
    }

    /// Sorts what was gathered.
    #[must_use]
    pub fn finish(self) -> Dataset {
        let mut order: Vec<u32> = (0..self.product_keys.len() as u32).collect();
        order.sort_unstable_by_key(|&at| self.product_keys[at as usize].0);
        let mut rank = vec![0u32; order.len()];
        order.iter().enumerate().for_each(|(at, &old)| rank[old as usize] = at as u32);
        // Customers are numbered by their hash, so that the order of the rows in the file makes no difference.
        let mut hashes: Vec<(u64, u32)> = self.customers.iter().map(|(&hash, &at)| (hash, at)).collect();
        hashes.sort_unstable();
        let mut customer_rank = vec![0u32; hashes.len()];
        hashes.iter().enumerate().for_each(|(at, &(_, old))| customer_rank[old as usize] = at as u32);
        let mut purchases = self.purchases;
        for purchase in &mut purchases {
            purchase.product = rank[purchase.product as usize];
            purchase.customer = customer_rank[purchase.customer as usize];
        }
        let mut ids = self.product_keys;
        ids.sort_unstable_by_key(|id| id.0);
        Dataset::new(ids, hashes.len(), purchases)
    }
}

pub(crate) fn customer_hash(id: &str) -> u64 {
    xxh3_64_with_seed(id.as_bytes(), 1)
}

fn sampled(customer: u64, bits: u32) -> bool {
    bits == 0 || customer >> (64 - bits) == 0
}

/// All purchases of a shop, by customer, product and day; several on one day are one.
#[derive(Clone, Debug, Default)]
pub struct Dataset {
    /// Keys and ids of products, sorted by key.
    pub products: Vec<(u64, String)>,
    /// Where each customer's purchases start; one more than there are customers.
    pub starts: Vec<u32>,
    /// Sorted by customer, product, day.
    pub purchases: Vec<Purchase>,
}

impl Dataset {
    pub(super) fn new(products: Vec<(u64, String)>, customers: usize, mut purchases: Vec<Purchase>) -> Self {
        // Quantity and price take part so that the sums below do not depend on the order of the rows.
        purchases.sort_unstable_by(|a, b| {
            (a.customer, a.product, a.day)
                .cmp(&(b.customer, b.product, b.day))
                .then(a.quantity.total_cmp(&b.quantity))
                .then(a.price.total_cmp(&b.price))
        });
        purchases.dedup_by(|next, kept| {
            let same = (next.customer, next.product, next.day) == (kept.customer, kept.product, kept.day);
            if same {
                kept.quantity += next.quantity;
            }
            same
        });
        let mut starts = vec![0u32; customers + 1];
        purchases.iter().for_each(|purchase| starts[purchase.customer as usize + 1] += 1);
        for customer in 0..customers {
            starts[customer + 1] += starts[customer];
        }
        Self { products, starts, purchases }
    }

    /// Number of customers.
    #[must_use]
    pub fn customers(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The purchases of a customer, by product and day.
    #[must_use]
    pub fn of(&self, customer: usize) -> &[Purchase] {
        &self.purchases[self.starts[customer] as usize..self.starts[customer + 1] as usize]
    }

    /// The purchases of a customer before `day` as lines of a ledger, into `lines`.
    pub fn lines_before(&self, customer: usize, day: Day, lines: &mut Vec<Line>) {
        lines.clear();
        lines
            .extend(self.of(customer).iter().filter(|purchase| purchase.day < day).map(|purchase| self.line(purchase)));
    }

    /// A purchase as a line of a ledger.
    #[must_use]
    pub fn line(&self, purchase: &Purchase) -> Line {
        let quantity = Quantity::from_f64(f64::from(purchase.quantity)).unwrap_or(Quantity::ONE);
        Line {
            product: ProductKey(self.products[purchase.product as usize].0),
            day: purchase.day,
            kind: Kind::Bought,
            quantity,
        }
    }

    /// Only the purchases that `keep` says yes to; products and customers keep their numbers.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&Purchase) -> bool) -> Self {
        let mut kept = Self { products: self.products.clone(), starts: vec![0], purchases: Vec::new() };
        for customer in 0..self.customers() {
            kept.purchases.extend(self.of(customer).iter().filter(|purchase| keep(purchase)));
            kept.starts.push(kept.purchases.len() as u32);
        }
        kept
    }

    /// First and last day with a purchase.
    #[must_use]
    pub fn span(&self) -> Option<(Day, Day)> {
        let days = || self.purchases.iter().map(|purchase| purchase.day);
        Some((days().min()?, days().max()?))
    }
}
