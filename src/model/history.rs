//! The purchases a model was learned from, kept in a file, so that the next run needs only the orders that came since.
//!
//! The file starts with eight bytes that name format and version. Frames follow: length of the content (u32), its 64-bit xxh3, the content;
//! numbers are little-endian. The first frame holds sample bits (u32), the numbers of products, customers and purchases (u32, u32, u64), the ids of
//! products (length u16, UTF-8) and the hashes of customers' ids (u64 each); the others up to [`FRAME_PURCHASES`] purchases of 20 bytes: customer, product,
//! day, quantity, price. Customers' ids themselves are not in it.

use std::collections::BTreeSet;
use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

use super::dataset::{Gatherer, Purchase};
use super::day::Day;
use super::key::ProductKey;

const MAGIC: &[u8; 8] = b"CBHIST\x001";
const PURCHASE_BYTES: usize = 20;
const FRAME_HEAD_BYTES: usize = 12;

/// Purchases in one frame.
const FRAME_PURCHASES: usize = 1 << 16;

/// The longest frame that is read: more than ten million customers and products of 60 bytes each.
const FRAME_BYTES_MAX: usize = 1 << 30;

/// Why a file is not a history that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryError {
    /// It begins with something else.
    NotAHistory,
    /// A frame is not what was written; how many were read before it.
    Damaged {
        /// Frames that were whole.
        frames: usize,
    },
    /// It ends before all its purchases.
    Incomplete,
    /// Orders were read before it.
    NotFirst,
    /// It holds purchases on this day or later, and the model is to be built from what lies before.
    Later {
        /// The day that is to be seen no more, counted from 1970.
        day: Day,
    },
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remedy = "delete it and build from all orders again";
        match self {
            Self::NotAHistory => write!(f, "this is not a history written by this version of Comeback; {remedy}"),
            Self::Damaged { frames } => write!(f, "the history is damaged after its frame {frames}; {remedy}"),
            Self::Incomplete => write!(f, "the history ends too early; {remedy}"),
            Self::NotFirst => write!(f, "a history has to be read before any orders"),
            Self::Later { day } => {
                let day = super::day::to_text(*day);
                write!(f, "the history holds purchases of {day} or later; build from all orders to look further back")
            }
        }
    }
}

impl std::error::Error for HistoryError {}

/// The piece with number `at` of what `gatherer` holds; nothing after the last.
#[must_use]
pub fn piece(gatherer: &Gatherer, at: usize) -> Option<Vec<u8>> {
    if at == 0 {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(frame(&head(gatherer)));
        return Some(bytes);
    }
    let purchases = gatherer.purchases.chunks(FRAME_PURCHASES).nth(at - 1)?;
    let mut content = Vec::with_capacity(purchases.len() * PURCHASE_BYTES);
    for purchase in purchases {
        content.extend(purchase.customer.to_le_bytes());
        content.extend(purchase.product.to_le_bytes());
        content.extend(purchase.day.to_le_bytes());
        content.extend(purchase.quantity.to_le_bytes());
        content.extend(purchase.price.to_le_bytes());
    }
    Some(frame(&content))
}

fn frame(content: &[u8]) -> Vec<u8> {
    let mut frame = (content.len() as u32).to_le_bytes().to_vec();
    frame.extend(xxh3_64(content).to_le_bytes());
    frame.extend(content);
    frame
}

fn head(gatherer: &Gatherer) -> Vec<u8> {
    let mut customers = vec![0; gatherer.customers.len()];
    gatherer.customers.iter().for_each(|(&hash, &at)| customers[at as usize] = hash);
    let mut content = gatherer.sample_bits.to_le_bytes().to_vec();
    content.extend((gatherer.product_keys.len() as u32).to_le_bytes());
    content.extend((customers.len() as u32).to_le_bytes());
    content.extend((gatherer.purchases.len() as u64).to_le_bytes());
    for (_, id) in &gatherer.product_keys {
        content.extend((id.len() as u16).to_le_bytes());
        content.extend(id.as_bytes());
    }
    customers.iter().for_each(|hash: &u64| content.extend(hash.to_le_bytes()));
    content
}

