//! Orders from a file, gathered into whole orders per customer.
//!
//! An order is whole or absent: rows of one order may stand anywhere in the file, and a customer is
//! only given out when the file has ended. Bad rows are reported and never fatal. What is given out
//! are facts: nothing is triggered by them, and they never grant consent.
//!
//! Rows stay in here as numbers; JavaScript sees one batch of bytes for each customer.

use crate::engine::Input;
use crate::event::{Event, EventData, EventKind, OrderData, OrderLineData, Refusal};
use crate::model::orders_csv::{Columns, CsvError, OrderRow, OrdersReader, ReadReport};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// First byte of a batch; JSON begins with `{`.
const BATCH_VERSION: u8 = 1;
/// Rows of one file; more must be split into files.
pub const ROWS_MAX: usize = 20_000_000;

#[derive(Serialize, Deserialize)]
struct Batch {
    source: String,
    customer: String,
    store: String,
    orders: Vec<BatchOrder>,
}

#[derive(Serialize, Deserialize)]
struct BatchOrder {
    id: String,
    at_s: i64,
    total: i64,
    lines: Vec<(String, u32, i64)>,
}

/// Texts as numbers, in the order of their first appearance.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    // Only looked up, never iterated, so its order can not matter.
    index: HashMap<String, u32>,
}

impl Names {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.index.get(text) {
            return known;
        }
        let number = self.list.len() as u32;
        self.list.push(text.to_owned());
        self.index.insert(text.to_owned(), number);
        number
    }
}

#[derive(Clone, Copy)]
struct Row {
    customer: u32,
    order: u32,
    product: u32,
    quantity: u32,
    at_s: i64,
    price: i64,
}

/// Reads a file of order lines and gives out one batch for each customer.
pub struct Importer {
    reader: Option<OrdersReader>,
    rows: Rows,
    source: String,
    given: usize,
}

#[derive(Default)]
struct Rows {
    customers: Names,
    orders: Names,
    products: Names,
    list: Vec<Row>,
    skipped_returns: u64,
    unnamed: u64,
}

impl Importer {
    /// An importer for a file; `source` names it in the journal.
    pub fn new(source: &str, columns: Columns) -> Importer {
        Importer {
            reader: Some(OrdersReader::new(columns)),
            rows: Rows::default(),
            source: source.to_owned(),
            given: 0,
        }
    }

    /// Takes the next piece of the file.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), CsvError> {
        let Some(reader) = &mut self.reader else { return Ok(()) };
        reader.push(bytes, &mut |row| self.rows.add(&row))
    }

    /// Ends the file. Afterwards batches can be taken.
    pub fn finish(&mut self) -> Result<ReadReport, CsvError> {
        let Some(reader) = self.reader.take() else { return Ok(ReadReport::default()) };
        let report = reader.finish(&mut |row| self.rows.add(&row))?;
        self.rows.list.sort_by_key(|row| (row.customer, row.at_s, row.order));
        Ok(report)
    }

    /// Rows read so far.
    pub fn rows(&self) -> usize {
        self.rows.list.len()
    }

    /// Customers found.
    pub fn customers(&self) -> usize {
        self.rows.customers.list.len()
    }

    /// Rows that took something back (a quantity of zero or less) and were left out; their orders stand as bought.
    pub fn returns_left_out(&self) -> u64 {
        self.rows.skipped_returns
    }

    /// The next customer's key and batch, in the order of their first row; nothing after the last.
    /// The order is the same in every run over the same file, so `skip` resumes after a break.
    pub fn take(&mut self) -> Option<(String, Vec<u8>)> {
        let first = *self.rows.list.get(self.given)?;
        let end = self.given + self.rows.list[self.given..].partition_point(|row| row.customer == first.customer);
        let orders = self.rows.whole_orders(&self.rows.list[self.given..end]);
        self.given = end;
        let customer = self.rows.customers.list[first.customer as usize].clone();
        let batch = Batch { source: self.source.clone(), customer: customer.clone(), store: "main".to_owned(), orders };
        let mut bytes = vec![BATCH_VERSION];
        // Plain structs into memory: there is no failing case.
        bytes.extend(postcard::to_allocvec(&batch).unwrap_or_default());
        Some((customer, bytes))
    }
}

impl Rows {
    fn add(&mut self, row: &OrderRow<'_>) {
        if row.quantity <= 0.0 {
            self.skipped_returns += 1;
            return;
        }
        if self.list.len() >= ROWS_MAX {
            return;
        }
        let order_name = if row.order_id.is_empty() {
            self.unnamed += 1;
            format!("{}-{}", row.customer_id, row.at_s)
        } else {
            row.order_id.to_owned()
        };
        let quantity = libm::round(row.quantity).clamp(1.0, 1_000_000.0) as u32;
        let line = minor(row.line_total_text).map(|total| total / i64::from(quantity));
        self.list.push(Row {
            customer: self.customers.number(row.customer_id),
            order: self.orders.number(&order_name),
            product: self.products.number(row.product_id),
            quantity,
            at_s: row.at_s,
            price: minor(row.unit_price_text).or(line).unwrap_or(0),
        });
    }

