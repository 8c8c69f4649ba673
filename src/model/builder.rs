//! Building a model from orders: one pass over the rows, then the work on what was gathered.

use super::classes::Classes;
use super::dataset::{Dataset, Gatherer};
use super::day::Day;
use super::history::{self, HistoryError, HistoryReader};
use super::orders_csv::{Columns, CsvError, OrderRow, OrdersReader, ReadReport};
use super::products_csv::ProductsReader;
use super::report::{self, AccuracyReport};
use super::snapshot::{Model, Parts};
use super::training::Course;
use super::weights::Weights;
use super::{neighbours, tables, training};
use serde::Serialize;

/// Neighbours a snapshot holds in all, so that it stays within 24 MB; rows are cut to fit.
const NEIGHBOURS_MAX: usize = 2_400_000;

/// What to build.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// Rows at this instant (seconds since 1970 UTC) or later are not seen; all are where nothing is said.
    pub until_s: Option<i64>,
    /// Columns with unusual names.
    pub columns: Columns,
}

/// What became of the rows a model was to be built from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BuildReport {
    /// Order lines read and not readable, of all files.
    pub orders: ReadReport,
    /// Products read and not readable.
    pub products: ReadReport,
    /// Order lines at [`BuildOptions::until_s`] or later, which were not looked at.
    pub later: u64,
    /// Returned goods: they do not say which purchase they undo, and are not used.
    pub returned: u64,
    /// Order lines of customers who are not in the sample that fits into memory; see [`dataset`](super::dataset).
    pub left_out: u64,
    /// Order lines of days that the [history](super::history) holds already.
    pub known: u64,
}

/// Gathers orders and builds a model.
pub struct ModelBuilder {
    until_s: Option<i64>,
    columns: Columns,
    /// The file being read; none before the first of its bytes.
    reader: Option<OrdersReader>,
    gathering: Gathering,
    history: Option<HistoryReader>,
    products: ProductsReader,
    classes: Classes,
    ended: Option<ReadReport>,
}

#[derive(Default)]
struct Gathering {
    gatherer: Gatherer,
    later: u64,
}

impl Gathering {
    fn add(&mut self, row: &OrderRow<'_>, until_s: Option<i64>) {
        if until_s.is_none_or(|until| row.at_s < until) {
            self.gatherer.add(row);
        } else {
            self.later += 1;
        }
    }
}

impl ModelBuilder {
    /// A builder without orders.
    #[must_use]
    pub fn new(options: BuildOptions) -> Self {
        Self {
            until_s: options.until_s,
            columns: options.columns,
            reader: None,
            gathering: Gathering::default(),
            history: None,
            products: ProductsReader::default(),
            classes: Classes::default(),
            ended: None,
        }
    }

    /// Takes the next piece of a [history](super::history), which has to come before the orders since.
    ///
    /// # Errors
    ///
    /// It cannot be read. This builder is of no use then.
    pub fn push_history(&mut self, bytes: &[u8]) -> Result<(), HistoryError> {
        self.history.get_or_insert_default().push(bytes, &mut self.gathering.gatherer)
    }

    /// Ends the history.
    ///
    /// # Errors
    ///
    /// It is not whole, or reaches further than this builder is to see.
    pub fn end_history(&mut self) -> Result<(), HistoryError> {
        let gatherer = &mut self.gathering.gatherer;
        self.history.take().unwrap_or_default().finish(gatherer)?;
        match (&gatherer.known, self.until_s) {
            (Some(known), Some(until)) if until <= i64::from(known.last_day) * 86_400 => {
                Err(HistoryError::Later { day: until.div_euclid(86_400) as Day })
            }
            _ => Ok(()),
        }
    }

    /// The piece with number `at` of the history to keep for the next time; nothing after the last.
    #[must_use]
    pub fn history_piece(&self, at: usize) -> Option<Vec<u8>> {
        history::piece(&self.gathering.gatherer, at)
    }

    /// Takes the next piece of the orders' CSV.
    ///
    /// # Errors
    ///
    /// The file as a whole cannot be read.
    pub fn push_orders(&mut self, bytes: &[u8]) -> Result<(), CsvError> {
        let Self { until_s, columns, reader, gathering, .. } = self;
        let reader = reader.get_or_insert_with(|| OrdersReader::new(columns.clone()));
        reader.push(bytes, &mut |row| gathering.add(&row, *until_s))
    }

    /// Ends a file of orders, so that another with its own header may follow: last year's, then this week's.
    ///
    /// # Errors
    ///
    /// The file as a whole cannot be read.
    pub fn end_orders(&mut self) -> Result<ReadReport, CsvError> {
        let reader = self.reader.take().unwrap_or_else(|| OrdersReader::new(self.columns.clone()));
        let Self { until_s, gathering, ended, .. } = self;
        let read = reader.finish(&mut |row| gathering.add(&row, *until_s))?;
        let all = ended.get_or_insert_default();
        all.rows += read.rows;
        all.bad_rows += read.bad_rows;
        all.examples.extend(read.examples.iter().cloned());
        Ok(read)
    }

    /// Takes the next piece of the products' CSV, before, after or between the orders; see [`products_csv`](super::products_csv).
    ///
    /// # Errors
    ///
    /// The file as a whole cannot be read.
    pub fn push_products(&mut self, bytes: &[u8]) -> Result<(), CsvError> {
        let Self { gathering, products, classes, .. } = self;
        products.push(bytes, &mut |row| {
            gathering.gatherer.product(row.product_id);
            classes.add(&row);
        })
    }

    /// Purchases gathered so far.
    #[must_use]
    pub fn gathered(&self) -> usize {
        self.gathering.gatherer.len()
    }

