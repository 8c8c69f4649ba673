//! Named lists of products for templates, operators and pages.

use super::{Env, State, compose};
use crate::condition::{LineFacts, Scope};
use crate::customer::purchases::History;
use crate::effect::{ProductCard, Reason};
use crate::journey::{Algorithm, Candidate, Recommend, Run};
use crate::model::view::View;
use crate::model::{CategoryKey, Product, ProductKey};
use crate::recommend::lists::{self, Reason as Why, Suggestion, Window};
use crate::recommend::{Filter, Item, Shelf};
use crate::replenish::Cart;
use crate::time::Instant;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

type Picks = Vec<(ProductKey, Option<Reason>)>;

/// The lists a candidate's template asks for.
pub(super) fn lists(env: &Env, state: &State, candidate: &Candidate, now: Instant) -> Map<String, Value> {
    match state.runs.find(candidate.run) {
        Some(run) => named(env, state, run, &candidate.send.recommend, now),
        None => Map::new(),
    }
}

/// Named lists for a run.
pub(super) fn named(env: &Env, state: &State, run: &Run, wanted: &[Recommend], now: Instant) -> Map<String, Value> {
    let locale = compose::locale(env, state);
    let about: Vec<ProductKey> = about(state, run);
    wanted
        .iter()
        .map(|list| {
            (list.name.clone(), json!(ProductCard::all(&env.catalogue, &pick(env, state, list, &about, now), locale)))
        })
        .collect()
}

/// What the run is about: its order's products, its predicted cart's, the shop's cart, or those of the last order.
fn about(state: &State, run: &Run) -> Vec<ProductKey> {
    if let Some(order) = run.order.as_deref().and_then(|id| state.customer.orders.find(id)) {
        return order.lines.iter().map(|line| line.product).collect();
    }
    if let Some(cart) = run.cart.and_then(|id| state.shelf.cart(Some(id))) {
        return cart.lines.iter().map(|line| line.product).collect();
    }
    if let Some(cart) = state.customer.activity.cart.as_ref().filter(|cart| !cart.lines.is_empty()) {
        return cart.lines.iter().map(|(product, _, _)| *product).collect();
    }
    let last = state.customer.orders.last();
    last.map(|order| order.lines.iter().map(|line| line.product).collect()).unwrap_or_default()
}

/// Products by one algorithm; only what is on sale.
pub(super) fn pick(env: &Env, state: &State, list: &Recommend, about: &[ProductKey], now: Instant) -> Picks {
    let limit = usize::from(list.limit);
    let of = list.of.as_deref().unwrap_or("");
    let today = state.customer.zone(&env.zones).day(now);
    let view = View::new(&env.model, state.customer.purchases.fold(today));
    let history = &view.history;
    let shelf = ShopShelf { env };
    let filter = Filter { except: about.to_vec(), not_bought_within_days: Some(RECENT_DAYS), ..Filter::default() };
    let found = match list.by {
        Algorithm::Companions => lists::companions(&env.model, about, history, &shelf, &filter, limit),
        Algorithm::Popular => lists::popular(&env.model, Window::Month, history, &shelf, &filter, limit),
        Algorithm::New => return newest(env, state, history, &shelf, &filter, limit),
        Algorithm::Personal => lists::next_order(&view, &shelf, &filter, limit),
        Algorithm::Segment => lists::segment(&segment(env, state, of), history, &shelf, &filter, limit),
        Algorithm::Category => {
            let filter = Filter { classes: vec![CategoryKey::of("", of)], ..filter };
            lists::popular(&env.model, Window::Year, history, &shelf, &filter, limit)
        }
        Algorithm::Mapped => {
            lists::by_category_map(&env.model, &category_map(env), about, history, &shelf, &filter, limit)
        }
        Algorithm::Nothing => Vec::new(),
    };
    let picks: Picks = found.iter().map(|suggestion| (suggestion.product, Some(reason(env, suggestion)))).collect();
    if picks.is_empty() && list.by != Algorithm::Nothing { without_history(env, list.by, about, limit) } else { picks }
}

