//! Predictions for every customer of an orders file, as lines of JSON: what `comeback predict` prints.
//!
//! ```text
//! {"customer":"42","items":[{"product":"tea","chance":0.412,"due":"2026-03-09","reason":"every 26 to 34 days, last on 3 March, usually two"}]}
//! ```
//!
//! Customers come in the order of their first row before the moment asked about; customers without such a row do not come. Items are
//! best first. `chance` is that of being bought within the seven days from that moment ([`Task::Week`]) or of being in the next order
//! ([`Task::NextOrder`]); `due` is the expected day of the next purchase, missing for products never bought.

use serde::Serialize;

use crate::customer::purchases::{Folder, Kind, Line, Quantity};
use crate::model::dataset::{KeyMap, customer_hash};
use crate::model::day::{self, Day};
use crate::model::gap::Gap;
use crate::model::order::{self, Affinities, Ranked};
use crate::model::orders_csv::{Columns, CsvError, OrderRow, OrdersReader, ReadReport};
use crate::model::view::View;
use crate::model::{Model, ProductKey, week};
use crate::replenish::rhythm::{self, due_day};

/// Rows kept in memory: 30 million, about 1.2 GB. Beyond it prediction stops with [`CsvError::TooManyRows`]; split the file by
/// customer, as predictions from a part of somebody's orders would be wrong.
pub const ROWS_MAX: usize = 30_000_000;

/// What is predicted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Task {
    /// Which of the products bought before are bought within the coming seven days.
    #[default]
    Week,
    /// Which products the next order holds, also ones never bought.
    NextOrder,
}

/// What to predict.
#[derive(Clone, Debug, Default)]
pub struct PredictOptions {
    /// The moment: rows at it (seconds since 1970 UTC) or later are not seen.
    pub at_s: i64,
    /// What is predicted.
    pub task: Task,
    /// Items per customer; 0 means 10.
    pub top: usize,
    /// Columns with unusual names.
    pub columns: Columns,
}

/// Reads orders and predicts. See the [module](self).
pub struct Predictor {
    model: Model,
    options: PredictOptions,
    reader: OrdersReader,
    rows: Rows,
}

#[derive(Default)]
struct Rows {
    numbers: KeyMap<u32>,
    customers: Vec<String>,
    lines: Vec<(u32, Line)>,
    /// Ids of products the model does not know.
    unknown: KeyMap<String>,
    /// There were more rows than are kept.
    full: bool,
}

#[derive(Serialize)]
struct CustomerJson<'a> {
    customer: &'a str,
    items: Vec<ItemJson<'a>>,
}

#[derive(Serialize)]
struct ItemJson<'a> {
    product: &'a str,
    chance: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    reason: String,
}

impl Predictor {
    /// A predictor without orders.
    #[must_use]
    pub fn new(model: Model, options: PredictOptions) -> Self {
        let reader = OrdersReader::new(options.columns.clone());
        Self { model, options, reader, rows: Rows::default() }
    }

    /// Takes the next piece of the orders' CSV.
    ///
    /// # Errors
    ///
    /// The file as a whole cannot be read.
    pub fn push_orders(&mut self, bytes: &[u8]) -> Result<(), CsvError> {
        let Self { model, options, reader, rows } = self;
        reader.push(bytes, &mut |row| rows.add(model, options.at_s, &row))?;
        rows.check()
    }

    /// Ends the reading. The predictions are then taken customer by customer.
    ///
    /// # Errors
    ///
    /// The file as a whole cannot be read.
    pub fn finish(self) -> Result<Predictions, CsvError> {
        let Self { model, options, reader, mut rows } = self;
        let read = reader.finish(&mut |row| rows.add(&model, options.at_s, &row))?;
        rows.check()?;
        rows.lines.sort_unstable();
        // The day the moment lies in, which is day 0 of the coming week.
        let today = options.at_s.div_euclid(86_400) as Day;
        Ok(Predictions {
            model,
            today,
            options,
            read,
            rows,
            next: 0,
            folder: Folder::default(),
            affinities: Affinities::default(),
        })
    }
}

impl Rows {
    fn check(&self) -> Result<(), CsvError> {
        if self.full { Err(CsvError::TooManyRows { rows_max: ROWS_MAX }) } else { Ok(()) }
    }

