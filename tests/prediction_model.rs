//! From orders to predictions, on a generated shop: same rows, same bytes; bad input is told, not fatal; regulars are understood.

use std::fmt::Write;

use comeback::customer::purchases::{Kind, Purchases, Quantity};
use comeback::model::builder::{BuildOptions, ModelBuilder};
use comeback::model::day::to_text;
use comeback::model::report::AccuracyReport;
use comeback::model::{CategoryKey, Model, ModelError, ProductKey};
use comeback::recommend::predictor::{PredictOptions, Predictor, Task};
use comeback::recommend::{Filter, companions, new_arrivals, next_order, popular};
use comeback::replenish::{chance, rhythm};

const FIRST: i32 = 20_000;
const LAST: i32 = FIRST + 300;

/// Customers who each buy coffee at their own pace, milk with every order and now and then something else.
fn orders() -> Vec<String> {
    let mut rows = Vec::new();
    let mut state = 7u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for customer in 0..60 {
        let pace = 10 + customer % 20;
        let mut day = FIRST + draw(20) as i32;
        while day < LAST {
            for product in ["coffee", "milk"] {
                rows.push(format!(
                    "o{customer}-{day},c{customer},{product},{}T10:00:00Z,{},3.50",
                    to_text(day),
                    1 + customer % 2
                ));
            }
            if draw(3) == 0 {
                rows.push(format!("o{customer}-{day},c{customer},extra{},{}T10:00:00Z,1,9.99", draw(30), to_text(day)));
            }
            day += pace - 1 + draw(3) as i32;
        }
    }
    rows
}

fn csv(rows: &[String]) -> String {
    let mut text = String::from("order_id,customer_id,product_id,ordered_at,quantity,unit_price\n");
    rows.iter().for_each(|row| writeln!(text, "{row}").unwrap());
    text
}

fn build(text: &str, products: &str, until: i32) -> Vec<u8> {
    let mut builder =
        ModelBuilder::new(BuildOptions { until_s: Some(i64::from(until) * 86_400), ..BuildOptions::default() });
    text.as_bytes().chunks(999).for_each(|bytes| builder.push_orders(bytes).unwrap());
    if !products.is_empty() {
        builder.push_products(products.as_bytes()).unwrap();
    }
    builder.finish().unwrap().0
}

fn model(until: i32) -> Model {
    Model::open(build(&csv(&orders()), "", until)).unwrap()
}

fn predict(model: Model, text: &str, at: i32, task: Task) -> Vec<String> {
    predict_top(model, text, at, task, 5)
}

fn predict_top(model: Model, text: &str, at: i32, task: Task, top: usize) -> Vec<String> {
    let options = PredictOptions { at_s: i64::from(at) * 86_400, task, top, ..PredictOptions::default() };
    let mut predictor = Predictor::new(model, options);
    text.as_bytes().chunks(777).for_each(|bytes| predictor.push_orders(bytes).unwrap());
    predictor.finish().unwrap().collect()
}

#[test]
fn the_same_orders_give_the_same_bytes_in_any_order_and_nothing_later_is_seen() {
    let rows = orders();
    let mut backwards = rows.clone();
    backwards.reverse();
    let until = FIRST + 250;
    let whole = build(&csv(&rows), "", until);
    assert!(whole == build(&csv(&backwards), "", until), "the order of rows made a difference");
    let early: Vec<String> =
        rows.into_iter().filter(|row| row.split(',').nth(3).unwrap() < to_text(until).as_str()).collect();
    assert!(whole == build(&csv(&early), "", until), "later rows made a difference");
}

#[test]
fn a_regular_is_predicted_with_date_chance_and_reason() {
    let text = csv(&orders());
    let lines = predict(model(LAST), &text, LAST, Task::Week);
    assert_eq!(lines.len(), 60);
    let mut likely = 0;
    for line in &lines {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let items = line["items"].as_array().unwrap();
        assert!(items.len() <= 5 && items.is_sorted_by(|a, b| a["chance"].as_f64() >= b["chance"].as_f64()));
        for item in items {
            assert!((0.0..=1.0).contains(&item["chance"].as_f64().unwrap()));
            assert!(item["due"].as_str().unwrap() >= to_text(LAST).as_str());
            assert!(!item["reason"].as_str().unwrap().is_empty());
        }
        let top: Vec<&str> = items.iter().take(2).map(|item| item["product"].as_str().unwrap()).collect();
        likely += u32::from(top.contains(&"coffee") && top.contains(&"milk"));
    }
    assert!(likely >= 45, "coffee and milk lead for {likely} of 60 customers");
}