/// What a history says about rows read after it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The last day with a purchase: earlier days are whole.
    pub last_day: Day,
    /// Customer and product of the purchases on that day, which may not be whole.
    pub on_last_day: BTreeSet<(u32, u32)>,
}

/// Reads a history into a gatherer, in pieces of any length.
#[derive(Debug, Default)]
pub struct HistoryReader {
    pending: Vec<u8>,
    frames: usize,
    started: bool,
    purchases: u64,
}

impl HistoryReader {
    /// Takes the next piece.
    ///
    /// # Errors
    ///
    /// It is not a history, or damaged, or the gatherer is not empty.
    pub fn push(&mut self, bytes: &[u8], gatherer: &mut Gatherer) -> Result<(), HistoryError> {
        self.pending.extend_from_slice(bytes);
        let mut at = 0;
        if !self.started {
            if self.pending.len() < MAGIC.len() {
                return Ok(());
            }
            if !self.pending.starts_with(MAGIC) {
                return Err(HistoryError::NotAHistory);
            }
            if !gatherer.is_empty() {
                return Err(HistoryError::NotFirst);
            }
            (self.started, at) = (true, MAGIC.len());
        }
        while let Some((length, sum)) = frame_head(&self.pending[at..]) {
            let damaged = HistoryError::Damaged { frames: self.frames };
            if length > FRAME_BYTES_MAX {
                return Err(damaged);
            }
            let content = at + FRAME_HEAD_BYTES;
            let Some(content) = self.pending.get(content..content + length) else { break };
            let read = match self.frames {
                _ if xxh3_64(content) != sum => None,
                0 => read_head(content, gatherer).map(|purchases| self.purchases = purchases),
                _ => read_purchases(content, gatherer),
            };
            read.ok_or(damaged)?;
            self.frames += 1;
            at += FRAME_HEAD_BYTES + length;
        }
        self.pending.drain(..at);
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// It is not whole.
    pub fn finish(self, gatherer: &mut Gatherer) -> Result<(), HistoryError> {
        if !self.started {
            return Err(HistoryError::NotAHistory);
        }
        if self.frames == 0 || !self.pending.is_empty() || self.purchases != gatherer.len() as u64 {
            return Err(HistoryError::Incomplete);
        }
        let last_day = gatherer.purchases.iter().map(|purchase| purchase.day).max();
        gatherer.known = last_day.map(|last_day| {
            let latest = gatherer.purchases.iter().filter(|purchase| purchase.day == last_day);
            Known { last_day, on_last_day: latest.map(|purchase| (purchase.customer, purchase.product)).collect() }
        });
        Ok(())
    }
}

fn frame_head(bytes: &[u8]) -> Option<(usize, u64)> {
    let mut bytes = Bytes(bytes);
    Some((bytes.u32()? as usize, bytes.u64()?))
}

/// Reads products and customers; returns how many purchases are to follow.
fn read_head(content: &[u8], gatherer: &mut Gatherer) -> Option<u64> {
    let mut content = Bytes(content);
    gatherer.sample_bits = content.u32().filter(|bits| *bits < 64)?;
    let (products, customers, purchases) = (content.u32()?, content.u32()?, content.u64()?);
    for at in 0..products {
        let length = content.u16()?;
        let id = String::from_utf8(content.take(usize::from(length))?.to_vec()).ok()?;
        let key = ProductKey::of("", &id).0;
        gatherer.products.insert(key, at);
        gatherer.product_keys.push((key, id));
    }
    for at in 0..customers {
        gatherer.customers.insert(content.u64()?, at);
    }
    content.0.is_empty().then_some(purchases)
}

fn read_purchases(content: &[u8], gatherer: &mut Gatherer) -> Option<()> {
    let mut content = Bytes(content);
    while !content.0.is_empty() {
        let (customer, product) = (content.u32()?, content.u32()?);
        let (day, quantity, price) = (content.u32()? as Day, content.u32()?, content.u32()?);
        if customer as usize >= gatherer.customers.len() || product as usize >= gatherer.product_keys.len() {
            return None;
        }
        let (quantity, price) = (f32::from_bits(quantity), f32::from_bits(price));
        gatherer.purchases.push(Purchase { customer, product, day, quantity, price });
    }
    Some(())
}

/// Bytes not yet read.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::{BuildOptions, ModelBuilder};
    use proptest::prelude::*;

