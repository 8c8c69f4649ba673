//! The lists.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::filter::{Filter, Shelf};
use crate::customer::purchases::History;
use crate::model::day::Day;
use crate::model::order::{self, Affinities};
use crate::model::view::View;
use crate::model::{CategoryKey, Model, ProductKey};

/// A product of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suggestion {
    /// The product.
    pub product: ProductKey,
    /// What it is ranked by; comparable within one list only.
    pub score: f64,
    /// Why it is there.
    pub reason: Reason,
}

/// Why a product is in a list; every language makes its own sentence of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "code")]
pub enum Reason {
    /// The customer buys it again and again.
    BoughtBefore {
        /// On how many days.
        times: u32,
        /// The last of them.
        last_day: Day,
    },
    /// Customers who buy what this customer buys also buy it.
    AlsoBought,
    /// Often in one order with this product.
    GoesWith {
        /// The product it goes with.
        with: ProductKey,
    },
    /// Bought much of late.
    Popular {
        /// Purchases in the window.
        purchases: u32,
    },
    /// In the shop since this day.
    New {
        /// The first day.
        since: Day,
    },
    /// The shop maps its category to one the customer buys from.
    Mapped {
        /// The category it was mapped from.
        from: CategoryKey,
    },
    /// Part of a segment.
    Segment,
}

impl Reason {
    /// The reason in English; `name` gives the names of products.
    #[must_use]
    pub fn english(&self, name: &dyn Fn(ProductKey) -> String) -> String {
        match self {
            Self::BoughtBefore { times: 1, last_day } => {
                format!("bought once, on {}", crate::model::day::to_words(*last_day))
            }
            Self::BoughtBefore { times, last_day } => {
                format!("bought {times} times, last on {}", crate::model::day::to_words(*last_day))
            }
            Self::AlsoBought => "customers who buy the same also buy this".into(),
            Self::GoesWith { with } => format!("often bought together with {}", name(*with)),
            Self::Popular { purchases } => format!("bought {purchases} times of late"),
            Self::New { since } => format!("new since {}", crate::model::day::to_words(*since)),
            Self::Mapped { .. } => "goes with what you buy".into(),
            Self::Segment => "chosen for you".into(),
        }
    }
}

/// Over which days popularity is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// The last week.
    Week,
    /// The last four weeks.
    #[default]
    Month,
    /// The last thirteen weeks.
    Quarter,
    /// The last year.
    Year,
}

/// What the next order may hold: products bought before and others, by their chance of being in it.
#[must_use]
pub fn next_order(view: &View<'_>, shelf: &dyn Shelf, filter: &Filter, top: usize) -> Vec<Suggestion> {
    let ranked = order::rank(view, &mut Affinities::default());
    let passing = ranked.into_iter().filter(|ranked| filter.passes(shelf, &view.history, ranked.product));
    passing
        .take(top)
        .map(|ranked| Suggestion { product: ranked.product, score: ranked.chance, reason: reason(view, ranked.place) })
        .collect()
}

fn reason(view: &View<'_>, place: Option<usize>) -> Reason {
    place.map_or(Reason::AlsoBought, |place| {
        let pair = &view.history.pairs[place];
        Reason::BoughtBefore { times: pair.count, last_day: pair.last_day }
    })
}

/// Products never bought that are closest to what the customer buys.
#[must_use]
pub fn personal(view: &View<'_>, shelf: &dyn Shelf, filter: &Filter, top: usize) -> Vec<Suggestion> {
    let filter = Filter { not_owned: true, ..filter.clone() };
    next_order(view, shelf, &filter, top)
}

/// What goes with the lines of an order, except what is in it: chance of being in an order with each line, added up.
///
/// The reason names the line that speaks most for the product. Where too few go with it, popular products follow with a score of 0.
#[must_use]
pub fn companions(
    model: &Model,
    order: &[ProductKey],
    history: &History,
    shelf: &dyn Shelf,
    filter: &Filter,
    top: usize,
) -> Vec<Suggestion> {
    let mut sums: BTreeMap<u32, (f64, f32, ProductKey)> = BTreeMap::new();
    let mut lines = order.to_vec();
    lines.sort_unstable();
    lines.dedup();
    for &line in &lines {
        for (rank, neighbour) in model.companions(&model.product(line)).enumerate() {
            let sum = sums.entry(neighbour.index).or_insert((0.0, 0.0, line));
            // Scores are kept coarsely; the rank in the row tells equal ones apart.
            sum.0 += f64::from(neighbour.score) * (1.0 - rank as f64 * 1e-5);
            if neighbour.score > sum.1 {
                (sum.1, sum.2) = (neighbour.score, line);
            }
        }
    }
    let all = sums.into_iter().map(|(index, (score, _, with))| Suggestion {
        product: product(model, index),
        score,
        reason: Reason::GoesWith { with },
    });
    let fresh = all.filter(|suggestion| lines.binary_search(&suggestion.product).is_err());
    let mut ranked = best(fresh.filter(|suggestion| filter.passes(shelf, history, suggestion.product)), top);
    // Where little is known of the lines, what everybody buys fills the list.
    let listed: Vec<ProductKey> = ranked.iter().map(|suggestion| suggestion.product).collect();
    let popular = model.popular().map(|index| model.product_at(index));
    let others = popular.map(|record| (ProductKey(record.key), record.buys_28));
    let others = others.filter(|(product, _)| !listed.contains(product) && lines.binary_search(product).is_err());
    let passing = others.filter(|(product, _)| filter.passes(shelf, history, *product)).take(top - ranked.len());
    ranked.extend(passing.map(|(product, purchases)| Suggestion {
        product,
        score: 0.0,
        reason: Reason::Popular { purchases },
    }));
    ranked
}

