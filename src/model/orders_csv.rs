//! Reading orders from CSV as it arrives, in pieces of any size.
//!
//! One row is one order line. Columns are found by their header, by the names people use or as [mapped](Columns); the delimiter (`,` `;`
//! tab or `|`) is guessed from the header line. A row that cannot be used is reported with its line and reason and never stops the rest.
//! Unpacking `.gz` is the host's business.
//!
//! | column | needed | reads |
//! |---|---|---|
//! | `customer_id` | yes | any text; an empty one makes the row unusable |
//! | `product_id` | yes | any text |
//! | `ordered_at` | yes | RFC 3339, `YYYY-MM-DD[ HH:MM[:SS]]`, `DD.MM.YYYY[ HH:MM]`, `YYYYMMDD`, seconds or milliseconds since 1970 |
//! | `order_id` | no | any text |
//! | `quantity` | no | a decimal number, 1 if absent; below zero means returned |
//! | `unit_price`, `line_total` | no | a decimal number; the one gives the other |

use std::fmt;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use serde::Serialize;

use super::day::{self, Day};

/// Bad rows kept with their reasons; more are only counted.
pub const BAD_ROWS_KEPT: usize = 100;

/// Longest row read, in bytes; a longer one ends the reading, as it is likely an unclosed quote.
pub const ROW_BYTES_MAX: usize = 1 << 20;

/// Which columns hold what, where the usual names do not fit. Names are compared without regard to case, spaces and underscores.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// Column of the order's id.
    pub order_id: Option<String>,
    /// Column of the customer's id.
    pub customer_id: Option<String>,
    /// Column of the product's id.
    pub product_id: Option<String>,
    /// Column of the time of the order.
    pub ordered_at: Option<String>,
    /// Column of the quantity.
    pub quantity: Option<String>,
    /// Column of the price of one unit.
    pub unit_price: Option<String>,
    /// Column of the price of the whole line.
    pub line_total: Option<String>,
}

/// One order line as read. Texts are as in the file, without surrounding spaces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrderRow<'a> {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// Empty where the file has no such column.
    pub order_id: &'a str,
    /// Never empty.
    pub customer_id: &'a str,
    /// Never empty.
    pub product_id: &'a str,
    /// Seconds since 1970-01-01 UTC; a time without zone is taken as UTC.
    pub at_s: i64,
    /// The day as written, in the zone as written.
    pub day: Day,
    /// Units; below zero means returned.
    pub quantity: f64,
    /// Price of one unit, if known.
    pub unit_price: Option<f64>,
    /// The text of `unit_price`, for those who count money exactly; empty if absent.
    pub unit_price_text: &'a str,
    /// The text of `line_total`; empty if absent.
    pub line_total_text: &'a str,
}

/// A row that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BadRow {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReadReport {
    /// Rows used.
    pub rows: u64,
    /// Rows not used.
    pub bad_rows: u64,
    /// The first [`BAD_ROWS_KEPT`] of them.
    pub examples: Vec<BadRow>,
}

/// Why a whole file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CsvError {
    /// There is no header line.
    Empty,
    /// The header lacks columns; their names, and the names there are.
    MissingColumns {
        /// What was looked for and not found.
        missing: Vec<String>,
        /// What the header has.
        found: Vec<String>,
    },
    /// A row is longer than [`ROW_BYTES_MAX`]; the line at which it starts.
    RowTooLong {
        /// Line of the file, counted from 1.
        line: u64,
    },
    /// More order lines than fit into memory.
    TooManyRows {
        /// How many do.
        rows_max: usize,
    },
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the file is empty; the first line must name the columns"),
            Self::MissingColumns { missing, found } => {
                write!(
                    f,
                    "no column `{}` among `{}`; name the column that holds it",
                    missing.join("`, `"),
                    found.join("`, `")
                )
            }
            Self::RowTooLong { line } => {
                write!(
                    f,
                    "the row that starts at line {line} is longer than {ROW_BYTES_MAX} bytes; look for a quote that is not closed"
                )
            }
            Self::TooManyRows { rows_max } => {
                write!(f, "there are more than {rows_max} order lines; split the file by customer")
            }
        }
    }
}

impl std::error::Error for CsvError {}