    /// Ends the reading. With an `older` model its weights stay, and only the tables and the latest weeks are learned anew: quick enough
    /// for every night.
    ///
    /// # Errors
    ///
    /// A file as a whole cannot be read.
    pub fn learn(mut self, older: Option<Model>) -> Result<Learning, CsvError> {
        // With a history there may be no new orders at all.
        if self.reader.is_some() || (self.ended.is_none() && self.gathering.gatherer.is_empty()) {
            self.end_orders()?;
        }
        let Self { until_s, gathering: Gathering { mut gatherer, later }, products, mut classes, ended, .. } = self;
        let products = products.finish(&mut |row| {
            gatherer.product(row.product_id);
            classes.add(&row);
        })?;
        let (returned, left_out, known) = (gatherer.returned, gatherer.left_out, gatherer.known_rows);
        let report = BuildReport { orders: ended.unwrap_or_default(), products, later, returned, left_out, known };
        let data = gatherer.finish();
        let day = match (until_s, data.span()) {
            // The day after the last one seen, so that a T at noon still sees the morning.
            (Some(until), _) => Some(((until - 1).div_euclid(86_400) + 1) as Day),
            (None, Some((_, last))) => Some(last + 1),
            (None, None) => None,
        };
        Ok(Learning::new(data, classes, day, older, report))
    }

    /// Ends the reading and builds the model.
    ///
    /// # Errors
    ///
    /// A file as a whole cannot be read.
    pub fn finish(self) -> Result<(Vec<u8>, BuildReport), CsvError> {
        Ok(self.learn(None)?.finish())
    }
}

/// A model in the making, in steps of a second or so, so that whoever waits can be told how far it is.
pub struct Learning {
    data: Dataset,
    classes: Classes,
    /// The day the model is made for; none where there are no orders.
    day: Option<Day>,
    older: Option<Model>,
    course: Option<Course>,
    report: BuildReport,
}

impl Learning {
    fn new(data: Dataset, classes: Classes, day: Option<Day>, older: Option<Model>, report: BuildReport) -> Self {
        let course = day.map(|day| match older {
            None => Course::whole(&data, day),
            Some(_) => Course::latest_weeks(&data, day),
        });
        Self { data, classes, day, older, course, report }
    }

    /// Takes the next step; says no when only [`finish`](Self::finish) is left.
    pub fn step(&mut self) -> bool {
        self.course.as_mut().is_some_and(|course| course.step(&self.data))
    }

    /// Steps done, and steps in all; the last is [`finish`](Self::finish).
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        let (done, of) = self.course.as_ref().map_or((0, 0), Course::progress);
        (done, of + 1)
    }

    /// Takes the steps that are left and writes the model.
    #[must_use]
    pub fn finish(self) -> (Vec<u8>, BuildReport) {
        let Self { data, classes, day, older, course, report } = self;
        let (Some(day), Some(course)) = (day, course) else {
            return (Model::for_small_shop().bytes().to_vec(), report);
        };
        let lessons = course.finish(&data);
        let Some(older) = older else {
            let fitted = lessons.fit(&Weights::default());
            let accuracy = report::measure(&data, &fitted.held_weeks, day, &fitted.early);
            return (snapshot(&data, &classes, day, fitted.weights, accuracy), report);
        };
        let accuracy = serde_json::from_slice(older.report_json()).unwrap_or_default();
        (snapshot(&data, &classes, day, lessons.refresh(older.weights()), accuracy), report)
    }
}

/// The snapshot of a data set as of `day`. Purchases on that day or later are not seen.
#[must_use]
pub fn build(data: &Dataset, classes: &Classes, day: Day) -> Vec<u8> {
    Learning::new(data.clone(), classes.clone(), Some(day), None, BuildReport::default()).finish().0
}

/// The same with the weights of an older model, the weekly chance set right by the latest weeks: quick enough for every night.
#[must_use]
pub fn refresh(data: &Dataset, classes: &Classes, day: Day, older: &Model) -> Vec<u8> {
    Learning::new(data.clone(), classes.clone(), Some(day), Some(older.clone()), BuildReport::default()).finish().0
}

fn snapshot(data: &Dataset, classes: &Classes, day: Day, weights: Weights, report: AccuracyReport) -> Vec<u8> {
    let (shop, mut products) = tables::records(data, day);
    let (class_records, class_names) = classes.records(data, day);
    classes.describe(&mut products, &class_records);
    let mut neighbours: Vec<_> =
        neighbours::alike(data, day).into_iter().zip(neighbours::companions(data, day)).collect();
    fit_in(&mut neighbours);
    let popular = training::popular(&products);
    let bought = products.iter().filter(|record| record.buys > 0).count() as u32;
    let report = AccuracyReport { customers: shop.customers, orders: shop.orders, products: bought, ..report };
    let parts = Parts {
        product_ids: data.products.iter().map(|(_, id)| id.clone()).collect(),
        report: serde_json::to_vec(&report).expect("numbers and texts are always JSON"),
        classes: class_records,
        shop,
        products,
        class_names,
        neighbours,
        popular,
        weights,
    };
    parts.write()
}

type Rows = (Vec<super::record::Neighbour>, Vec<super::record::Neighbour>);

/// Cuts the longest rows until all fit.
fn fit_in(neighbours: &mut [Rows]) {
    let total = |length: usize, rows: &[Rows]| {
        rows.iter().map(|(a, b)| a.len().min(length) + b.len().min(length)).sum::<usize>()
    };
    let length =
        (1..=neighbours::ROW_MAX).rev().find(|&length| total(length, neighbours) <= NEIGHBOURS_MAX).unwrap_or(0);
    for (alike, companions) in neighbours {
        alike.truncate(length);
        companions.truncate(length);
    }
}
