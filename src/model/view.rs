//! A customer seen through the model: the folded ledger, each product with its record, and what is the customer's own over all products.
//!
//! Made once per customer and question; rhythm, weekly chance and next order all read it.

use super::record::Record;
use super::snapshot::Model;
use super::tables::SHIFT_PRIOR;
use crate::customer::purchases::{History, PairCounters};

/// A customer's history beside the records of the products in it.
#[derive(Clone, Debug)]
pub struct View<'m> {
    /// The model it was made with.
    pub model: &'m Model,
    /// The folded ledger.
    pub history: History,
    /// For each pair of the history, the index of its product in the model, if it is there, and its record.
    pub records: Vec<(Option<u32>, Record)>,
    /// How much longer this customer's gaps are than the products', in logarithms, shrunk.
    pub gap_shift: f64,
}

/// One product of a customer with its record.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'v> {
    /// The customer's counters.
    pub pair: &'v PairCounters,
    /// The product's record.
    pub record: &'v Record,
}

impl<'m> View<'m> {
    /// Looks up every product of the history.
    #[must_use]
    pub fn new(model: &'m Model, history: History) -> Self {
        let find = |pair: &PairCounters| {
            let index = model.find(pair.product);
            (index, index.map_or_else(|| model.product_or_class(pair.product), |index| model.product_at(index)))
        };
        let records: Vec<(Option<u32>, Record)> = history.pairs.iter().map(find).collect();
        let (mut sum, mut gaps) = (0.0, 0.0);
        for (pair, (_, record)) in history.pairs.iter().zip(&records) {
            let n = f64::from(pair.gaps);
            sum += pair.ln_gap_sum - n * (model.shop().ln_gap_mean + f64::from(record.gap_shift));
            gaps += n;
        }
        Self { model, history, records, gap_shift: sum / (gaps + SHIFT_PRIOR) }
    }

    /// The customer's products with their records, in the order of the history.
    pub fn seen(&self) -> impl Iterator<Item = Seen<'_>> + '_ {
        self.history.pairs.iter().zip(&self.records).map(|(pair, (_, record))| Seen { pair, record })
    }

    /// One product of the customer.
    #[must_use]
    pub fn seen_at(&self, at: usize) -> Seen<'_> {
        Seen { pair: &self.history.pairs[at], record: &self.records[at].1 }
    }

    /// What the shop, the product and the customer together say of the logarithm of a gap, before the pair's own gaps.
    #[must_use]
    pub fn ln_gap_prior(&self, record: &Record) -> f64 {
        self.model.shop().ln_gap_mean + f64::from(record.gap_shift) + self.gap_shift
    }

    /// The logarithm of the usual gap of a product for this customer: own gaps shrunk towards the prior by `weight` imaginary ones.
    #[must_use]
    pub fn ln_gap(&self, seen: Seen<'_>, weight: f64) -> f64 {
        (seen.pair.ln_gap_sum + weight * self.ln_gap_prior(seen.record)) / (f64::from(seen.pair.gaps) + weight)
    }
}