/// Reads order lines from pieces of a CSV file.
///
/// ```
/// use comeback::model::orders_csv::{Columns, OrdersReader};
///
/// let mut reader = OrdersReader::new(Columns::default());
/// let mut seen = Vec::new();
/// reader.push(b"customer_id,product_id,ordered_at\nanna,tea,2026-", &mut |row| seen.push(row.day)).unwrap();
/// reader.push(b"03-02\nanna,,2026-03-09\n", &mut |row| seen.push(row.day)).unwrap();
/// let report = reader.finish(&mut |_| {}).unwrap();
/// assert_eq!(seen, [20_514]);
/// assert_eq!(report.examples[0].reason, "no product");
/// ```
pub struct OrdersReader {
    wanted: Columns,
    table: TableReader,
    at: Option<Places>,
    report: ReadReport,
}

/// Index of each column in a row.
#[derive(Clone, Copy, Debug)]
struct Places {
    customer_id: usize,
    product_id: usize,
    ordered_at: usize,
    order_id: Option<usize>,
    quantity: Option<usize>,
    unit_price: Option<usize>,
    line_total: Option<usize>,
}

impl OrdersReader {
    /// A reader at the start of a file.
    #[must_use]
    pub fn new(columns: Columns) -> Self {
        Self { wanted: columns, table: TableReader::default(), at: None, report: ReadReport::default() }
    }

    /// Takes the next piece of the file and hands every complete row to `sink`.
    ///
    /// # Errors
    ///
    /// The file as a whole cannot be read. Rows before that were handed over.
    pub fn push(&mut self, bytes: &[u8], sink: &mut dyn FnMut(OrderRow<'_>)) -> Result<(), CsvError> {
        let Self { wanted, table, at, report } = self;
        table.push(bytes, &mut |row| take(wanted, at, report, row, sink))
    }

    /// Takes the end of the file.
    ///
    /// # Errors
    ///
    /// As for [`push`](Self::push); also a file without a header line.
    pub fn finish(mut self, sink: &mut dyn FnMut(OrderRow<'_>)) -> Result<ReadReport, CsvError> {
        let Self { wanted, table, at, report } = &mut self;
        table.finish(&mut |row| take(wanted, at, report, row, sink))?;
        if self.at.is_none() { Err(CsvError::Empty) } else { Ok(self.report) }
    }

    /// What became of the rows so far.
    #[must_use]
    pub fn report(&self) -> &ReadReport {
        &self.report
    }
}

fn take(
    wanted: &Columns,
    at: &mut Option<Places>,
    report: &mut ReadReport,
    row: &Row<'_>,
    sink: &mut dyn FnMut(OrderRow<'_>),
) -> Result<(), CsvError> {
    let Some(places) = at else {
        *at = Some(find_columns(wanted, row)?);
        return Ok(());
    };
    match parse(places, row) {
        Ok(order_row) => {
            report.rows += 1;
            sink(order_row);
        }
        Err(reason) => {
            report.bad_rows += 1;
            if report.examples.len() < BAD_ROWS_KEPT {
                report.examples.push(BadRow { line: row.line, reason });
            }
        }
    }
    Ok(())
}

fn parse<'a>(at: &Places, row: &Row<'a>) -> Result<OrderRow<'a>, String> {
    let optional = |place: Option<usize>| place.map_or(Ok(""), |place| row.text(place));
    let customer_id = row.text(at.customer_id)?;
    let product_id = row.text(at.product_id)?;
    if customer_id.is_empty() {
        return Err("no customer".into());
    }
    if product_id.is_empty() {
        return Err("no product".into());
    }
    let written = row.text(at.ordered_at)?;
    let (at_s, day) =
        parse_time(written).ok_or_else(|| format!("`{written}` is not a time; write it like 2026-03-02T09:15:00Z"))?;
    let quantity_text = optional(at.quantity)?;
    let quantity = match quantity_text {
        "" => 1.0,
        text => number(text).ok_or_else(|| format!("`{text}` is not a quantity"))?,
    };
    if quantity == 0.0 {
        return Err("a quantity of nothing".into());
    }
    let (unit_price_text, line_total_text) = (optional(at.unit_price)?, optional(at.line_total)?);
    // A price that cannot be read is no reason to lose the purchase.
    let unit_price = number(unit_price_text).or_else(|| number(line_total_text).map(|total| total / quantity));
    Ok(OrderRow {
        line: row.line,
        order_id: optional(at.order_id)?,
        customer_id,
        product_id,
        at_s,
        day,
        quantity,
        unit_price: unit_price.filter(|price| price.is_finite()),
        unit_price_text,
        line_total_text,
    })
}

fn find_columns(wanted: &Columns, header: &Row<'_>) -> Result<Places, CsvError> {
    let names: Vec<String> =
        (0..header.len()).map(|place| header.text(place).unwrap_or_default().to_string()).collect();
    let find = |own: &Option<String>, usual: &[&str]| match own {
        Some(own) => names.iter().position(|name| same_name(name, own)),
        None => usual.iter().find_map(|usual| names.iter().position(|name| same_name(name, usual))),
    };
    let customer_id = find(
        &wanted.customer_id,
        &[
            "customer_id",
            "customer",
            "user_id",
            "user",
            "client_id",
            "household_id",
            "household_key",
            "member_id",
            "buyer_id",
            "email",
        ],
    );
    let product_id = find(
        &wanted.product_id,
        &["product_id", "product", "item_id", "item", "sku", "stock_code", "article", "variant_id", "goods_id"],
    );
    let ordered_at = find(
        &wanted.ordered_at,
        &[
            "ordered_at",
            "order_date",
            "date",
            "time",
            "timestamp",
            "created_at",
            "invoice_date",
            "purchased_at",
            "transaction_timestamp",
            "day",
        ],
    );
    let mut missing = Vec::new();
    for (found, own, name) in [
        (customer_id, &wanted.customer_id, "customer_id"),
        (product_id, &wanted.product_id, "product_id"),
        (ordered_at, &wanted.ordered_at, "ordered_at"),
    ] {
        if found.is_none() {
            missing.push(own.clone().unwrap_or_else(|| name.to_string()));
        }
    }
    let (Some(customer_id), Some(product_id), Some(ordered_at)) = (customer_id, product_id, ordered_at) else {
        return Err(CsvError::MissingColumns { missing, found: names });
    };
    Ok(Places {
        customer_id,
        product_id,
        ordered_at,
        order_id: find(
            &wanted.order_id,
            &["order_id", "order", "invoice", "invoice_no", "basket_id", "receipt_id", "transaction_id"],
        ),
        quantity: find(&wanted.quantity, &["quantity", "qty", "amount", "count", "units"]),
        unit_price: find(&wanted.unit_price, &["unit_price", "price"]),
        line_total: find(&wanted.line_total, &["line_total", "total", "sales_value", "revenue", "sum"]),
    })
}

pub(super) fn same_name(a: &str, b: &str) -> bool {
    let letters = |text: &str| {
        text.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).flat_map(char::to_lowercase).collect::<String>()
    };
    letters(a) == letters(b)
}

