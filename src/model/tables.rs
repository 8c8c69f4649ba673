//! Rhythms, repeat hazards and popularity of products over all customers, as of a day.
//!
//! The formulas are those of section 6.1–6.2 of the measurements: every rate is shrunk towards the shop's own by a count of imaginary
//! observations, so that a product bought twice does not claim to know its rhythm.

use super::dataset::{Dataset, Purchase};
use super::day::Day;
use super::record::{NONE, Record, Shop};
use crate::customer::purchases::GAP_DAYS_MAX;

/// Imaginary gaps that pull a product's or customer's shift to nothing.
pub const SHIFT_PRIOR: f64 = 10.0;
/// Imaginary days of exposure behind a repeat hazard by day.
const HAZARD_DAYS_PRIOR: f64 = 60.0;
/// Imaginary orders of exposure behind a repeat hazard by order.
const HAZARD_ORDERS_PRIOR: f64 = 20.0;
/// Imaginary buyers behind a share of repeat buyers.
const REPEAT_SHARE_PRIOR: f64 = 5.0;

/// Purchases of one customer and one product before the day of the tables.
struct Pair<'a> {
    product: usize,
    purchases: &'a [Purchase],
}

/// The records of all products as of `day` and the shop's own; ids, classes and neighbours are left to the caller.
pub(super) fn records(data: &Dataset, day: Day) -> (Shop, Vec<Record>) {
    let mut tables = Tables::new(data, day);
    for customer in 0..data.customers() {
        tables.customer(data.of(customer));
    }
    tables.finish()
}

struct Tables {
    day: Day,
    shop: Shop,
    records: Vec<Record>,
    exposure_days: Vec<f64>,
    exposure_orders: Vec<f64>,
    recent: Vec<f64>,
    /// Gaps in logarithms by (customer, product), for the shifts.
    gaps: Vec<(u32, u32, f32)>,
    prices: Vec<Vec<f32>>,
    quantities: Vec<Vec<f32>>,
    pairs: u64,
    customers: u32,
}

/// Prices and quantities looked at for a median; the last ones seen.
const MEDIAN_OF: usize = 25;

impl Tables {
    fn new(data: &Dataset, day: Day) -> Self {
        let products = data.products.len();
        let record = |key: u64| Record {
            key,
            category: NONE,
            kind: NONE,
            group: NONE,
            first_seen: day,
            last_seen: Day::MIN,
            ..Record::default()
        };
        Self {
            day,
            shop: Shop { day, first_day: day, ..Shop::default() },
            records: data.products.iter().map(|product| record(product.0)).collect(),
            exposure_days: vec![0.0; products],
            exposure_orders: vec![0.0; products],
            recent: vec![0.0; products],
            gaps: Vec::new(),
            prices: vec![Vec::new(); products],
            quantities: vec![Vec::new(); products],
            pairs: 0,
            customers: 0,
        }
    }

    fn customer(&mut self, all: &[Purchase]) {
        let mut days: Vec<Day> = all.iter().map(|purchase| purchase.day).filter(|&day| day < self.day).collect();
        days.sort_unstable();
        days.dedup();
        let Some(&first_day) = days.first() else { return };
        self.shop.first_day = self.shop.first_day.min(first_day);
        self.shop.customers += 1;
        self.shop.orders += days.len() as u32;
        self.customers += 1;
        for pair in all.chunk_by(|a, b| a.product == b.product) {
            let before = pair.partition_point(|purchase| purchase.day < self.day);
            if before > 0 {
                self.pair(&Pair { product: pair[0].product as usize, purchases: &pair[..before] }, &days);
            }
        }
    }

    fn pair(&mut self, pair: &Pair<'_>, days: &[Day]) {
        let (first, last) = (pair.purchases[0].day, pair.purchases[pair.purchases.len() - 1].day);
        let record = &mut self.records[pair.product];
        record.first_seen = record.first_seen.min(first);
        record.last_seen = record.last_seen.max(last);
        record.buys += pair.purchases.len() as u32;
        record.buyers += 1;
        record.repeat_buyers += u32::from(pair.purchases.len() > 1);
        record.gaps += pair.purchases.len() as u32 - 1;
        self.pairs += 1;
        self.exposure_days[pair.product] += f64::from(self.day - first);
        self.exposure_orders[pair.product] += (days.len() - 1 - rank(days, first)) as f64;
        for purchase in pair.purchases {
            let age = self.day - purchase.day;
            record.buys_7 += u32::from(age <= 7);
            record.buys_28 += u32::from(age <= 28);
            record.buys_91 += u32::from(age <= 91);
            record.buys_365 += u32::from(age <= 365);
            record.buys_season += u32::from((338..=365).contains(&age));
            let since = days.len() - 1 - rank(days, purchase.day);
            if since < 40 {
                self.recent[pair.product] += libm::ldexp(1.0, -(since as i32));
            }
            // Of many purchases the median of a spread of them does as well.
            let (prices, quantities) = (&mut self.prices[pair.product], &mut self.quantities[pair.product]);
            let seen = record.buys as usize;
            if prices.len() < MEDIAN_OF {
                prices.push(purchase.price)
            } else {
                prices[seen % MEDIAN_OF] = purchase.price
            }
            if quantities.len() < MEDIAN_OF {
                quantities.push(purchase.quantity)
            } else {
                quantities[seen % MEDIAN_OF] = purchase.quantity
            }
        }
        for gap in pair.purchases.windows(2) {
            let ln = libm::log(f64::from((gap[1].day - gap[0].day).clamp(1, GAP_DAYS_MAX)));
            self.gaps.push((self.customers - 1, pair.product as u32, ln as f32));
        }
    }