/// The most bought products of a window, of all or of the filter's classes.
#[must_use]
pub fn popular(
    model: &Model,
    window: Window,
    history: &History,
    shelf: &dyn Shelf,
    filter: &Filter,
    top: usize,
) -> Vec<Suggestion> {
    let counted = (0..model.len() as u32).map(|index| {
        let record = model.product_at(index);
        let purchases = match window {
            Window::Week => record.buys_7,
            Window::Month => record.buys_28,
            Window::Quarter => record.buys_91,
            Window::Year => record.buys_365,
        };
        Suggestion {
            product: ProductKey(record.key),
            score: f64::from(purchases),
            reason: Reason::Popular { purchases },
        }
    });
    let bought = counted.filter(|suggestion| suggestion.score > 0.0);
    best(bought.filter(|suggestion| filter.passes(shelf, history, suggestion.product)), top)
}

/// Products first sold within `days` before the customer's day, the newest first; of the filter's classes, which may be the customer's own.
#[must_use]
pub fn new_arrivals(
    model: &Model,
    days: Day,
    history: &History,
    shelf: &dyn Shelf,
    filter: &Filter,
    top: usize,
) -> Vec<Suggestion> {
    let arrived = (0..model.len() as u32).filter_map(|index| {
        let product = product(model, index);
        let since = shelf.item(product)?.first_day?;
        (0..days).contains(&history.today.saturating_sub(since)).then_some(Suggestion {
            product,
            score: f64::from(since),
            reason: Reason::New { since },
        })
    });
    best(arrived.filter(|suggestion| filter.passes(shelf, history, suggestion.product)), top)
}

/// The classes a customer buys from, by purchases, most first.
#[must_use]
pub fn own_classes(history: &History, shelf: &dyn Shelf) -> Vec<CategoryKey> {
    let mut counts: BTreeMap<CategoryKey, u32> = BTreeMap::new();
    for pair in &history.pairs {
        shelf.classes(pair.product).into_iter().for_each(|class| *counts.entry(class).or_default() += pair.count);
    }
    let mut classes: Vec<(CategoryKey, u32)> = counts.into_iter().collect();
    classes.sort_by_key(|&(class, count)| (std::cmp::Reverse(count), class));
    classes.into_iter().map(|(class, _)| class).collect()
}

/// Products of the categories that the shop mapped to those of an order: `(from, to)` pairs, chosen by hand. Ranked by popularity.
#[must_use]
pub fn by_category_map(
    model: &Model,
    map: &[(CategoryKey, CategoryKey)],
    order: &[ProductKey],
    history: &History,
    shelf: &dyn Shelf,
    filter: &Filter,
    top: usize,
) -> Vec<Suggestion> {
    let mut found: BTreeMap<ProductKey, CategoryKey> = BTreeMap::new();
    for class in order.iter().flat_map(|&product| shelf.classes(product)) {
        for (from, to) in map.iter().filter(|(from, _)| *from == class) {
            shelf.products_in(*to).into_iter().for_each(|product| {
                found.entry(product).or_insert(*from);
            });
        }
    }
    order.iter().for_each(|product| {
        found.remove(product);
    });
    let all = found.into_iter().map(|(product, from)| Suggestion {
        product,
        score: f64::from(model.product(product).buys_28),
        reason: Reason::Mapped { from },
    });
    best(all.filter(|suggestion| filter.passes(shelf, history, suggestion.product)), top)
}

/// The products of a segment, a list kept by hand or computed by a rule of the shop, in its own order.
#[must_use]
pub fn segment(
    products: &[ProductKey],
    history: &History,
    shelf: &dyn Shelf,
    filter: &Filter,
    top: usize,
) -> Vec<Suggestion> {
    let passing = products.iter().filter(|&&product| filter.passes(shelf, history, product));
    let ranked = passing.take(top).enumerate();
    ranked.map(|(at, &product)| Suggestion { product, score: -(at as f64), reason: Reason::Segment }).collect()
}

fn product(model: &Model, index: u32) -> ProductKey {
    ProductKey(model.product_at(index).key)
}

fn best(suggestions: impl Iterator<Item = Suggestion>, top: usize) -> Vec<Suggestion> {
    let mut ranked: Vec<Suggestion> = suggestions.collect();
    ranked.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.product.cmp(&b.product)));
    ranked.truncate(top);
    ranked
}
