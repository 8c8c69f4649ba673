//! Task C: which of the products bought before are bought within the coming seven days, week after week from the cut on.

use std::collections::BTreeSet;

use comeback::customer::purchases::{Folder, GAP_DAYS_MAX};
use comeback::model::classes::Classes;
use comeback::model::view::{Seen, View};
use comeback::model::{Model, builder, day, week};

use super::metrics::{Figures, figures, mean};
use super::promises::{CALIBRATION, CALIBRATION_PURCHASES, Promises};
use super::shop::{Shop, Weeks};
use super::table;

/// A score of a product of a customer.
type Rule = (&'static str, fn(&View<'_>, Seen<'_>) -> f64);

const RIVALS: [Rule; 5] = [
    ("own mean interval is due", |view, seen| {
        let usual = if seen.pair.gaps == 0 {
            90.0
        } else {
            f64::from(seen.pair.last_day - seen.pair.first_day) / f64::from(seen.pair.gaps)
        };
        -(f64::from(view.history.today - seen.pair.last_day) - usual).abs()
    }),
    ("frequency", |_, seen| f64::from(seen.pair.count)),
    ("decayed frequency, 45 days", |_, seen| seen.pair.d45),
    ("decayed frequency, 180 days", |_, seen| seen.pair.d180),
    ("Poisson-Gamma (Amazon PG)", poisson_gamma),
];

/// The rate of a product for a customer after `count` purchases in so long, with one imaginary purchase at the product's own pace.
fn poisson_gamma(view: &View<'_>, seen: Seen<'_>) -> f64 {
    let pace = libm::exp(view.model.shop().ln_gap_mean + f64::from(seen.record.gap_shift)).min(f64::from(GAP_DAYS_MAX));
    (f64::from(seen.pair.gaps) + 1.0) / (f64::from(view.history.today - seen.pair.first_day) + pace)
}

#[derive(Default)]
struct Carts {
    ours: Vec<Figures>,
    rivals: Vec<Vec<Figures>>,
    /// Chance and whether it came true, of every product of every customer.
    chances: Vec<(f64, bool)>,
}

pub fn run(shop: &Shop, promises: &mut Promises) {
    shop.weekly.iter().for_each(|weeks| run_from(shop, weeks, promises));
}

fn run_from(shop: &Shop, &Weeks { from, weeks, promised, remark }: &Weeks, promises: &mut Promises) {
    let Some((first_day, _)) = shop.data.span() else { return };
    let cut = first_day + from;
    let at_cut = shop.data.only(|purchase| purchase.day < cut);
    let first = Model::open(builder::build(&at_cut, &Classes::default(), cut)).expect("a model just built opens");
    let mut carts = Carts { rivals: vec![Vec::new(); RIVALS.len()], ..Carts::default() };
    for start in (0..weeks).map(|week| cut + 7 * week) {
        let before = shop.data.only(|purchase| purchase.day < start);
        let model = if start == cut {
            first.clone()
        } else {
            Model::open(builder::refresh(&before, &Classes::default(), start, &first))
                .expect("a model just built opens")
        };
        one_week(shop, &model, start, &mut carts);
    }
    let rivals: Vec<(String, Vec<Figures>)> =
        RIVALS.iter().zip(&carts.rivals).map(|((name, _), all)| (name.to_string(), all.clone())).collect();
    let title = format!(
        "Weekly cart, {}: {weeks} weeks from day {from} ({}), {} carts with a purchase{remark}",
        shop.name,
        day::to_text(cut),
        carts.ours.len()
    );
    table::ranked(&title, &carts.ours, &rivals);
    let worst = calibration(&mut carts.chances);
    if promised {
        promises.at_least(
            &format!("{}, weekly cart: NDCG", shop.name),
            mean(&carts.ours, |one| one.ndcg),
            shop.aims.weekly,
        );
        promises.at_most(&format!("{}, weekly cart: worst tenth", shop.name), worst, CALIBRATION);
    }
}

fn one_week(shop: &Shop, model: &Model, start: i32, carts: &mut Carts) {
    let (mut folder, mut lines) = (Folder::default(), Vec::new());
    for customer in 0..shop.data.customers() {
        shop.data.lines_before(customer, start, &mut lines);
        if lines.is_empty() {
            continue;
        }
        let view = View::new(model, folder.fold_lines(&lines, start));
        if start - view.history.customer.last_day > shop.silent_days_max {
            continue;
        }
        let coming = shop.data.of(customer).iter().filter(|purchase| (start..start + 7).contains(&purchase.day));
        let bought: BTreeSet<u64> = coming.map(|purchase| shop.data.products[purchase.product as usize].0).collect();
        let labels: Vec<bool> = view.seen().map(|seen| bought.contains(&seen.pair.product.0)).collect();
        let own = week::Customer::new(&view);
        let chances: Vec<f64> = view.seen().map(|seen| week::chance(&view, &own, seen)).collect();
        carts.chances.extend(chances.iter().copied().zip(labels.iter().copied()));
        let repeated = labels.iter().filter(|label| **label).count();
        if repeated == 0 {
            continue;
        }
        carts.ours.push(figures(&hits(&chances, &labels), repeated, 10));
        for ((_, rule), all) in RIVALS.iter().zip(&mut carts.rivals) {
            let scores: Vec<f64> = view.seen().map(|seen| rule(&view, seen)).collect();
            all.push(figures(&hits(&scores, &labels), repeated, 10));
        }
    }
}

fn hits(scores: &[f64], labels: &[bool]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    order.into_iter().take(10).map(|at| labels[at]).collect()
}

/// Chances against what came of them, by tenths. Returns the largest error of those with enough purchases.
fn calibration(chances: &mut [(f64, bool)]) -> f64 {
    chances.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let positives = chances.iter().filter(|one| one.1).count() as f64;
    let ranks: f64 = chances.iter().enumerate().filter(|(_, one)| one.1).map(|(rank, _)| rank as f64 + 1.0).sum();
    let area = (ranks - positives * (positives + 1.0) / 2.0) / (positives * (chances.len() as f64 - positives));
    println!(
        "calibration of {} chances, AUC {area:.4}; decile: mean chance, share bought, purchases, error",
        chances.len()
    );
    let mut worst = 0f64;
    for decile in 0..10 {
        let part = &chances[chances.len() * decile / 10..chances.len() * (decile + 1) / 10];
        let mean = part.iter().map(|one| one.0).sum::<f64>() / part.len() as f64;
        let bought = part.iter().filter(|one| one.1).count();
        let share = bought as f64 / part.len() as f64;
        let error = mean / share - 1.0;
        println!("  {:>2}: {mean:.5} {share:.5} {bought:>7} {:+.1} %", decile + 1, error * 100.0);
        if bought >= CALIBRATION_PURCHASES {
            worst = worst.max(error.abs());
        }
    }
    println!("  a threshold would send, and of these were bought:");
    for threshold in [0.05, 0.1, 0.2, 0.3, 0.5] {
        let sent: Vec<bool> = chances.iter().filter(|one| one.0 >= threshold).map(|one| one.1).collect();
        let hit = sent.iter().filter(|hit| **hit).count() as f64 / sent.len().max(1) as f64;
        println!("  {threshold:.2}: {:>8} lines, {:.3}", sent.len(), hit);
    }
    worst
}