/// A decimal number, with a point or a comma.
pub(super) fn number(text: &str) -> Option<f64> {
    let read = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    read(text).or_else(|| if text.contains('.') { None } else { read(&text.replacen(',', ".", 1)) })
}

/// An instant in seconds since 1970 UTC and the day as written, from any of the forms the [module](self) lists.
#[must_use]
pub fn parse_time(text: &str) -> Option<(i64, Day)> {
    let bytes = text.as_bytes();
    if bytes.len() >= 8 && bytes.iter().all(u8::is_ascii_digit) {
        return parse_digits(text);
    }
    let date_end = bytes.iter().position(|&byte| byte == b'T' || byte == b't' || byte == b' ').unwrap_or(bytes.len());
    let day = parse_date(&bytes[..date_end])?;
    if date_end == bytes.len() {
        return Some((i64::from(day) * 86_400, day));
    }
    let clock = text.get(date_end + 1..)?.trim_start().as_bytes();
    let (second_of_day, zone) = parse_clock(clock)?;
    let offset_s = parse_zone(zone)?;
    Some((i64::from(day) * 86_400 + second_of_day - offset_s, day))
}

fn parse_digits(text: &str) -> Option<(i64, Day)> {
    let number: i64 = text.parse().ok()?;
    if text.len() == 8 {
        let day = day::from_date((number / 10_000) as i32, (number / 100 % 100) as u32, (number % 100) as u32)?;
        return Some((i64::from(day) * 86_400, day));
    }
    let seconds = if text.len() >= 12 { number / 1_000 } else { number };
    let day = seconds.div_euclid(86_400);
    (i64::from(day::DAY_MIN)..=i64::from(day::DAY_MAX)).contains(&day).then_some((seconds, day as Day))
}

/// `YYYY-MM-DD`, `YYYY/MM/DD` or `DD.MM.YYYY`.
fn parse_date(text: &[u8]) -> Option<Day> {
    let mut parts = text.split(|&byte| matches!(byte, b'-' | b'/' | b'.'));
    let (first, second, third) = (digits(parts.next()?)?, digits(parts.next()?)?, digits(parts.next()?)?);
    if parts.next().is_some() {
        return None;
    }
    if first >= 1_000 {
        day::from_date(first as i32, second, third)
    } else if text.contains(&b'.') {
        day::from_date(third as i32, second, first)
    } else {
        None
    }
}