#[test]
fn chances_add_up_to_what_is_bought() {
    let rows = orders();
    let at = LAST - 7;
    let lines = predict(model(at), &csv(&rows), at, Task::Week);
    let promised: f64 = lines
        .iter()
        .flat_map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["items"].as_array().unwrap().clone())
        .map(|item| item["chance"].as_f64().unwrap())
        .sum();
    let bought = rows
        .iter()
        .filter(|row| row.split(',').nth(3).unwrap() >= to_text(at).as_str() && !row.contains("extra"))
        .count() as f64;
    assert!((promised / bought - 1.0).abs() < 0.25, "promised {promised:.1}, bought {bought}");
}

#[test]
fn the_next_order_also_ranks_what_was_never_bought() {
    let lines = predict_top(model(LAST), &csv(&orders()[..40]), LAST, Task::NextOrder, 50);
    assert!(lines.iter().any(|line| line.contains("customers who buy the same also buy this")), "{lines:?}");
}

#[test]
fn the_report_reads_and_is_kept_in_the_model() {
    let model = model(LAST);
    let report: AccuracyReport = serde_json::from_slice(model.report_json()).unwrap();
    assert_eq!((report.customers, report.weeks.len()), (60, 2));
    let text = report.to_string();
    assert!(
        text.starts_with("Learned from 60 customers")
            && text.contains("in the cart of ten")
            && text.contains("In short: "),
        "{text}"
    );
    assert!(AccuracyReport::default().to_string().contains("not enough history"));
}

#[test]
fn shops_of_any_size_work() {
    for rows in [0, 1, 2, 10, 100] {
        let text = csv(&orders()[..rows]);
        let model = Model::open(build(&text, "", LAST)).unwrap();
        for task in [Task::Week, Task::NextOrder] {
            for line in predict(model.clone(), &text, LAST, task) {
                assert!(!line.contains("null"), "{line}");
            }
        }
    }
    // Dates only, no quantities, no prices.
    let bare = "customer,item,date\na,x,2026-01-01\na,x,2026-01-08\na,y,2026-01-08\n";
    let model = Model::open(build(bare, "", 20_470)).unwrap();
    assert_eq!(predict(model, bare, 20_470, Task::Week).len(), 1);
}

#[test]
fn a_product_nobody_knows_gets_the_rhythm_of_its_class_or_shop() {
    let rows = orders();
    let products = "product_id,type\ncoffee,hot drinks\nnew coffee,hot drinks\nmilk,dairy\n";
    let model = Model::open(build(&csv(&rows), products, LAST)).unwrap();
    let class = model.class(CategoryKey::of("", "hot drinks")).unwrap();
    assert!(class.gaps > 100 && model.id(&class) == "hot drinks");
    for name in ["new coffee", "never seen"] {
        let mut purchases = Purchases::default();
        purchases.record(ProductKey::of("", name), LAST - 5, Kind::Bought, Quantity::ONE);
        let reminder = rhythm::reminder(&model, &purchases, ProductKey::of("", name), LAST).unwrap();
        assert!((5..60).contains(&(reminder.expected_day - reminder.last_day)), "{reminder:?}");
    }
    // A ledger by type asks for the type's record under the same key.
    let unit = ProductKey(CategoryKey::of("", "hot drinks").0);
    let mut purchases = Purchases::default();
    purchases.record(ProductKey::of("", "coffee"), LAST - 20, Kind::Bought, Quantity::ONE);
    purchases.record(ProductKey::of("", "new coffee"), LAST - 5, Kind::Bought, Quantity::ONE);
    let reminder = rhythm::reminder(&model, &purchases.by_unit(|_| unit), unit, LAST).unwrap();
    assert_eq!((reminder.last_day, reminder.gaps), (LAST - 5, 1), "buying a sibling moves the date");
}

#[test]
fn postponing_moves_the_date_and_lowers_the_chance() {
    let model = model(LAST);
    let coffee = ProductKey::of("", "coffee");
    let mut purchases = Purchases::default();
    (0..6).for_each(|at| assert!(purchases.record(coffee, LAST - 90 + 15 * at, Kind::Bought, Quantity::ONE)));
    let before =
        (chance::week(&model, &purchases, LAST)[0].1.p, rhythm::reminder(&model, &purchases, coffee, LAST).unwrap());
    purchases.record(coffee, LAST - 1, Kind::Postponed, Quantity::ONE);
    let after =
        (chance::week(&model, &purchases, LAST)[0].1.p, rhythm::reminder(&model, &purchases, coffee, LAST).unwrap());
    assert!(after.0 < before.0 * 0.7, "{} then {}", before.0, after.0);
    assert!(after.1.expected_day >= before.1.expected_day && after.1.reason.english().contains("put off on"));
    // The next purchase answers it.
    purchases.record(coffee, LAST, Kind::Bought, Quantity::ONE);
    assert_eq!(rhythm::reminder(&model, &purchases, coffee, LAST).unwrap().reason.postponed_day, None);
}