fn category_map(env: &Env) -> Vec<(CategoryKey, CategoryKey)> {
    let pairs = env.program.category_map.iter();
    let key = |name: &String| CategoryKey::of("", name);
    pairs.flat_map(|pair| pair.to.iter().map(move |to| (key(&pair.from), key(to)))).collect()
}

/// Products bought in the last so many days are not suggested.
const RECENT_DAYS: i32 = 14;
/// Products first sold in the last so many days are new.
const NEW_DAYS: i32 = 120;

/// The shop's catalogue, as lists look products up.
struct ShopShelf<'a> {
    env: &'a Env,
}

impl Shelf for ShopShelf<'_> {
    fn item(&self, product: ProductKey) -> Option<Item> {
        let found = self.env.catalogue.get(product)?;
        let first_day = found.added_at.as_deref().and_then(Instant::parse).map(|at| self.env.zone().day(at));
        Some(Item { available: found.is_on_sale(), price: Some(found.price as f64 / 100.0), first_day })
    }

    fn classes(&self, product: ProductKey) -> Vec<CategoryKey> {
        let Some(found) = self.env.catalogue.get(product) else { return Vec::new() };
        found
            .categories
            .iter()
            .chain(&found.kind)
            .chain(&found.variant_group)
            .map(|name| CategoryKey::of("", name))
            .collect()
    }

    fn products_in(&self, class: CategoryKey) -> Vec<ProductKey> {
        self.env.catalogue.all().map(|(key, _)| key).filter(|key| self.classes(*key).contains(&class)).collect()
    }
}

/// New arrivals, those in the customer's own categories first.
fn newest(env: &Env, _state: &State, history: &History, shelf: &ShopShelf<'_>, filter: &Filter, limit: usize) -> Picks {
    let own = Filter { classes: lists::own_classes(history, shelf), ..filter.clone() };
    let mut found = if own.classes.is_empty() { Vec::new() } else { arrivals(env, history, shelf, &own, limit) };
    for other in arrivals(env, history, shelf, filter, limit) {
        if found.len() < limit && !found.iter().any(|(key, _)| *key == other.0) {
            found.push(other);
        }
    }
    found
}

/// By the day the catalogue names, so that a product nobody has bought yet can be new.
fn arrivals(env: &Env, history: &History, shelf: &ShopShelf<'_>, filter: &Filter, limit: usize) -> Picks {
    let since = |key: ProductKey| shelf.item(key).and_then(|item| item.first_day);
    let mut found: Vec<(ProductKey, i32)> = env
        .catalogue
        .all()
        .filter_map(|(key, _)| Some((key, since(key)?)))
        .filter(|(key, day)| history.today - day < NEW_DAYS && filter.passes(shelf, history, *key))
        .collect();
    found.sort_by_key(|(key, day)| (std::cmp::Reverse(*day), *key));
    let why = |day: i32| Reason {
        code: "new".into(),
        text: format!("new since {}", crate::model::day::to_words(day)),
        ..Reason::default()
    };
    found.into_iter().take(limit).map(|(key, day)| (key, Some(why(day)))).collect()
}

/// A shop without a model still has something to show: its newest, or neighbours by category.
fn without_history(env: &Env, by: Algorithm, about: &[ProductKey], limit: usize) -> Picks {
    let categories: BTreeSet<&String> =
        about.iter().filter_map(|key| env.catalogue.get(*key)).flat_map(|product| &product.categories).collect();
    let near = |product: &Product| {
        by != Algorithm::Companions || product.categories.iter().any(|category| categories.contains(category))
    };
    let mut found: Vec<(ProductKey, &Product)> = env
        .catalogue
        .all()
        .filter(|(key, product)| product.is_on_sale() && !about.contains(key) && near(product))
        .collect();
    found.sort_by(|a, b| b.1.added_at.cmp(&a.1.added_at).then(a.0.cmp(&b.0)));
    found.into_iter().take(limit).map(|(key, _)| (key, None)).collect()
}