/// `HH:MM[:SS[.fraction]]` and what follows it.
fn parse_clock(text: &[u8]) -> Option<(i64, &[u8])> {
    let end = text.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b':' | b'.' | b',')).unwrap_or(text.len());
    let (clock, zone) = text.split_at(end);
    let mut parts = clock.split(|&byte| matches!(byte, b':' | b'.' | b','));
    let (hour, minute) = (digits(parts.next()?)?, digits(parts.next()?)?);
    let second = parts.next().map_or(Some(0), digits)?;
    (hour < 24 && minute < 60 && second <= 60).then_some((i64::from(hour * 3_600 + minute * 60 + second), zone))
}

/// Seconds east of Greenwich; nothing written means UTC.
fn parse_zone(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii();
    let sign = match text.first() {
        None => return Some(0),
        Some(b'Z' | b'z') => return (text.len() == 1).then_some(0),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    let (hours, minutes) = match text.len() {
        3 => (digits(&text[1..])?, 0),
        5 => (digits(&text[1..3])?, digits(&text[3..])?),
        6 if text[3] == b':' => (digits(&text[1..3])?, digits(&text[4..])?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * i64::from(hours * 3_600 + minutes * 60))
}

fn digits(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    text.iter().try_fold(0u32, |number, &byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

/// Rows of any CSV file, from pieces; the first row is the header. Shared by the readers of orders and of products.
#[derive(Default)]
pub(super) struct TableReader {
    /// Bytes before the delimiter is known.
    head: Vec<u8>,
    reader: Option<Box<Reader>>,
    fields: Vec<u8>,
    ends: Vec<usize>,
    fields_used: usize,
    ends_used: usize,
    row_line: u64,
}

/// One row.
pub(super) struct Row<'a> {
    pub line: u64,
    fields: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Row<'a> {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a field without surrounding spaces; a field the row lacks is empty.
    pub fn text(&self, place: usize) -> Result<&'a str, String> {
        let Some(&end) = self.ends.get(place) else { return Ok("") };
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        std::str::from_utf8(&self.fields[start..end])
            .map(str::trim)
            .map_err(|_| format!("column {} is not UTF-8 text", place + 1))
    }
}

type RowSink<'s> = &'s mut dyn FnMut(&Row<'_>) -> Result<(), CsvError>;

impl TableReader {
    pub fn push(&mut self, bytes: &[u8], sink: RowSink<'_>) -> Result<(), CsvError> {
        if self.reader.is_some() {
            return if bytes.is_empty() { Ok(()) } else { self.feed(bytes, sink) };
        }
        self.head.extend_from_slice(bytes);
        if self.head.contains(&b'\n') {
            self.start(sink)
        } else if self.head.len() > ROW_BYTES_MAX {
            Err(CsvError::RowTooLong { line: 1 })
        } else {
            Ok(())
        }
    }

    pub fn finish(&mut self, sink: RowSink<'_>) -> Result<(), CsvError> {
        if self.reader.is_none() {
            self.start(sink)?;
        }
        self.feed(&[], sink)
    }

    /// The header line is here: guess the delimiter and read what has gathered.
    fn start(&mut self, sink: RowSink<'_>) -> Result<(), CsvError> {
        let head = std::mem::take(&mut self.head);
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
        let line_end = text.iter().position(|&byte| byte == b'\n').unwrap_or(text.len());
        let count = |delimiter: u8| text[..line_end].iter().filter(|&&byte| byte == delimiter).count();
        let delimiter =
            [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',');
        self.reader = Some(Box::new(ReaderBuilder::new().delimiter(delimiter).build()));
        (self.fields, self.ends, self.row_line) = (vec![0; 4_096], vec![0; 32], 1);
        if text.is_empty() { Ok(()) } else { self.feed(text, sink) }
    }

    /// Reads rows from `bytes`; an empty slice is the end of the file.
    fn feed(&mut self, mut bytes: &[u8], sink: RowSink<'_>) -> Result<(), CsvError> {
        let Some(reader) = self.reader.as_mut() else { return Ok(()) };
        loop {
            let (result, read, written, ended) =
                reader.read_record(bytes, &mut self.fields[self.fields_used..], &mut self.ends[self.ends_used..]);
            let ends_line = read > 0 && bytes[read - 1] == b'\n';
            bytes = &bytes[read..];
            self.fields_used += written;
            self.ends_used += ended;
            match result {
                ReadRecordResult::InputEmpty => return Ok(()),
                ReadRecordResult::OutputFull if self.fields.len() >= ROW_BYTES_MAX => {
                    return Err(CsvError::RowTooLong { line: self.row_line });
                }
                ReadRecordResult::OutputFull => self.fields.resize(self.fields.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if self.ends.len() >= ROW_BYTES_MAX => {
                    return Err(CsvError::RowTooLong { line: self.row_line });
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    let fields = &self.fields[..self.fields_used];
                    // The line on which the row ended, less the line breaks inside its quotes.
                    self.row_line = reader.line()
                        - u64::from(ends_line)
                        - fields.iter().filter(|&&byte| byte == b'\n').count() as u64;
                    sink(&Row { line: self.row_line, fields, ends: &self.ends[..self.ends_used] })?;
                    (self.fields_used, self.ends_used) = (0, 0);
                }
                ReadRecordResult::End => return Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, piece: usize) -> (Vec<String>, Result<ReadReport, CsvError>) {
        let mut rows = Vec::new();
        let mut reader = OrdersReader::new(Columns::default());
        let mut sink = |row: OrderRow<'_>| {
            rows.push(format!(
                "{} {} {} {} {} {:?}",
                row.line, row.customer_id, row.product_id, row.at_s, row.quantity, row.unit_price
            ))
        };
        for bytes in text.as_bytes().chunks(piece) {
            if let Err(error) = reader.push(bytes, &mut sink) {
                return (rows, Err(error));
            }
        }
        let report = reader.finish(&mut sink);
        (rows, report)
    }

    #[test]
    fn pieces_of_any_size_read_the_same() {
        let text = "\u{feff}Order ID;Customer;SKU;Date;Qty;Price\r\n1;anna;\"green; tea\";2026-03-02 09:15;2;\"3,50\"\r\n\r\n2;b\u{f6}rje;x;2026-03-02T09:15:00+02:00;;\n";
        let whole = read(text, 1_000);
        assert_eq!(whole.0, ["2 anna green; tea 1772442900 2 Some(3.5)", "4 b\u{f6}rje x 1772435700 1 None"]);
        for piece in 1..40 {
            assert_eq!(read(text, piece), whole);
        }
    }

    #[test]
    fn bad_rows_are_reported_and_passed_over() {
        let (rows, report) = read(
            "customer_id,product_id,ordered_at,quantity\n,tea,2026-01-01,1\nanna,tea,yesterday,1\nanna,tea,2026-01-01,lots\nanna,tea,2026-01-01,0\nanna,tea\nanna,tea,2026-01-01,3\n",
            64,
        );
        assert_eq!(rows, ["7 anna tea 1767225600 3 None"]);
        let reasons: Vec<String> =
            report.unwrap().examples.iter().map(|bad| format!("{}: {}", bad.line, bad.reason)).collect();
        assert_eq!(
            reasons,
            [
                "2: no customer",
                "3: `yesterday` is not a time; write it like 2026-03-02T09:15:00Z",
                "4: `lots` is not a quantity",
                "5: a quantity of nothing",
                "6: `` is not a time; write it like 2026-03-02T09:15:00Z",
            ]
        );
    }

    #[test]
    fn a_file_that_is_no_orders_says_what_it_lacks() {
        assert_eq!(read("", 10).1, Err(CsvError::Empty));
        let error = read("product_id,when\n", 10).1.unwrap_err();
        assert_eq!(
            error.to_string(),
            "no column `customer_id`, `ordered_at` among `product_id`, `when`; name the column that holds it"
        );
    }

    #[test]
    fn times_in_the_forms_people_write() {
        for (text, expected) in [
            ("2026-03-02T09:15:00Z", Some((1_772_442_900, 20_514))),
            ("2026-03-02T00:15:00.250+01:00", Some((1_772_406_900, 20_514))),
            ("2026-03-02 09:15", Some((1_772_442_900, 20_514))),
            ("2026-03-02", Some((1_772_409_600, 20_514))),
            ("02.03.2026 09:15", Some((1_772_442_900, 20_514))),
            ("20260302", Some((1_772_409_600, 20_514))),
            ("1772442900", Some((1_772_442_900, 20_514))),
            ("1772442900000", Some((1_772_442_900, 20_514))),
            ("2026-02-30", None),
            ("2026-03-02T25:00", None),
            ("03/02/2026", None),
            ("", None),
            ("\u{2603}", None),
        ] {
            assert_eq!(parse_time(text), expected, "{text}");
        }
    }
}