    const HEADER: &str = "customer_id,product_id,ordered_at,quantity,unit_price\n";

    /// A row of a customer and a product on a day, now and then without a price.
    fn row((day, customer, product): &(u32, u32, u32)) -> String {
        let price = if product % 5 == 0 { String::new() } else { format!("{product}.5") };
        format!("c{customer},p{product},{},1,{price}\n", crate::model::day::to_text(17_000 + *day as i32))
    }

    fn file(rows: &[(u32, u32, u32)]) -> String {
        std::iter::once(HEADER.to_owned()).chain(rows.iter().map(row)).collect()
    }

    fn pieces(builder: &ModelBuilder) -> Vec<u8> {
        (0..).map_while(|at| builder.history_piece(at)).flatten().collect()
    }

    fn builder_of(history: &[u8], step: usize, orders: &str) -> ModelBuilder {
        let mut builder = ModelBuilder::new(BuildOptions::default());
        history.chunks(step).for_each(|piece| builder.push_history(piece).unwrap());
        builder.end_history().unwrap();
        builder.push_orders(orders.as_bytes()).unwrap();
        builder.end_orders().unwrap();
        builder
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        /// A history and the orders since, overlapping or not, make the model that all orders make; and the history written then is
        /// as good as one of all orders.
        #[test]
        fn a_history_and_what_came_since_are_all_orders(
            rows in prop::collection::btree_set((0u32..60, 0u32..6, 0u32..8), 1..200),
            cut in 0usize..200,
            overlap in 0usize..60,
            step in 1usize..5_000,
        ) {
            let rows: Vec<_> = rows.into_iter().collect();
            let cut = cut % rows.len() + 1;
            let mut whole = ModelBuilder::new(BuildOptions::default());
            whole.push_orders(file(&rows).as_bytes()).unwrap();
            whole.end_orders().unwrap();
            let mut first = ModelBuilder::new(BuildOptions::default());
            first.push_orders(file(&rows[..cut]).as_bytes()).unwrap();
            first.end_orders().unwrap();
            // The new file may reach back into what is known, and always holds what is not.
            let since = file(&rows[cut.saturating_sub(overlap)..]);
            let second = builder_of(&pieces(&first), step, &since);
            prop_assert_eq!(second.gathered(), whole.gathered());
            let third = builder_of(&pieces(&second), 1 << 20, HEADER);
            let model = whole.finish().unwrap().0;
            prop_assert!(second.finish().unwrap().0 == model && third.finish().unwrap().0 == model);
        }
    }

    fn error_of(history: &[u8]) -> Option<HistoryError> {
        let mut builder = ModelBuilder::new(BuildOptions::default());
        builder.push_history(history).and_then(|()| builder.end_history()).err()
    }

    #[test]
    fn a_history_cut_short_or_changed_anywhere_is_refused() {
        let mut builder = ModelBuilder::new(BuildOptions::default());
        builder.push_orders(file(&[(1, 1, 1), (2, 1, 2), (3, 2, 1)]).as_bytes()).unwrap();
        builder.end_orders().unwrap();
        let history = pieces(&builder);
        assert_eq!(error_of(&history), None);
        for at in 0..history.len() {
            assert!(error_of(&history[..at]).is_some(), "cut at {at}");
            let mut changed = history.clone();
            changed[at] ^= 0x40;
            assert!(error_of(&changed).is_some(), "changed at {at}");
        }
        assert_eq!(error_of(HEADER.as_bytes()), Some(HistoryError::NotAHistory));
    }

    #[test]
    fn a_history_comes_first_and_is_not_looked_at_from_before_its_end() {
        let mut builder = ModelBuilder::new(BuildOptions::default());
        builder.push_orders(file(&[(10, 1, 1)]).as_bytes()).unwrap();
        builder.end_orders().unwrap();
        let history = pieces(&builder);
        assert_eq!(builder.push_history(&history), Err(HistoryError::NotFirst));
        let until_s = Some(i64::from(17_010) * 86_400);
        let mut early = ModelBuilder::new(BuildOptions { until_s, ..BuildOptions::default() });
        early.push_history(&history).unwrap();
        assert_eq!(early.end_history(), Err(HistoryError::Later { day: 17_010 }));
    }
}
