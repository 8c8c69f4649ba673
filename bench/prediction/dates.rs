//! Task B: how many days until a product is bought again, asked at each purchase that had one before; within 90 days.

use std::collections::{BTreeMap, BTreeSet};

use comeback::customer::purchases::Folder;
use comeback::model::classes::Classes;
use comeback::model::view::View;
use comeback::model::{Model, builder};
use comeback::replenish::rhythm;

use super::metrics::interval;
use super::promises::Promises;
use super::shop::Shop;

const HORIZON_DAYS: i32 = 90;

#[derive(Default)]
struct Answers {
    errors: BTreeMap<&'static str, Vec<f64>>,
    /// Confidence and whether the purchase came within seven days of the day, of all reminders.
    sure: Vec<(f64, bool)>,
}

/// What is reminded of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Product,
    Category,
}

pub fn run(shop: &Shop, unit: Unit, data: &comeback::model::dataset::Dataset, promises: &mut Promises) {
    let (from, to) = shop.origins;
    let before = data.only(|purchase| purchase.day < from);
    let model = Model::open(builder::build(&before, &Classes::default(), from)).expect("a model just built opens");
    let gaps = Gaps::before(&before);
    let mut answers = Answers::default();
    let (mut folder, mut lines) = (Folder::default(), Vec::new());
    for customer in 0..data.customers() {
        let days: BTreeSet<i32> =
            data.of(customer).iter().map(|purchase| purchase.day).filter(|day| (from..to).contains(day)).collect();
        for day in days {
            data.lines_before(customer, day + 1, &mut lines);
            let view = View::new(&model, folder.fold_lines(&lines, day));
            ask(data, customer, &view, &gaps, &mut answers);
        }
    }
    print(shop, unit, answers, promises);
}

/// Gaps of the products and the shop before the first origin.
struct Gaps {
    shop_median: f64,
    product_median: BTreeMap<u32, f64>,
}

impl Gaps {
    fn before(data: &comeback::model::dataset::Dataset) -> Self {
        let mut by_product: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        for pair in data
            .purchases
            .windows(2)
            .filter(|pair| (pair[0].customer, pair[0].product) == (pair[1].customer, pair[1].product))
        {
            by_product.entry(pair[0].product).or_default().push(f64::from(pair[1].day - pair[0].day));
        }
        let mut all: Vec<f64> = by_product.values().flatten().copied().collect();
        // A median of fewer than five gaps is noise; the shop's does better there.
        by_product.retain(|_, gaps| gaps.len() >= 5);
        let product_median = by_product.into_iter().map(|(product, mut gaps)| (product, median(&mut gaps))).collect();
        Self { shop_median: median(&mut all), product_median }
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(14.0)
}

fn ask(data: &comeback::model::dataset::Dataset, customer: usize, view: &View<'_>, gaps: &Gaps, answers: &mut Answers) {
    let today = view.history.today;
    for seen in view.seen().filter(|seen| seen.pair.last_day == today && seen.pair.gaps > 0) {
        let later = data.of(customer).iter().filter(|purchase| purchase.day > today);
        let same = later.filter(|purchase| data.products[purchase.product as usize].0 == seen.pair.product.0);
        let next = same.map(|purchase| purchase.day - today).min().filter(|gap| *gap <= HORIZON_DAYS);
        let reminder = rhythm::reminder_of(view, seen);
        let hit = next.is_some_and(|gap| (gap - (reminder.best_day - today)).abs() <= 7);
        answers.sure.push((reminder.confidence, hit));
        let Some(gap) = next.map(f64::from) else { continue };
        let product = data
            .products
            .binary_search_by_key(&seen.pair.product.0, |product| product.0)
            .map_or(u32::MAX, |at| at as u32);
        let own = f64::from(seen.pair.last_day - seen.pair.first_day) / f64::from(seen.pair.gaps);
        let product_pace = gaps.product_median.get(&product).copied().unwrap_or(gaps.shop_median);
        // Gamma prior of two gaps at the product's pace, Poisson purchases since the first.
        let poisson_gamma = (own * f64::from(seen.pair.gaps) + 2.0 * product_pace) / (f64::from(seen.pair.gaps) + 2.0);
        let mut add = |name, answer: f64| answers.errors.entry(name).or_default().push((gap - answer).abs());
        add("ours", f64::from(reminder.due_day - today));
        add("shop median", gaps.shop_median);
        add("product median", product_pace);
        add("own mean interval", own);
        add("Poisson-Gamma", poisson_gamma);
    }
}

fn print(shop: &Shop, unit: Unit, mut answers: Answers, promises: &mut Promises) {
    let ours = answers.errors["ours"].clone();
    println!(
        "\nDays until the next purchase, {}, {}: {} origins, {} bought again within {HORIZON_DAYS} days",
        shop.name,
        if unit == Unit::Product { "product" } else { "product category" },
        answers.sure.len(),
        ours.len()
    );
    println!("{:<44} {:>8}   ours minus it, 95 % interval", "", "MAE");
    for (name, errors) in &answers.errors {
        let (low, high) = interval(&ours, errors);
        println!("{name:<44} {:>8.2}   [{low:+.2}, {high:+.2}]", errors.iter().sum::<f64>() / errors.len() as f64);
    }
    if unit == Unit::Product {
        promises.at_most(
            &format!("{}, days until the next purchase: days off", shop.name),
            ours.iter().sum::<f64>() / ours.len() as f64,
            shop.aims.days,
        );
    }
    let surest = shop.aims.surest.map(|(product, category)| if unit == Unit::Product { product } else { category });
    answers.sure.sort_by(|a, b| b.0.total_cmp(&a.0));
    for share in [0.1, 0.3, 0.5, 1.0] {
        let sent = &answers.sure[..(answers.sure.len() as f64 * share) as usize];
        let hit = sent.iter().filter(|one| one.1).count() as f64 / sent.len() as f64;
        let promised = sent.iter().map(|one| one.0).sum::<f64>() / sent.len() as f64;
        println!(
            "  surest {:>3.0} % of reminders: {hit:.3} within 7 days of the day, of all sent; promised {promised:.3}",
            share * 100.0
        );
        if let Some(aim) = surest.filter(|_| share == 0.3) {
            promises.at_least(&format!("{}, days until the next purchase: surest 30 %", shop.name), hit, aim);
        }
    }
}