    fn finish(mut self) -> (Shop, Vec<Record>) {
        let gaps: f64 = self.records.iter().map(|record| f64::from(record.gaps)).sum();
        let buyers: f64 = self.records.iter().map(|record| f64::from(record.buyers)).sum();
        let repeat_buyers: f64 = self.records.iter().map(|record| f64::from(record.repeat_buyers)).sum();
        let shop = &mut self.shop;
        let guess = Shop::without_history();
        shop.purchases = self.records.iter().map(|record| u64::from(record.buys)).sum();
        shop.order_size =
            if shop.orders == 0 { guess.order_size } else { shop.purchases as f64 / f64::from(shop.orders) };
        // The guess weighs as much as a few dozen gaps, so that the very first repeat does not set the shop's rhythm.
        shop.hazard_day = (gaps + 0.3) / (self.exposure_days.iter().sum::<f64>() + 0.3 / guess.hazard_day);
        shop.hazard_order = (gaps + 1.0) / (self.exposure_orders.iter().sum::<f64>() + 1.0 / guess.hazard_order);
        shop.repeat_share = (repeat_buyers + 5.0 * guess.repeat_share) / (buyers + 5.0);
        let ln_sum: f64 = self.gaps.iter().map(|gap| f64::from(gap.2)).sum();
        shop.ln_gap_mean = (ln_sum + 20.0 * guess.ln_gap_mean) / (gaps + 20.0);
        let shifts = shifts(&self.gaps, shop.ln_gap_mean, self.customers as usize, self.records.len());
        for (at, record) in self.records.iter_mut().enumerate() {
            let gaps = f64::from(record.gaps);
            record.gap_shift = shifts[at] as f32;
            record.hazard_day =
                ((gaps + HAZARD_DAYS_PRIOR * shop.hazard_day) / (self.exposure_days[at] + HAZARD_DAYS_PRIOR)) as f32;
            record.hazard_order = ((gaps + HAZARD_ORDERS_PRIOR * shop.hazard_order)
                / (self.exposure_orders[at] + HAZARD_ORDERS_PRIOR)) as f32;
            let repeat = f64::from(record.repeat_buyers) + REPEAT_SHARE_PRIOR * shop.repeat_share;
            record.repeat_share = (repeat / (f64::from(record.buyers) + REPEAT_SHARE_PRIOR)) as f32;
            record.recent = (self.recent[at] / f64::from(shop.customers.max(1))) as f32;
            record.price = median(&mut self.prices[at]).unwrap_or(f32::NAN);
            record.quantity = median(&mut self.quantities[at]).unwrap_or(1.0);
        }
        (self.shop, self.records)
    }
}

/// Shifts of the products' gaps in logarithms: two-way effects of product and customer, fitted in turn, five times.
fn shifts(gaps: &[(u32, u32, f32)], mean: f64, customers: usize, products: usize) -> Vec<f64> {
    let (mut of_customer, mut of_product) = (vec![0.0; customers], vec![0.0; products]);
    let (mut customer_gaps, mut product_gaps) = (vec![SHIFT_PRIOR; customers], vec![SHIFT_PRIOR; products]);
    for &(customer, product, _) in gaps {
        customer_gaps[customer as usize] += 1.0;
        product_gaps[product as usize] += 1.0;
    }
    for _ in 0..5 {
        let mut sums = vec![0.0; products];
        gaps.iter().for_each(|&(customer, product, ln)| {
            sums[product as usize] += f64::from(ln) - mean - of_customer[customer as usize]
        });
        (0..products).for_each(|at| of_product[at] = sums[at] / product_gaps[at]);
        let mut sums = vec![0.0; customers];
        gaps.iter().for_each(|&(customer, product, ln)| {
            sums[customer as usize] += f64::from(ln) - mean - of_product[product as usize]
        });
        (0..customers).for_each(|at| of_customer[at] = sums[at] / customer_gaps[at]);
    }
    of_product
}

fn rank(days: &[Day], day: Day) -> usize {
    days.partition_point(|&other| other < day)
}

fn median(values: &mut Vec<f32>) -> Option<f32> {
    values.retain(|value| value.is_finite());
    values.sort_unstable_by(f32::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied()
}