    /// One customer's rows as orders; an order's instant is that of its first row.
    fn whole_orders(&self, rows: &[Row]) -> Vec<BatchOrder> {
        let mut orders: BTreeMap<u32, BatchOrder> = BTreeMap::new();
        for row in rows {
            let order = orders.entry(row.order).or_insert_with(|| BatchOrder {
                id: self.orders.list[row.order as usize].clone(),
                at_s: row.at_s,
                total: 0,
                lines: Vec::new(),
            });
            order.at_s = order.at_s.min(row.at_s);
            order.total = order.total.saturating_add(row.price.saturating_mul(i64::from(row.quantity)));
            order.lines.push((self.products.list[row.product as usize].clone(), row.quantity, row.price));
        }
        let mut list: Vec<BatchOrder> = orders.into_values().collect();
        list.sort_by(|a, b| (a.at_s, &a.id).cmp(&(b.at_s, &b.id)));
        list
    }
}

/// Hundredths from decimal text, exactly: `2.55` is 255. Digits after the second are cut.
fn minor(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    if whole.is_empty() && part.is_empty() || !part.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let cents: i64 = format!("{part:0<2}")[..2].parse().ok()?;
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let value = whole.checked_mul(100)?.checked_add(cents)?;
    Some(if negative { -value } else { value })
}

/// Turns a batch into history for a step. The orders count: that is what a history is.
pub fn batch_input(bytes: &[u8], now: Instant) -> Result<Input, Refusal> {
    let refuse = |message: &str| Refusal { code: "bad_input", path: String::new(), message: message.to_owned() };
    let (&version, body) = bytes.split_first().ok_or_else(|| refuse("an input must not be empty"))?;
    if version != BATCH_VERSION {
        return Err(refuse("this batch was made by another release; import the file again"));
    }
    let batch: Batch =
        postcard::from_bytes(body).map_err(|_| refuse("this batch is damaged; import the file again"))?;
    let (source, customer, store) = (batch.source, batch.customer, batch.store);
    let event = |order: BatchOrder| {
        let at = Instant(order.at_s.saturating_mul(1000)).min(now);
        let lines = order.lines.into_iter().enumerate().map(|(index, (product, quantity, price))| OrderLineData {
            id: index.to_string(),
            product,
            quantity,
            price,
            status: None,
            attributes: BTreeMap::new(),
        });
        let data = OrderData {
            id: order.id,
            number: None,
            revision: 0,
            status: String::new(),
            placed_at: at,
            currency: String::new(),
            total: order.total,
            goods_total: None,
            paid: true,
            cart: None,
            coupon: None,
            lines: lines.collect(),
        };
        Event {
            id: data.id.clone(),
            source: source.clone(),
            kind: EventKind::OrderPlaced,
            at,
            customer: customer.clone(),
            store: store.clone(),
            data: EventData::Order(Box::new(data)),
            raw: Value::Null,
        }
    };
    Ok(Input::History(batch.orders.into_iter().map(event).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(text: &str) -> Vec<(String, Batch)> {
        let mut importer = Importer::new("test", Columns::default());
        importer.push(text.as_bytes()).unwrap();
        importer.finish().unwrap();
        std::iter::from_fn(|| importer.take())
            .map(|(key, bytes)| (key, postcard::from_bytes(&bytes[1..]).unwrap()))
            .collect()
    }

    #[test]
    fn rows_of_one_order_may_stand_apart() {
        let found = batches(
            "order_id,customer_id,product_id,ordered_at,quantity,unit_price\n\
             o1,c1,tea,2026-01-01T10:00:00Z,2,3.50\n\
             o2,c2,tea,2026-01-01T11:00:00Z,1,3.50\n\
             o1,c1,soap,2026-01-01T10:00:00Z,1,1.2\n",
        );
        let summary: Vec<String> = found
            .iter()
            .map(|(key, batch)| {
                format!(
                    "{key}: {:?}",
                    batch.orders.iter().map(|order| (order.lines.len(), order.total)).collect::<Vec<_>>()
                )
            })
            .collect();
        assert_eq!(summary, ["c1: [(2, 820)]", "c2: [(1, 350)]"]);
    }

    #[test]
    fn money_is_read_exactly() {
        for (text, value) in [
            ("2.55", Some(255)),
            ("0.1", Some(10)),
            ("-3", Some(-300)),
            ("1,5", Some(150)),
            (".5", Some(50)),
            ("1.999", Some(199)),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(minor(text), value, "{text}");
        }
    }
}