#[test]
fn the_first_delivery_day_that_is_likely_enough() {
    let model = model(LAST);
    let coffee = ProductKey::of("", "coffee");
    let mut purchases = Purchases::default();
    (0..8).for_each(|at| assert!(purchases.record(coffee, LAST - 106 + 15 * at, Kind::Bought, Quantity::ONE)));
    let mondays: Vec<i32> = (0..8).map(|week| LAST + 7 * week).collect();
    let first = |threshold| chance::first_day_reaching(&model, &purchases, coffee, LAST, &mondays, threshold);
    let easy = first(0.05).unwrap();
    assert!(first(0.4).is_none_or(|day| day >= easy));
    assert_eq!(first(1.1), None);
    assert_eq!(first(0.0), Some(LAST));
}

#[test]
fn lists_pass_their_filter() {
    let model = model(LAST);
    let (coffee, milk) = (ProductKey::of("", "coffee"), ProductKey::of("", "milk"));
    let mut purchases = Purchases::default();
    purchases.record(coffee, LAST - 5, Kind::Bought, Quantity::ONE);
    let history = purchases.fold(LAST);
    let with_coffee = companions(&model, &[coffee], &history, &model, &Filter::default(), 3);
    assert_eq!(with_coffee[0].product, milk);
    assert!(with_coffee.iter().all(|suggestion| suggestion.product != coffee));
    let not_owned = Filter { not_owned: true, ..Filter::default() };
    let month = popular(&model, Default::default(), &history, &model, &not_owned, 5);
    assert_eq!(month[0].product, milk);
    let cheap = popular(
        &model,
        Default::default(),
        &history,
        &model,
        &Filter { price_max: Some(5.0), ..Filter::default() },
        50,
    );
    assert_eq!(cheap.len(), 2, "only coffee and milk cost less than five");
    assert!(new_arrivals(&model, 30, &history, &model, &Filter::default(), 5).is_empty());
    let view = comeback::model::view::View::new(&model, history);
    let next = next_order(&view, &model, &Filter { not_bought_within_days: Some(7), ..Filter::default() }, 10);
    assert!(!next.is_empty() && next.iter().all(|suggestion| suggestion.product != coffee));
}

#[test]
fn damaged_models_are_refused_and_harmless_to_who_does_not_check() {
    let bytes = build(&csv(&orders()), "", LAST);
    assert_eq!(Model::open(Vec::new()).unwrap_err(), ModelError::NotAModel);
    assert_eq!(Model::open(b"PK\x03\x04 some archive".to_vec()).unwrap_err(), ModelError::NotAModel);
    let mut newer = bytes.clone();
    newer[8] = 99;
    assert_eq!(Model::hash_of(&bytes[..100]).unwrap(), Model::open(bytes.clone()).unwrap().hash());
    assert_eq!(Model::open(newer).unwrap_err(), ModelError::Version { found: 99 });
    let text = csv(&orders()[..20]);
    let mut opened = 0;
    for at in (0..bytes.len()).step_by(bytes.len() / 300) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        assert!(Model::open(damaged.clone()).is_err(), "a model damaged at {at} opened");
        if let Ok(model) = Model::open_unchecked(damaged) {
            opened += 1;
            predict(model, &text, LAST, Task::NextOrder);
        }
        assert!(Model::open(bytes[..at].to_vec()).is_err(), "a model cut at {at} opened");
    }
    assert!(opened > 0);
}

#[test]
fn an_empty_model_answers_too() {
    let model = Model::for_small_shop();
    let mut purchases = Purchases::default();
    purchases.record(ProductKey::of("", "tea"), LAST - 5, Kind::Bought, Quantity::ONE);
    let week = chance::week(&model, &purchases, LAST);
    assert!((0.001..0.5).contains(&week[0].1.p), "{week:?}");
    assert!(popular(&model, Default::default(), &purchases.fold(LAST), &model, &Filter::default(), 5).is_empty());
}
