//! Building a model from orders: one pass over the rows, then the work on what was gathered.

use super::classes::Classes;
use super::dataset::{Dataset, Gatherer};
use super::day::Day;
use super::orders_csv::{Columns, CsvError, OrdersReader, ReadReport};
use super::products_csv::ProductsReader;
use super::report::{self, AccuracyReport};
use super::snapshot::{Model, Parts};
use super::training;
use super::weights::Weights;
use super::{neighbours, tables};

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

/// Gathers orders and builds a model.
pub struct ModelBuilder {
    until_s: Option<i64>,
    reader: OrdersReader,
    gatherer: Gatherer,
    products: ProductsReader,
    classes: Classes,
}

impl ModelBuilder {
    /// A builder without orders.
    #[must_use]
    pub fn new(options: BuildOptions) -> Self {
        Self {
            until_s: options.until_s,
            reader: OrdersReader::new(options.columns),
            gatherer: Gatherer::default(),
            products: ProductsReader::default(),
            classes: Classes::default(),
        }
    }

    /// Takes the next piece of the orders' CSV.
    ///
    /// # Errors
    ///
    /// The file as a whole cannot be read.
    pub fn push_orders(&mut self, bytes: &[u8]) -> Result<(), CsvError> {
        let Self { until_s, reader, gatherer, .. } = self;
        reader.push(bytes, &mut |row| {
            if until_s.is_none_or(|until| row.at_s < until) {
                gatherer.add(&row);
            }
        })
    }

    /// Takes the next piece of the products' CSV, before, after or between the orders; see [`products_csv`](super::products_csv).
    ///
    /// # Errors
    ///
    /// The file as a whole cannot be read.
    pub fn push_products(&mut self, bytes: &[u8]) -> Result<(), CsvError> {
        let Self { gatherer, products, classes, .. } = self;
        products.push(bytes, &mut |row| {
            gatherer.product(row.product_id);
            classes.add(&row);
        })
    }

    /// Purchases gathered so far.
    #[must_use]
    pub fn gathered(&self) -> usize {
        self.gatherer.len()
    }

    /// Ends the reading and builds the model.
    ///
    /// # Errors
    ///
    /// The file as a whole cannot be read.
    pub fn finish(self) -> Result<(Vec<u8>, ReadReport), CsvError> {
        let Self { until_s, reader, mut gatherer, products, mut classes } = self;
        let read = reader.finish(&mut |row| {
            if until_s.is_none_or(|until| row.at_s < until) {
                gatherer.add(&row);
            }
        })?;
        products.finish(&mut |row| {
            gatherer.product(row.product_id);
            classes.add(&row);
        })?;
        let data = gatherer.finish();
        let day = match (until_s, data.span()) {
            // The day after the last one seen, so that a T at noon still sees the morning.
            (Some(until), _) => ((until - 1).div_euclid(86_400) + 1) as Day,
            (None, Some((_, last))) => last + 1,
            (None, None) => return Ok((Model::for_small_shop().bytes().to_vec(), read)),
        };
        Ok((build(&data, &classes, day), read))
    }
}

/// The snapshot of a data set as of `day`. Purchases on that day or later are not seen.
#[must_use]
pub fn build(data: &Dataset, classes: &Classes, day: Day) -> Vec<u8> {
    let fitted = training::lessons(data, day).fit(&Weights::default());
    let report = report::measure(data, &fitted.held_weeks, day, &fitted.early);
    snapshot(data, classes, day, fitted.weights, report)
}

/// The same with the weights of an older model, the weekly chance set right by the latest weeks: quick enough for every night.
#[must_use]
pub fn refresh(data: &Dataset, classes: &Classes, day: Day, older: &Model) -> Vec<u8> {
    let weights = training::latest_weeks(data, day).refresh(older.weights());
    let report = serde_json::from_slice(older.report_json()).unwrap_or_default();
    snapshot(data, classes, day, weights, report)
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
