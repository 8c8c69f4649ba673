//! Named lists of products for templates, operators and pages.

use super::{Env, State, compose};
use crate::condition::{LineFacts, Scope};
use crate::effect::{ProductCard, Reason};
use crate::journey::{Algorithm, Candidate, Recommend, Run};
use crate::model::ProductKey;
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

/// What the run is about: its order's products, its cart's, or those of the last order.
fn about(state: &State, run: &Run) -> Vec<ProductKey> {
    let order = run.order.as_deref().and_then(|id| state.customer.orders.find(id));
    let cart = run.cart.and_then(|id| state.shelf.cart(Some(id)));
    match (order, cart) {
        (Some(order), _) => order.lines.iter().map(|line| line.product).collect(),
        (None, Some(cart)) => cart.lines.iter().map(|line| line.product).collect(),
        (None, None) => state
            .customer
            .orders
            .kept()
            .last()
            .map(|order| order.lines.iter().map(|line| line.product).collect())
            .unwrap_or_default(),
    }
}

/// Products by one algorithm; only what is on sale.
pub(super) fn pick(env: &Env, state: &State, list: &Recommend, about: &[ProductKey], _now: Instant) -> Picks {
    let limit = usize::from(list.limit);
    let of = list.of.as_deref().unwrap_or("");
    match list.by {
        Algorithm::Companions => companions(env, state, about, limit),
        Algorithm::Segment => segment(env, state, of).into_iter().take(limit).map(|key| (key, None)).collect(),
        Algorithm::Category => env
            .catalogue
            .all()
            .filter(|(_, product)| product.is_on_sale() && product.categories.iter().any(|category| category == of))
            .take(limit)
            .map(|(key, _)| (key, None))
            .collect(),
        Algorithm::Popular => on_sale(env, limit),
        Algorithm::New => newest(env, limit),
        Algorithm::Personal => personal(env, state, limit),
        Algorithm::Nothing => Vec::new(),
    }
}

fn on_sale(env: &Env, limit: usize) -> Picks {
    env.catalogue.all().filter(|(_, product)| product.is_on_sale()).take(limit).map(|(key, _)| (key, None)).collect()
}

fn newest(env: &Env, limit: usize) -> Picks {
    let mut products: Vec<_> = env.catalogue.all().filter(|(_, product)| product.is_on_sale()).collect();
    products.sort_by(|a, b| b.1.added_at.cmp(&a.1.added_at).then(a.0.cmp(&b.0)));
    products.into_iter().take(limit).map(|(key, _)| (key, Some(reason("new", "new in the shop", None)))).collect()
}

fn personal(env: &Env, state: &State, limit: usize) -> Picks {
    let bought = state.customer.purchases.products();
    bought
        .into_iter()
        .filter(|key| env.catalogue.get(*key).is_some_and(crate::model::Product::is_on_sale))
        .take(limit)
        .map(|key| (key, None))
        .collect()
}

fn companions(env: &Env, _state: &State, about: &[ProductKey], limit: usize) -> Picks {
    let have: BTreeSet<ProductKey> = about.iter().copied().collect();
    let categories: BTreeSet<&String> =
        about.iter().filter_map(|key| env.catalogue.get(*key)).flat_map(|product| &product.categories).collect();
    let near = env.catalogue.all().filter(|(key, product)| {
        !have.contains(key)
            && product.is_on_sale()
            && product.categories.iter().any(|category| categories.contains(category))
    });
    near.take(limit)
        .map(|(key, _)| {
            (
                key,
                Some(reason(
                    "companion",
                    "often bought together",
                    about.first().and_then(|key| Some(env.catalogue.get(*key)?.id.clone())),
                )),
            )
        })
        .collect()
}

fn reason(code: &str, text: &str, with: Option<String>) -> Reason {
    Reason { code: code.to_owned(), text: text.to_owned(), with, ..Reason::default() }
}

/// Additions an operator may offer on the phone.
pub(super) fn additions(env: &Env, state: &State, cart: &Cart, limit: usize) -> Vec<ProductCard> {
    let about: Vec<ProductKey> = cart.kept().map(|line| line.product).collect();
    let picks = companions(env, state, &about, limit);
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
