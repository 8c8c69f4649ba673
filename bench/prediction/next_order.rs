//! Task A: what is in each customer's first order on or after the cut.

use std::collections::BTreeSet;

use comeback::customer::purchases::Folder;
use comeback::model::classes::Classes;
use comeback::model::dataset::Dataset;
use comeback::model::order::{self, Affinities};
use comeback::model::view::View;
use comeback::model::{Model, builder};

use super::metrics::{Figures, figures, mean};
use super::promises::Promises;
use super::rivals::{self, Past, TifuKnn, UpCf};
use super::shop::Shop;
use super::table;

/// Customers need so many orders before the cut.
const ORDERS_MIN: usize = 2;

pub fn run(shop: &Shop, promises: &mut Promises) {
    // Rivals are tuned on first orders on or after a day four weeks (eight where orders are rare) before the cut, seeing nothing later.
    let tuning_cut = shop.cut - shop.tuning_days;
    let seen = shop.data.only(|purchase| purchase.day < shop.cut);
    let tuning = Question::new(Shop { data: seen, cut: tuning_cut, ..*shop }.frequent(tuning_cut), tuning_cut);
    let question = Question::new(shop.frequent(shop.cut), shop.cut);
    let popularity = rivals::popularity(&question.pasts, question.products());
    let tifu = tuned(&tuning, tifu_grid(), |question, settings| {
        rivals::tifu_knn(&question.pasts, settings, question.products(), 10)
    });
    let up_cf = tuned(&tuning, up_cf_grid(), |question, settings| {
        rivals::up_cf(&question.pasts, settings, question.products(), 10)
    });
    let fade =
        tuned(&tuning, vec![0.5, 0.7, 0.8, 0.9, 0.95], |question, keep| rivals::decayed(&question.pasts, *keep, 10));
    let rivals = [
        ("frequency".to_string(), rivals::decayed(&question.pasts, 1.0, 10)),
        (format!("decayed frequency, {fade} an order"), rivals::decayed(&question.pasts, fade, 10)),
        ("GP-TopFreq".to_string(), rivals::gp_top_freq(&question.pasts, &popularity, false, 10)),
        ("GP-TopFreq, ties by popularity".to_string(), rivals::gp_top_freq(&question.pasts, &popularity, true, 10)),
        (
            format!("UP-CF@r, tuned ({} {} {})", up_cf.recent, up_cf.locality, up_cf.asymmetry),
            rivals::up_cf(&question.pasts, &up_cf, question.products(), 10),
        ),
        (
            format!(
                "TIFUKNN, tuned ({} {} {} {} {}{})",
                tifu.groups,
                tifu.within,
                tifu.between,
                tifu.neighbours,
                tifu.own,
                if tifu.by_angle { " angle" } else { "" }
            ),
            rivals::tifu_knn(&question.pasts, &tifu, question.products(), 10),
        ),
    ];
    let ours = question.figures(&ours(&question));
    let rivals: Vec<(String, Vec<Figures>)> =
        rivals.into_iter().map(|(name, lists)| (name, question.figures(&lists))).collect();
    let title = format!(
        "Next order, {}: {} customers, {} products bought {} times or more before the cut",
        shop.name,
        ours.len(),
        question.frequent(),
        shop.product_buys_min
    );
    table::ranked(&title, &ours, &rivals);
    promises.at_least(
        &format!("{}, next order: recall", shop.name),
        mean(&ours, |one| one.recall),
        shop.aims.next_order.0,
    );
    promises.at_least(&format!("{}, next order: NDCG", shop.name), mean(&ours, |one| one.ndcg), shop.aims.next_order.1);
}

struct Question {
    data: Dataset,
    cut: i32,
    pasts: Vec<Past>,
}

impl Question {
    fn new(data: Dataset, cut: i32) -> Self {
        let pasts = rivals::pasts(&data, cut);
        Self { data, cut, pasts }
    }

    fn products(&self) -> usize {
        self.data.products.len()
    }

    fn frequent(&self) -> usize {
        self.data.purchases.iter().map(|purchase| purchase.product).collect::<BTreeSet<_>>().len()
    }

    /// The figures of one list per past, of customers who are asked about.
    fn figures(&self, lists: &[Vec<u32>]) -> Vec<Figures> {
        self.pasts.iter().zip(lists).filter_map(|(past, list)| self.figures_of(past, list)).collect()
    }

    fn figures_of(&self, past: &Past, list: &[u32]) -> Option<Figures> {
        if past.baskets.len() < ORDERS_MIN {
            return None;
        }
        let after = || self.data.of(past.customer).iter().filter(|purchase| purchase.day >= self.cut);
        let day = after().map(|purchase| purchase.day).min()?;
        let basket: BTreeSet<u32> =
            after().filter(|purchase| purchase.day == day).map(|purchase| purchase.product).collect();
        let hits: Vec<bool> = list.iter().map(|product| basket.contains(product)).collect();
        Some(figures(&hits, basket.len(), usize::MAX))
    }
}

fn tuned<S: Clone>(question: &Question, grid: Vec<S>, method: impl Fn(&Question, &S) -> Vec<Vec<u32>>) -> S {
    let value = |settings: &S| {
        let all = question.figures(&method(question, settings));
        mean(&all, |one| one.recall) + mean(&all, |one| one.ndcg)
    };
    let scored = grid.into_iter().map(|settings| (value(&settings), settings));
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).expect("a grid has settings").1
}

/// The corner that won in wider searches over both shops.
fn tifu_grid() -> Vec<TifuKnn> {
    // Forty groups without decay between them are one decay over all baskets.
    let fades = [(3, 0.95, 0.8), (5, 0.95, 0.8), (7, 1.0, 0.7), (40, 0.8, 1.0), (40, 0.85, 1.0), (40, 0.95, 1.0)];
    let mut grid = Vec::new();
    for (groups, within, between) in fades {
        for (neighbours, own) in [(100, 0.6), (150, 0.6), (300, 0.7)] {
            for by_angle in [false, true] {
                grid.push(TifuKnn { groups, within, between, neighbours, own, by_angle });
            }
        }
    }
    grid
}

fn up_cf_grid() -> Vec<UpCf> {
    let mut grid = Vec::new();
    for recent in [5, 10, 25] {
        for locality in [5.0, 10.0] {
            for asymmetry in [0.25, 0.5] {
                grid.push(UpCf { recent, locality, asymmetry });
            }
        }
    }
    grid
}

/// Ours: a model built from what lies before the cut, as `comeback model build --until` does.
fn ours(question: &Question) -> Vec<Vec<u32>> {
    let before = question.data.only(|purchase| purchase.day < question.cut);
    let model =
        Model::open(builder::build(&before, &Classes::default(), question.cut)).expect("a model just built opens");
    let (mut folder, mut affinities, mut lines) = (Folder::default(), Affinities::default(), Vec::new());
    let one = |past: &Past| {
        before.lines_before(past.customer, question.cut, &mut lines);
        let view = View::new(&model, folder.fold_lines(&lines, question.cut));
        let ranked = order::rank(&view, &mut affinities);
        ranked.iter().take(10).filter_map(|ranked| model.find(ranked.product)).collect()
    };
    question.pasts.iter().map(one).collect()
}
