//! A shop that is small and new, where some customers buy by the calendar: their chances must be honest with hardly any data to learn from.

use std::fmt::Write;

use comeback::customer::purchases::{Kind, Purchases, Quantity};
use comeback::model::builder::{BuildOptions, ModelBuilder};
use comeback::model::day::to_text;
use comeback::model::{Model, ProductKey};
use comeback::replenish::{chance, rhythm};

const FIRST: i32 = 20_000;

/// What one customer buys of one product: the days.
struct Habit {
    customer: usize,
    product: &'static str,
    steady: bool,
    days: Vec<i32>,
}

/// A shop with steady customers (28 days, give or take two) and others whose gaps scatter as they do in real shops. Seeded.
fn shop(customers: usize, days: i32, seed: u64) -> Vec<Habit> {
    let mut state = seed;
    let mut draw = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut habits = Vec::new();
    for customer in 0..customers {
        let steady = customer % 2 == 0;
        let product = ["beans", "decaf", "filters"][customer % 3];
        let mut day = FIRST + draw(28) as i32;
        let mut bought = Vec::new();
        while day < FIRST + days {
            bought.push(day);
            // 26 to 30 days, or anything from a week to three months, short gaps more often than long ones.
            day += if steady { 26 + draw(5) as i32 } else { 7 + (draw(84) * draw(84) / 84) as i32 };
        }
        habits.push(Habit { customer, product, steady, days: bought });
    }
    habits
}

/// The model of what was bought before `until`.
fn model(habits: &[Habit], until: i32) -> Model {
    let mut text = String::from("customer_id,product_id,ordered_at\n");
    for habit in habits {
        for &day in &habit.days {
            writeln!(text, "c{},{},{}", habit.customer, habit.product, to_text(day)).unwrap();
        }
    }
    let until_s = Some(i64::from(until) * 86_400);
    let mut builder = ModelBuilder::new(BuildOptions { until_s, ..BuildOptions::default() });
    builder.push_orders(text.as_bytes()).unwrap();
    Model::open(builder.finish().unwrap().0).unwrap()
}

/// Chance and outcome of every customer with four purchases or more, for each of the weeks that start on `weeks`.
fn asked(model: &Model, habits: &[Habit], weeks: &[i32], steady: bool) -> Vec<(f64, bool)> {
    let mut answers = Vec::new();
    for &today in weeks {
        for habit in habits.iter().filter(|habit| habit.steady == steady) {
            let before: Vec<i32> = habit.days.iter().copied().filter(|day| *day < today).collect();
            if before.len() < 4 {
                continue;
            }
            let mut purchases = Purchases::default();
            for &day in &before {
                purchases.record(ProductKey::of("", habit.product), day, Kind::Bought, Quantity::ONE);
            }
            let p = chance::week(model, &purchases, today)[0].1.p;
            answers.push((p, habit.days.iter().any(|day| (today..today + 7).contains(day))));
        }
    }
    answers
}

/// Mean chance and share bought.
fn told_and_true(answers: &[(f64, bool)]) -> (f64, f64) {
    let count = answers.len() as f64;
    let bought = answers.iter().filter(|answer| answer.1).count() as f64;
    (answers.iter().map(|answer| answer.0).sum::<f64>() / count, bought / count)
}

/// The promise: within 0.1 of what comes of it, over all and where a product is most likely, with a model of half a year and without any.
#[test]
fn steady_customers_of_a_small_shop_get_honest_chances() {
    let habits = shop(150, 400, 11);
    let until = FIRST + 182;
    let weeks: Vec<i32> = (0..12).map(|week| until + 7 * week).collect();
    for (name, model) in [("half a year", model(&habits, until)), ("nothing", Model::for_small_shop())] {
        let mut answers = asked(&model, &habits, &weeks, true);
        answers.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (told, came) = told_and_true(&answers);
        assert!((told - came).abs() < 0.1, "with {name}: told {told:.3}, came {came:.3}");
        // A quarter of all weeks hold the purchase; the surest fifth must be nearly certain and right.
        let (surest, came) = told_and_true(&answers[..answers.len() / 5]);
        assert!(surest > 0.7 && (surest - came).abs() < 0.15, "with {name}: surest told {surest:.3}, came {came:.3}");
        let (least, came) = told_and_true(&answers[answers.len() / 2..]);
        assert!(least < 0.1 && came < 0.1, "with {name}: least told {least:.3}, came {came:.3}");
    }
}

#[test]
fn customers_without_a_rhythm_are_not_taken_for_steady() {
    let habits = shop(150, 400, 12);
    let until = FIRST + 182;
    let weeks: Vec<i32> = (0..12).map(|week| until + 7 * week).collect();
    let answers = asked(&model(&habits, until), &habits, &weeks, false);
    let (told, came) = told_and_true(&answers);
    assert!((told - came).abs() < 0.1, "told {told:.3}, came {came:.3}");
    assert!(answers.iter().filter(|answer| answer.0 > 0.8).count() * 20 < answers.len(), "few are nearly certain");
}

#[test]
fn a_steady_rhythm_is_told_to_the_day() {
    let coffee = ProductKey::of("", "beans");
    let mut purchases = Purchases::default();
    for day in [0, 28, 55, 84, 112, 139] {
        purchases.record(coffee, FIRST + day, Kind::Bought, Quantity::ONE);
    }
    let reminder = rhythm::reminder(&Model::for_small_shop(), &purchases, coffee, FIRST + 150).unwrap();
    assert!((reminder.expected_day - FIRST - 167).abs() <= 1, "{reminder:?}");
    assert!(reminder.reason.every_high_days - reminder.reason.every_low_days <= 6, "{}", reminder.reason.english());
}
