//! Which products go together: bought by the same customers ([`alike`]), bought in the same orders ([`companions`]).

use super::dataset::Dataset;
use super::day::Day;
use super::record::Neighbour;

/// Neighbours kept for one product in each row.
pub const ROW_MAX: usize = 50;

/// Products of one customer, and of one order, that take part; the strongest. More would cost the square and say little.
const CUSTOMER_PRODUCTS_MAX: usize = 400;
const ORDER_PRODUCTS_MAX: usize = 600;

/// Imaginary co-buyers in the denominator of the cosine, against chance pairs.
const COSINE_PRIOR: f32 = 5.0;

/// Sparse rows: for each customer or order the products and how strongly each takes part.
struct Rows {
    starts: Vec<u32>,
    entries: Vec<(u32, f32)>,
}

impl Rows {
    fn new() -> Self {
        Self { starts: vec![0], entries: Vec::new() }
    }

    fn push(&mut self, row: &mut Vec<(u32, f32)>, max: usize) {
        if row.len() > max {
            row.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            row.truncate(max);
        }
        self.entries.append(row);
        self.starts.push(self.entries.len() as u32);
    }

    fn row(&self, at: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// By product: the rows it takes part in, and how strongly.
    fn transposed(&self, products: usize) -> Self {
        let mut starts = vec![0u32; products + 1];
        self.entries.iter().for_each(|entry| starts[entry.0 as usize + 1] += 1);
        (0..products).for_each(|at| starts[at + 1] += starts[at]);
        let mut next = starts.clone();
        let mut entries = vec![(0, 0.0); self.entries.len()];
        for row in 0..self.starts.len() - 1 {
            for &(product, weight) in self.row(row) {
                entries[next[product as usize] as usize] = (row as u32, weight);
                next[product as usize] += 1;
            }
        }
        Self { starts, entries }
    }
}

/// Cosine of products over customers, each customer's weight the root of the purchases decayed by 0.9 per order; best first.
pub(super) fn alike(data: &Dataset, day: Day) -> Vec<Vec<Neighbour>> {
    let rows = by_customer(data, day);
    let by_product = rows.transposed(data.products.len());
    let norms: Vec<f32> =
        (0..data.products.len()).map(|at| by_product.row(at).iter().map(|entry| entry.1 * entry.1).sum()).collect();
    top_rows(&rows, &by_product, |_, weight, other| weight * other, |j, i| (norms[j] * norms[i]).sqrt() + COSINE_PRIOR)
}

/// Chance of a product being in an order that has another, each order weighing less the longer it is; best first.
pub(super) fn companions(data: &Dataset, day: Day) -> Vec<Vec<Neighbour>> {
    let rows = by_order(data, day);
    let by_product = rows.transposed(data.products.len());
    let norms: Vec<f32> =
        (0..data.products.len()).map(|at| by_product.row(at).iter().map(|entry| entry.1).sum()).collect();
    top_rows(&rows, &by_product, |_, weight, _| weight, |j, _| norms[j] + 1.0)
}

fn top_rows(
    rows: &Rows,
    by_product: &Rows,
    weight: impl Fn(usize, f32, f32) -> f32,
    divisor: impl Fn(usize, usize) -> f32,
) -> Vec<Vec<Neighbour>> {
    let products = by_product.starts.len() - 1;
    let mut sums = vec![0.0f32; products];
    let mut touched: Vec<u32> = Vec::new();
    let mut best: Vec<Neighbour> = Vec::new();
    let top = |j: usize| {
        best.clear();
        for &(row, own) in by_product.row(j) {
            for &(i, other) in rows.row(row as usize) {
                if sums[i as usize] == 0.0 {
                    touched.push(i);
                }
                sums[i as usize] += weight(j, own, other);
            }
        }
        for i in touched.drain(..) {
            let sum = std::mem::take(&mut sums[i as usize]);
            if i as usize != j {
                best.push(Neighbour { index: i, score: sum / divisor(j, i as usize) });
            }
        }
        let by_score = |a: &Neighbour, b: &Neighbour| b.score.total_cmp(&a.score).then(a.index.cmp(&b.index));
        if best.len() > ROW_MAX {
            best.select_nth_unstable_by(ROW_MAX, by_score);
            best.truncate(ROW_MAX);
        }
        best.sort_unstable_by(by_score);
        best.clone()
    };
    (0..products).map(top).collect()
}

fn by_customer(data: &Dataset, day: Day) -> Rows {
    let mut rows = Rows::new();
    let (mut days, mut row): (Vec<Day>, Vec<(u32, f32)>) = (Vec::new(), Vec::new());
    let powers: Vec<f32> = std::iter::successors(Some(1.0f32), |power| Some(power * 0.9)).take(200).collect();
    for customer in 0..data.customers() {
        days.clear();
        days.extend(data.of(customer).iter().map(|purchase| purchase.day).filter(|&other| other < day));
        days.sort_unstable();
        days.dedup();
        for pair in data.of(customer).chunk_by(|a, b| a.product == b.product) {
            let before = &pair[..pair.partition_point(|purchase| purchase.day < day)];
            let since = |purchase: &super::dataset::Purchase| {
                days.len() - 1 - days.partition_point(|&other| other < purchase.day)
            };
            let decayed: f32 = before.iter().map(|purchase| powers.get(since(purchase)).copied().unwrap_or(0.0)).sum();
            if decayed > 0.0 {
                row.push((pair[0].product, decayed.sqrt()));
            }
        }
        rows.push(&mut row, CUSTOMER_PRODUCTS_MAX);
    }
    rows
}

fn by_order(data: &Dataset, day: Day) -> Rows {
    let mut rows = Rows::new();
    let mut bought: Vec<(Day, u32)> = Vec::new();
    let mut row: Vec<(u32, f32)> = Vec::new();
    for customer in 0..data.customers() {
        bought.clear();
        bought.extend(
            data.of(customer)
                .iter()
                .filter(|purchase| purchase.day < day)
                .map(|purchase| (purchase.day, purchase.product)),
        );
        bought.sort_unstable();
        for order in bought.chunk_by(|a, b| a.0 == b.0) {
            let weight = (1.0 / libm::log2(order.len() as f64 + 2.0)) as f32;
            row.extend(order.iter().map(|&(_, product)| (product, weight)));
            rows.push(&mut row, ORDER_PRODUCTS_MAX);
        }
    }
    rows
}