fn reason(env: &Env, suggestion: &Suggestion) -> Reason {
    let name = |key: ProductKey| env.catalogue.get(key).map_or_else(|| "it".to_owned(), |product| product.name.clone());
    let (code, with) = match suggestion.reason {
        Why::BoughtBefore { .. } => ("bought_before", None),
        Why::AlsoBought => ("also_bought", None),
        Why::GoesWith { with } => ("companion", env.catalogue.get(with).map(|product| product.id.clone())),
        Why::Popular { .. } => ("popular", None),
        Why::New { .. } => ("new", None),
        Why::Mapped { .. } => ("mapped", None),
        Why::Segment => ("segment", None),
    };
    Reason { code: code.to_owned(), text: suggestion.reason.english(&name), with, ..Reason::default() }
}

fn group(env: &Env, product: ProductKey) -> Option<&String> {
    env.catalogue.get(product)?.variant_group.as_ref()
}

/// Additions an operator may offer on the phone: what goes with the cart, then what this
/// customer is likely to want; never a sibling of what is in it.
pub(super) fn additions(env: &Env, state: &State, cart: &Cart, limit: usize, now: Instant) -> Vec<ProductCard> {
    let about: Vec<ProductKey> = cart.lines.iter().map(|line| line.product).collect();
    let list = |by| Recommend { name: String::new(), by, of: None, limit: u8::try_from(limit * 3).unwrap_or(u8::MAX) };
    let in_cart: BTreeSet<&String> = about.iter().filter_map(|key| group(env, *key)).collect();
    let sibling = |key: ProductKey| group(env, key).is_some_and(|group| in_cart.contains(group));
    let wider = |by| pick(env, state, &list(by), &about, now);
    let mut picks: Picks = Vec::new();
    for other in wider(Algorithm::Companions).into_iter().chain(wider(Algorithm::Personal)) {
        if !sibling(other.0) && !picks.iter().any(|(key, _)| *key == other.0) {
            picks.push(other);
        }
    }
    picks.truncate(limit);
    ProductCard::all(&env.catalogue, &picks, compose::locale(env, state))
}

/// The products of a segment, in its order.
fn segment(env: &Env, state: &State, id: &str) -> Vec<ProductKey> {
    let Some(segment) = env.program.segments.iter().find(|segment| segment.id == id) else { return Vec::new() };
    let on_sale = |key: &ProductKey| env.catalogue.get(*key).is_some_and(crate::model::Product::is_on_sale);
    if !segment.products.is_empty() {
        return segment.products.iter().map(|id| ProductKey::of("", id)).filter(on_sale).collect();
    }
    let Some(when) = &segment.when else { return Vec::new() };
    let holds = |key: ProductKey| {
        let line = Some(LineFacts { product: key, attributes: None });
        let scope = Scope {
            now: Instant(0),
            zone: env.zone(),
            customer: &state.customer,
            catalogue: &env.catalogue,
            event: None,
            run: None,
            cart: None,
            line,
        };
        when.eval(&scope).holds
    };
    let mut found: Vec<ProductKey> =
        env.catalogue.all().map(|(key, _)| key).filter(|key| on_sale(key) && holds(*key)).collect();
    if segment.newest_first {
        let added = |key: &ProductKey| env.catalogue.get(*key).and_then(|product| product.added_at.clone());
        found.sort_by(|a, b| added(b).cmp(&added(a)).then(a.cmp(b)));
    }
    found
}

/// Products of each segment for templates, a dozen at most.
pub(super) fn segments(env: &Env, state: &State) -> Value {
    let locale = compose::locale(env, state);
    let cards = |id: &str| {
        ProductCard::all(
            &env.catalogue,
            &segment(env, state, id).into_iter().take(12).map(|key| (key, None)).collect::<Picks>(),
            locale,
        )
    };
    Value::Object(env.program.segments.iter().map(|known| (known.id.clone(), json!(cards(&known.id)))).collect())
}
