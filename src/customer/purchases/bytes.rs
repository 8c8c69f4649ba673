//! The stored form of a ledger: a version, then numbers of variable length, days as differences.
//!
//! A product costs 8 bytes for its key and 2 to 4 for its first line; a further purchase of one unit costs 1 or 2. There is exactly one way
//! to write a ledger, and reading refuses any other, so that equal ledgers are equal bytes.

use std::fmt;

use super::{BASE_DAYS_MAX, BASES_MAX, Base, Kind, LINES_MAX, Line, Purchases, QUANTITY_MAX, Quantity, place};
use crate::codec::number::{read_number, write_number};
use crate::codec::{CodecError, StoredForm};
use crate::model::day::{DAY_MAX, DAY_MIN, Day};
use crate::model::key::ProductKey;

const VERSION: u8 = 1;

/// Why bytes are not a ledger. The place is an offset into the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchasesError {
    /// How far the reader came.
    pub at: usize,
    /// What is wrong there.
    pub problem: &'static str,
}

impl fmt::Display for PurchasesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "purchases ledger cannot be read at byte {}: {}", self.at, self.problem)
    }
}

impl std::error::Error for PurchasesError {}

impl Purchases {
    /// The ledger as bytes: about 4 KB for a median grocery year, 21 KB at the 99th percentile.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16 + self.lines.len() * 4);
        out.push(VERSION);
        write_number(&mut out, self.squashed_before.map_or(0, |day| (day - DAY_MIN) as u64 + 1));
        write_number(&mut out, u64::from(self.base_orders));
        write_number(&mut out, self.bases.len() as u64);
        for base in &self.bases {
            write_base(&mut out, base);
        }
        let products = self.lines.chunk_by(|a, b| a.product == b.product);
        write_number(&mut out, products.clone().count() as u64);
        for lines in products {
            write_product(&mut out, lines);
        }
        out
    }

    /// Reads what [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    ///
    /// Bytes that `encode` cannot have written, with the place. Nothing about the bytes makes it panic or take more memory than
    /// the limits of the [module](super) allow.
    pub fn decode(bytes: &[u8]) -> Result<Self, PurchasesError> {
        let mut input = Input { bytes, at: 0 };
        if input.byte()? != VERSION {
            return Err(input.error("unknown version; it was written by a newer release"));
        }
        let before = input.number()?;
        let squashed_before = if before == 0 { None } else { Some(input.day_after(DAY_MIN, before - 1)?) };
        let base_orders = input.count(BASE_DAYS_MAX as usize)? as u32;
        let mut bases = Vec::new();
        for _ in 0..input.count(BASES_MAX)? {
            bases.push(read_base(&mut input)?);
        }
        let products = input.count(LINES_MAX)?;
        let mut lines = Vec::with_capacity((bytes.len() / 4).min(LINES_MAX));
        for _ in 0..products {
            read_product(&mut input, &mut lines)?;
        }
        if input.at != bytes.len() {
            return Err(input.error("bytes left over"));
        }
        if !bases.is_sorted_by(|a, b| a.product < b.product) {
            return Err(input.error("squashed products out of order"));
        }
        Ok(Self { lines, bases, base_orders, squashed_before })
    }
}

impl StoredForm for Purchases {
    const VERSION: u8 = 1;
    const WHAT: &'static str = "the purchases ledger";

    fn read_body(_version: u8, body: &[u8]) -> Result<Purchases, CodecError> {
        let damaged = CodecError::Damaged { what: Self::WHAT };
        // The ledger's length, then the ledger.
        let ledger: &[u8] = postcard::from_bytes(body).map_err(|_| damaged.clone())?;
        Purchases::decode(ledger).map_err(|_| damaged)
    }

    fn body(&self) -> Vec<u8> {
        let ledger = self.encode();
        let mut body = Vec::with_capacity(ledger.len() + 4);
        write_number(&mut body, ledger.len() as u64);
        body.extend(ledger);
        body
    }
}

fn write_base(out: &mut Vec<u8>, base: &Base) {
    out.extend_from_slice(&base.product.0.to_le_bytes());
    write_number(out, u64::from(base.days));
    write_number(out, (base.first_day - DAY_MIN) as u64);
    write_number(out, (base.last_day - base.first_day) as u64);
    write_number(out, base.quantity.0 as u64);
}

fn read_base(input: &mut Input<'_>) -> Result<Base, PurchasesError> {
    let product = input.key()?;
    let days = input.count(BASE_DAYS_MAX as usize)? as u32;
    if days == 0 {
        return Err(input.error("a squashed product without days"));
    }
    let first = input.number()?;
    let first_day = input.day_after(DAY_MIN, first)?;
    let length = input.number()?;
    let last_day = input.day_after(first_day, length)?;
    let quantity = input.quantity(0)?;
    Ok(Base { product, days, first_day, last_day, quantity })
}

