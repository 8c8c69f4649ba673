//! The stand-in host: named ways of answering effects.

use crate::effect::{Effect, What};
use crate::engine::Env;
use crate::event::{Event, EventBy};
use crate::model::ProductKey;
use crate::time::Instant;
use serde_json::{Value, json};

/// How the stand-in host answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Responses {
    /// Everything works: messages are sent, quotes come from the catalogue snapshot, orders are made
    /// in the unconfirmed state and reported by the shop.
    #[default]
    Cooperative,
    /// Nothing is ever answered; the journal brings its own receipts.
    Silent,
}

impl Responses {
    /// By its name.
    pub fn named(name: &str) -> Option<Responses> {
        match name {
            "cooperative" => Some(Responses::Cooperative),
            "silent" => Some(Responses::Silent),
            _ => None,
        }
    }

    /// The receipts of one effect, in order.
    pub(super) fn answer(self, env: &Env, effect: &Effect, now: Instant) -> Vec<Event> {
        if self == Responses::Silent {
            return Vec::new();
        }
        let host = |kind: &str, data: Value| event(effect, kind, EventBy::Host, now, data);
        let completed = |result: Value| {
            host("effect.completed", json!({ "effect": effect.id, "kind": effect.what.name(), "result": result }))
        };
        let answers = match &effect.what {
            What::MessageSend(_) => vec![host("message.sent", json!({ "effect": effect.id }))],
            What::CartQuote { lines, .. } => vec![completed(
                json!({ "quotes": lines.iter().map(|line| quote(env, &line.product)).collect::<Vec<_>>() }),
            )],
            What::OrderCreate { cart, currency, lines } => {
                let id = format!("o-{}", &effect.id.to_string()[..8]);
                let total: i64 = lines.iter().map(|line| line.price * i64::from(line.quantity)).sum();
                let order_lines: Vec<Value> = lines
                    .iter()
                    .enumerate()
                    .map(|(index, line)| json!({ "id": index.to_string(), "product": line.product, "quantity": line.quantity, "price": line.price }))
                    .collect();
                let order = json!({ "id": id, "number": id, "revision": 1, "status": "unconfirmed", "placed_at": now.rfc3339(), "currency": currency, "total": total, "cart": cart, "lines": order_lines });
                vec![
                    completed(json!({ "order_id": id, "number": id, "status": "unconfirmed" })),
                    event(effect, "order.placed", EventBy::Shop, now, json!({ "order": order })),
                ]
            }
            What::OfferIssue(offer) => vec![completed(json!({ "code": offer.code }))],
            What::EventEmit { event } => vec![Event::parse(event.clone(), EventBy::Host, now)],
            What::OrderCancel { .. }
            | What::WishlistAdd { .. }
            | What::OperatorTask(_)
            | What::OperatorCancel { .. }
            | What::RoleAssign { .. }
            | What::RoleRemove { .. }
            | What::TagAssign { .. }
            | What::TagRemove { .. }
            | What::AttributeSet { .. }
            | What::BannerShow(_)
            | What::WebhookCall { .. } => vec![completed(Value::Null)],
        };
        // Our own answers are well formed; one that is not would be a defect that the fixtures show as a missing step.
        answers.into_iter().flatten().collect()
    }
}

fn event(effect: &Effect, kind: &str, by: EventBy, now: Instant, data: Value) -> Result<Event, crate::event::Refusal> {
    let value = json!({
        "id": format!("{kind}-{}", effect.id), "source": "replay", "type": kind, "at": now.rfc3339(), "customer": effect.customer, "store": effect.store, "data": data,
    });
    Event::parse(value, by, now)
}

fn quote(env: &Env, id: &str) -> Value {
    match env.catalogue.get(ProductKey::of("", id)) {
        Some(product) => json!({
            "product": id, "in_stock": product.in_stock, "discontinued": product.discontinued, "successor": product.successor, "price": product.price, "currency": product.currency,
        }),
        None => json!({ "product": id, "in_stock": false, "price": 0, "currency": "" }),
    }
}