    fn add(&mut self, model: &Model, at_s: i64, row: &OrderRow<'_>) {
        if row.at_s >= at_s {
            return;
        }
        if self.lines.len() == ROWS_MAX {
            self.full = true;
            return;
        }
        let next = self.customers.len() as u32;
        let customer = *self.numbers.entry(customer_hash(row.customer_id)).or_insert(next);
        if customer == next {
            self.customers.push(row.customer_id.to_string());
        }
        let product = ProductKey::of("", row.product_id);
        if model.find(product).is_none() {
            self.unknown.entry(product.0).or_insert_with(|| row.product_id.to_string());
        }
        // A return says nothing about which purchase it undoes; the customer still had the need.
        let Some(quantity) = Quantity::from_f64(row.quantity).filter(|quantity| quantity.0 > 0) else { return };
        // A day written in a zone ahead may be tomorrow already.
        let day = row.day.min(at_s.div_euclid(86_400) as Day);
        self.lines.push((customer, Line { product, day, kind: Kind::Bought, quantity }));
    }
}

/// Predictions, computed as they are taken.
pub struct Predictions {
    model: Model,
    today: Day,
    options: PredictOptions,
    read: ReadReport,
    rows: Rows,
    next: usize,
    folder: Folder,
    affinities: Affinities,
}

impl Predictions {
    /// What became of the rows.
    #[must_use]
    pub fn read_report(&self) -> &ReadReport {
        &self.read
    }

    /// Customers in all.
    #[must_use]
    pub fn customers(&self) -> usize {
        self.rows.customers.len()
    }

    fn lines_of_next(&mut self) -> Option<(u32, Vec<Line>)> {
        let (customer, _) = *self.rows.lines.get(self.next)?;
        let length = self.rows.lines[self.next..].partition_point(|(other, _)| *other == customer);
        let mut lines: Vec<Line> =
            self.rows.lines[self.next..self.next + length].iter().map(|(_, line)| *line).collect();
        self.next += length;
        lines.dedup_by(|next, kept| {
            let same = (next.product, next.day) == (kept.product, kept.day);
            if same {
                kept.quantity.0 += next.quantity.0;
            }
            same
        });
        Some((customer, lines))
    }

    fn predict(&mut self, customer: u32, lines: &[Line]) -> String {
        let history = self.folder.fold_lines(lines, self.today);
        let view = View::new(&self.model, history);
        let mut ranked = match self.options.task {
            Task::Week => by_week(&view),
            Task::NextOrder => order::rank(&view, &mut self.affinities),
        };
        ranked.truncate(if self.options.top == 0 { 10 } else { self.options.top });
        let items = ranked.iter().map(|ranked| self.item(&view, ranked)).collect();
        let line = CustomerJson { customer: &self.rows.customers[customer as usize], items };
        serde_json::to_string(&line).expect("texts and finite numbers are always JSON")
    }

    fn item<'a>(&'a self, view: &View<'a>, ranked: &Ranked) -> ItemJson<'a> {
        let id = self
            .model
            .product_id(ranked.product)
            .or_else(|| self.rows.unknown.get(&ranked.product.0).map(String::as_str));
        // Six digits are more than the chance deserves and keep the lines short.
        let chance = libm::round(ranked.chance * 1e6) / 1e6;
        let (due, reason) = match ranked.place {
            None => (None, "customers who buy the same also buy this".to_string()),
            Some(place) => {
                let seen = view.seen_at(place);
                let gap = Gap::of(view, seen);
                let due = due_day(&gap, seen.pair.last_day, self.today);
                (Some(day::to_text(due)), rhythm::Reason::of(seen, &gap, self.today).english())
            }
        };
        ItemJson { product: id.unwrap_or(""), chance, due, reason }
    }
}

impl Iterator for Predictions {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let (customer, lines) = self.lines_of_next()?;
        Some(self.predict(customer, &lines))
    }
}

fn by_week(view: &View<'_>) -> Vec<Ranked> {
    let customer = week::Customer::new(view);
    let all = view.seen().enumerate();
    let mut ranked: Vec<Ranked> = all
        .map(|(place, seen)| Ranked {
            product: seen.pair.product,
            chance: week::chance(view, &customer, seen),
            place: Some(place),
        })
        .collect();
    ranked.sort_unstable_by(|a, b| b.chance.total_cmp(&a.chance).then(a.product.cmp(&b.product)));
    ranked
}
