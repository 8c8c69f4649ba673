//! Task D: a product of a future order is given; which others are in it?

use std::collections::BTreeMap;

use comeback::customer::purchases::{Folder, History};
use comeback::model::classes::Classes;
use comeback::model::dataset::Dataset;
use comeback::model::{Model, ProductKey, builder};
use comeback::recommend::{Filter, companions};

use super::metrics::{Figures, figures, interval};
use super::promises::Promises;
use super::shop::Shop;
use super::table;

/// Orders asked about.
const ORDERS_MAX: usize = 4_000;

pub fn run(shop: &Shop, promises: &mut Promises) {
    let orders = orders(&shop.data);
    let cut = orders[orders.len() * 8 / 10].0.0;
    let before = shop.data.only(|purchase| purchase.day < cut);
    let model = Model::open(builder::refresh(&before, &Classes::default(), cut, &Model::for_small_shop()))
        .expect("a model just built opens");
    let pairs = Pairs::count(&orders, cut);
    let later: Vec<_> = orders.iter().filter(|((day, _), products)| *day >= cut && products.len() > 1).collect();
    let step = (later.len() / ORDERS_MAX).max(1);
    let (mut ours, mut fresh) = (Vec::new(), Vec::new());
    let mut rivals: Vec<(String, Vec<Figures>)> =
        RULES.iter().map(|(name, _)| (name.to_string(), Vec::new())).collect();
    let (mut folder, mut lines) = (Folder::default(), Vec::new());
    for (at, ((day, customer), products)) in later.into_iter().step_by(step).enumerate() {
        let seed = products[at % products.len()];
        let others: Vec<u32> = products.iter().copied().filter(|&product| product != seed).collect();
        let hits = |list: &[u32]| {
            figures(&list.iter().take(5).map(|product| others.contains(product)).collect::<Vec<_>>(), others.len(), 10)
        };
        ours.push(hits(&listed(&model, &shop.data, seed, &History::default(), &Filter::default())));
        for ((_, rule), (_, all)) in RULES.iter().zip(&mut rivals) {
            all.push(hits(&pairs.best(seed, *rule)));
        }
        // The same list without what the customer already buys, asked about what was new to the customer.
        shop.data.lines_before(*customer as usize, *day, &mut lines);
        let history = folder.fold_lines(&lines, *day);
        let unknown: Vec<u32> =
            others.into_iter().filter(|&product| history.pair(key(&shop.data, product)).is_none()).collect();
        if !unknown.is_empty() {
            let list = listed(&model, &shop.data, seed, &history, &Filter { not_owned: true, ..Filter::default() });
            let plain = pairs.best(seed, RULES[1].1);
            let hits = |list: &[u32]| {
                figures(
                    &list.iter().take(5).map(|product| unknown.contains(product)).collect::<Vec<_>>(),
                    unknown.len(),
                    10,
                )
            };
            fresh.push((hits(&list), hits(&plain)));
        }
    }
    table::ranked(
        &format!("Companions of one product, {}: {} orders; the first five count", shop.name, ours.len()),
        &ours,
        &rivals,
    );
    if let Some((_, weighted)) = rivals.iter().find(|(name, _)| name == "size-weighted confidence") {
        let hit = |all: &[Figures]| all.iter().map(|one| one.hit).collect::<Vec<_>>();
        promises.at_least(
            &format!("{}, companions: hits minus those of size-weighted confidence, upper end", shop.name),
            interval(&hit(&ours), &hit(weighted)).1,
            0.0,
        );
    }
    let (ours, plain): (Vec<Figures>, Vec<Figures>) = fresh.into_iter().unzip();
    let title = format!("Companions new to the customer, {}: owned products left out", shop.name);
    table::ranked(&title, &ours, &[("confidence, nothing left out".to_string(), plain)]);
}

type Order = ((i32, u32), Vec<u32>);

fn orders(data: &Dataset) -> Vec<Order> {
    let mut orders: BTreeMap<(i32, u32), Vec<u32>> = BTreeMap::new();
    data.purchases
        .iter()
        .for_each(|purchase| orders.entry((purchase.day, purchase.customer)).or_default().push(purchase.product));
    orders.into_iter().collect()
}

fn key(data: &Dataset, product: u32) -> ProductKey {
    ProductKey(data.products[product as usize].0)
}

fn listed(model: &Model, data: &Dataset, seed: u32, history: &History, filter: &Filter) -> Vec<u32> {
    let filter = Filter { unavailable_too: true, ..filter.clone() };
    let list = companions(model, &[key(data, seed)], history, model, &filter, 10);
    list.iter().filter_map(|suggestion| model.find(suggestion.product)).collect()
}

/// How a pair is scored from: orders with both, size-weighted orders with both, orders with the other, all orders.
type Rule = fn(&Pair) -> f64;

const RULES: [(&str, Rule); 4] = [
    ("popularity", |pair| pair.other),
    ("size-weighted confidence", |pair| pair.weighted),
    ("confidence", |pair| pair.both),
    ("Jaccard", |pair| pair.both / (pair.seed + pair.other - pair.both)),
];

struct Pair {
    both: f64,
    weighted: f64,
    seed: f64,
    other: f64,
}

struct Pairs {
    of_product: BTreeMap<u32, Vec<usize>>,
    orders: Vec<Vec<u32>>,
    popular: Vec<(u32, f64)>,
}

impl Pairs {
    fn count(orders: &[Order], cut: i32) -> Self {
        let orders: Vec<Vec<u32>> =
            orders.iter().filter(|((day, _), _)| *day < cut).map(|(_, products)| products.clone()).collect();
        let mut of_product: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, products) in orders.iter().enumerate() {
            products.iter().for_each(|product| of_product.entry(*product).or_default().push(at));
        }
        let mut popular: Vec<(u32, f64)> =
            of_product.iter().map(|(product, orders)| (*product, orders.len() as f64)).collect();
        popular.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        popular.truncate(20);
        Self { of_product, orders, popular }
    }

    fn best(&self, seed: u32, rule: Rule) -> Vec<u32> {
        let none = Vec::new();
        let own = self.of_product.get(&seed).unwrap_or(&none);
        let mut sums: BTreeMap<u32, (f64, f64)> =
            self.popular.iter().map(|(product, _)| (*product, (0.0, 0.0))).collect();
        for &order in own {
            let weight = 1.0 / (self.orders[order].len() as f64 + 2.0).log2();
            for &product in &self.orders[order] {
                let sum = sums.entry(product).or_default();
                (sum.0, sum.1) = (sum.0 + 1.0, sum.1 + weight);
            }
        }
        sums.remove(&seed);
        let score = |(product, (both, weighted)): (u32, (f64, f64))| {
            let other = self.of_product.get(&product).map_or(0.0, |orders| orders.len() as f64);
            (product, rule(&Pair { both, weighted, seed: own.len() as f64, other }))
        };
        let mut scored: Vec<(u32, f64)> = sums.into_iter().map(score).collect();
        scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        scored.into_iter().take(10).map(|(product, _)| product).collect()
    }
}