/// One product: key, number of lines, then for each line the days since the line before, with a flag for "not simply one unit bought".
fn write_product(out: &mut Vec<u8>, lines: &[Line]) {
    out.extend_from_slice(&lines[0].product.0.to_le_bytes());
    write_number(out, lines.len() as u64);
    let mut before = DAY_MIN;
    for line in lines {
        let simple = line.kind == Kind::Bought && line.quantity == Quantity::ONE;
        write_number(out, ((line.day - before) as u64) << 1 | u64::from(!simple));
        if !simple {
            write_rest(out, line);
        }
        before = line.day;
    }
}

/// Kind and quantity of a line that is not simply one unit bought: two bits of kind, one for whole units, then the quantity.
fn write_rest(out: &mut Vec<u8>, line: &Line) {
    let kind = match line.kind {
        Kind::Bought => 0,
        Kind::Cancelled => 1,
        Kind::Postponed => 2,
        Kind::Removed => 3,
    };
    let milli = line.quantity.0 as u64;
    let (quantity, whole) = if milli.is_multiple_of(1_000) { (milli / 1_000, 1) } else { (milli, 0) };
    write_number(out, quantity << 3 | whole << 2 | kind);
}

fn read_product(input: &mut Input<'_>, lines: &mut Vec<Line>) -> Result<(), PurchasesError> {
    let product = input.key()?;
    if lines.last().is_some_and(|last| last.product >= product) {
        return Err(input.error("products out of order"));
    }
    let count = input.count(LINES_MAX - lines.len())?;
    if count == 0 {
        return Err(input.error("a product without lines"));
    }
    let first = lines.len();
    let mut before = DAY_MIN;
    for _ in 0..count {
        let number = input.number()?;
        let day = input.day_after(before, number >> 1)?;
        let (kind, quantity) = if number & 1 == 0 { (Kind::Bought, Quantity::ONE) } else { read_rest(input)? };
        let line = Line { product, day, kind, quantity };
        // Days never go back, being differences; on one day the kinds have their order.
        if number >> 1 == 0 && lines.len() > first && lines.last().is_some_and(|last| place(last) >= place(&line)) {
            return Err(input.error("kinds out of order"));
        }
        lines.push(line);
        before = day;
    }
    Ok(())
}

fn read_rest(input: &mut Input<'_>) -> Result<(Kind, Quantity), PurchasesError> {
    let number = input.number()?;
    let kind = match number & 3 {
        0 => Kind::Bought,
        1 => Kind::Cancelled,
        2 => Kind::Postponed,
        _ => Kind::Removed,
    };
    let whole = number >> 2 & 1 == 1;
    let milli = (number >> 3).saturating_mul(if whole { 1_000 } else { 1 });
    let canonical = whole == milli.is_multiple_of(1_000) && !(kind == Kind::Bought && milli == 1_000);
    if milli == 0 || milli > QUANTITY_MAX as u64 || !canonical {
        return Err(input.error("impossible quantity"));
    }
    Ok((kind, Quantity(milli as i64)))
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Input<'_> {
    fn error(&self, problem: &'static str) -> PurchasesError {
        PurchasesError { at: self.at, problem }
    }

    fn byte(&mut self) -> Result<u8, PurchasesError> {
        let byte = *self.bytes.get(self.at).ok_or(self.error("it ends too early"))?;
        self.at += 1;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u64, PurchasesError> {
        let mut rest = &self.bytes[self.at..];
        let number = read_number(&mut rest).ok_or(self.error("no number, or one written too long"))?;
        self.at = self.bytes.len() - rest.len();
        Ok(number)
    }

    fn count(&mut self, max: usize) -> Result<usize, PurchasesError> {
        let count = self.number()?;
        usize::try_from(count).ok().filter(|&count| count <= max).ok_or(self.error("more entries than a ledger holds"))
    }

    fn key(&mut self) -> Result<ProductKey, PurchasesError> {
        let bytes = self.bytes.get(self.at..self.at + 8).ok_or(self.error("it ends too early"))?;
        self.at += 8;
        Ok(ProductKey(u64::from_le_bytes(bytes.try_into().expect("eight bytes were taken"))))
    }

    fn day_after(&self, before: Day, days: u64) -> Result<Day, PurchasesError> {
        let day = i64::try_from(days).ok().and_then(|days| days.checked_add(i64::from(before)));
        day.filter(|&day| day <= i64::from(DAY_MAX)).map(|day| day as Day).ok_or(self.error("a day out of range"))
    }

    fn quantity(&mut self, min: u64) -> Result<Quantity, PurchasesError> {
        let milli = self.number()?;
        if !(min..=QUANTITY_MAX as u64).contains(&milli) {
            return Err(self.error("impossible quantity"));
        }
        Ok(Quantity(milli as i64))
    }
}
