//! Composes what leaves: effects with everything the host and its templates need to know.

use super::{Env, State, suggest};
use crate::effect::{
    BannerShow, Effect, MessageSend, OfferIssue, OperatorTask, OrderLine, OrderRef, ProductCard, QuoteLine, What,
};
use crate::id::{EffectId, Id};
use crate::journey::{Candidate, ChosenProduct, Do, Intent, Run, Task};
use crate::model::ProductKey;
use crate::program::Offer;
use crate::replenish::{Cart, Errand, Replenish, errand_id};
use crate::time::{Instant, Zone};
use serde_json::{Map, Value, json};

/// The customer's language, or the shop's.
pub(super) fn locale<'a>(env: &'a Env, state: &'a State) -> &'a str {
    state.customer.profile.locale.as_deref().unwrap_or(&env.program.shop.locale)
}

fn replenish(env: &Env) -> &Replenish {
    // Errands and carts exist only under a program that has `replenish`; a default serves after it was removed.
    static DEFAULT: std::sync::LazyLock<Replenish> = std::sync::LazyLock::new(Replenish::default);
    env.program.replenish.as_ref().unwrap_or(&DEFAULT)
}

/// A cart as the customer sees it.
pub(super) fn cart_view(env: &Env, state: &State, cart: &Cart) -> crate::effect::CartView {
    cart.view(&state.shelf, &env.catalogue, locale(env, state), replenish(env).ask_to_stop_after)
}

/// The effect of an errand from the cart desk.
pub(super) fn errand(env: &Env, state: &State, errand: &Errand, now: Instant) -> Option<Effect> {
    let (cart_id, name, what) = match errand {
        Errand::Quote { cart } => (*cart, "quote".to_owned(), quote(env, state.shelf.cart(Some(*cart))?)),
        Errand::CreateOrder { cart } => (*cart, "order".to_owned(), create_order(env, state.shelf.cart(Some(*cart))?)),
        Errand::CancelOrder { cart, order } => (
            *cart,
            "cancel".to_owned(),
            What::OrderCancel { order: order.clone(), reason: "undone by the customer".to_owned() },
        ),
        Errand::Wishlist { cart, products } => {
            let ids: Vec<String> =
                products.iter().filter_map(|key| Some(env.catalogue.get(*key)?.id.clone())).collect();
            (*cart, format!("wishlist {}", ids.join(" ")), What::WishlistAdd { products: ids })
        }
        Errand::Call { cart } => (*cart, "call".to_owned(), call(env, state, state.shelf.cart(Some(*cart))?, now)),
        Errand::RemindCall { cart, of } => {
            (*cart, "remind".to_owned(), remind(env, state, state.shelf.cart(Some(*cart))?, *of))
        }
        Errand::CancelCall { cart, task } => (
            *cart,
            "cancel-call".to_owned(),
            What::OperatorCancel { task: *task, reason: "the customer took the order back".to_owned() },
        ),
        Errand::OrderFailed { cart, why } => {
            (*cart, "order-failed".to_owned(), order_failed(env, state, state.shelf.cart(Some(*cart))?, why))
        }
    };
    let store = state.shelf.cart(Some(cart_id))?.store.clone();
    Some(Effect { id: errand_id(cart_id, &name), customer: state.customer.key.clone(), store, what })
}

fn quote(env: &Env, cart: &Cart) -> What {
    let lines = cart.lines.iter().filter_map(|line| {
        Some(QuoteLine { product: env.catalogue.get(line.product)?.id.clone(), quantity: line.quantity })
    });
    What::CartQuote { cart: cart.id, lines: lines.collect() }
}

fn create_order(env: &Env, cart: &Cart) -> What {
    let lines = cart.kept().filter_map(|line| {
        Some(OrderLine {
            product: env.catalogue.get(line.product)?.id.clone(),
            quantity: line.quantity,
            price: line.price,
        })
    });
    What::OrderCreate { cart: cart.id, currency: cart.currency.clone(), lines: lines.collect() }
}

fn operator_task(env: &Env, state: &State, cart: Option<&Cart>, task: &str, title: String) -> OperatorTask {
    let profile = &state.customer.profile;
    OperatorTask {
        task: task.to_owned(),
        title,
        name: profile.name.clone(),
        phone: profile.phone.clone(),
        email: profile.email.clone(),
        locale: locale(env, state).to_owned(),
        cart: cart.map(|cart| cart_view(env, state, cart)),
        order: cart.and_then(Cart::order_ref),
        additions: Vec::new(),
        due_at: None,
        of: None,
    }
}

fn who(state: &State) -> String {
    state.customer.profile.name.clone().unwrap_or_else(|| format!("customer {}", state.customer.key))
}

fn number(cart: &Cart) -> String {
    cart.order.as_ref().map_or_else(String::new, |(id, number)| number.clone().unwrap_or_else(|| id.clone()))
}

fn call(env: &Env, state: &State, cart: &Cart, now: Instant) -> What {
    let title = format!("Call {} about order {}", who(state), number(cart));
    let additions = suggest::additions(env, state, cart, usize::from(replenish(env).additions), now);
    What::OperatorTask(Box::new(OperatorTask {
        additions,
        due_at: cart.call_due,
        ..operator_task(env, state, Some(cart), "call", title)
    }))
}

fn remind(env: &Env, state: &State, cart: &Cart, of: EffectId) -> What {
    let title = format!("Still to call: {} about order {}", who(state), number(cart));
    What::OperatorTask(Box::new(OperatorTask {
        of: Some(of),
        ..operator_task(env, state, Some(cart), "remind", title)
    }))
}

fn order_failed(env: &Env, state: &State, cart: &Cart, why: &str) -> What {
    let title = format!("The order of {} could not be made: {why}", who(state));
    What::OperatorTask(Box::new(operator_task(env, state, Some(cart), "note", title)))
}

/// The effect of what a step asked for. A change of the cart is none.
pub(super) fn intent(env: &Env, state: &State, intent: &Intent, now: Instant) -> Option<Effect> {
    let what = match &intent.what {
        Do::AssignRole(role) => What::RoleAssign { role: role.clone() },
        Do::RemoveRole(role) => What::RoleRemove { role: role.clone() },
        Do::AssignTag(tag) => What::TagAssign { tag: tag.clone() },
        Do::RemoveTag(tag) => What::TagRemove { tag: tag.clone() },
        Do::SetAttribute(set) => What::AttributeSet { name: set.name.clone(), value: set.value.clone() },
        Do::Webhook(name) => {
            What::WebhookCall { webhook: name.clone(), body: context(env, state, &intent.run, Map::new()) }
        }
        Do::Offer(step) => {
            offer(env, state, &intent.run, env.program.offers.iter().find(|offer| offer.id == step.id)?, now)
        }
        Do::Task(task) => journey_task(env, state, &intent.run, task, now),
        Do::Banner(banner) => show_banner(env, state, intent, banner, now),
        Do::Emit(emit) => What::EventEmit { event: emitted(state, intent, emit, now)? },
        Do::CreateOrder(wanted) => order_of(env, intent.id, wanted)?,
        Do::Cart(_) | Do::PrepareCart(_) => return None,
    };
    Some(Effect { id: intent.id, customer: state.customer.key.clone(), store: intent.run.store.clone(), what })
}

/// An order that a step makes; nothing when none of its products is on sale.
fn order_of(env: &Env, id: EffectId, wanted: &[ChosenProduct]) -> Option<What> {
    let lines: Vec<OrderLine> = wanted
        .iter()
        .filter_map(|wanted| {
            let product =
                env.catalogue.get(ProductKey::of("", &wanted.product)).filter(|product| product.is_on_sale())?;
            let price = wanted.price.unwrap_or(product.price);
            Some(OrderLine { product: product.id.clone(), quantity: wanted.quantity, price })
        })
        .collect();
    (!lines.is_empty()).then(|| What::OrderCreate { cart: id, currency: env.program.shop.currency.clone(), lines })
}

fn offer(env: &Env, state: &State, run: &Run, offer: &Offer, now: Instant) -> What {
    let zone = state.customer.zone(&env.zones);
    let discount = if let Some(fixed) = offer.fixed {
        json!({ "fixed": fixed, "currency": env.program.shop.currency })
    } else if let Some(percent) = offer.percent {
        json!({ "percent": percent })
    } else if let Some(gift) = &offer.gift {
        json!({ "gift": gift })
    } else {
        json!({ "free_shipping": true })
    };
    What::OfferIssue(Box::new(OfferIssue {
        offer: offer.id.clone(),
        code: run.offer.as_ref().map(|(_, code, _)| code.clone()).unwrap_or_default(),
        discount,
        minimum: offer.minimum,
        expires_at: expires(offer, now, zone),
        budget: offer.budget,
    }))
}

fn expires(offer: &Offer, now: Instant, zone: Zone) -> Option<Instant> {
    offer.expires_after.map(|span| span.after(now, zone))
}

fn journey_task(env: &Env, state: &State, run: &Run, task: &Task, now: Instant) -> What {
    let cart = run.cart.and_then(|id| state.shelf.cart(Some(id)));
    let additions =
        cart.map(|cart| suggest::additions(env, state, cart, usize::from(task.additions), now)).unwrap_or_default();
    let hours = &env.program.policy.business_hours;
    let due_at =
        task.due_business_hours.and_then(|due| hours.after_open_minutes(now, due.saturating_mul(60), env.zone()));
    let kind = if cart.is_some() { "decide" } else { "note" };
    What::OperatorTask(Box::new(OperatorTask {
        additions,
        due_at,
        ..operator_task(env, state, cart, kind, task.title.clone())
    }))
}

fn show_banner(env: &Env, state: &State, intent: &Intent, banner: &crate::journey::Banner, now: Instant) -> What {
    let zone = state.customer.zone(&env.zones);
    let after = banner.after.map_or(now, |span| span.after(now, zone));
    let not_before = banner.at.map_or(after, |clock| clock.next(after, zone));
    let lists = suggest::named(env, state, &intent.run, &banner.recommend, now);
    What::BannerShow(Box::new(BannerShow {
        banner: intent.step.clone(),
        slot: banner.slot.clone().unwrap_or_else(|| "page".to_owned()),
        template: banner.template.clone(),
        title: with_code(&banner.title, &intent.run),
        text: with_code(&banner.text, &intent.run),
        url: banner.url.clone(),
        not_before,
        until: banner.span.map(|span| span.after(not_before, zone)),
        times: banner.times.unwrap_or(1),
        priority: banner.priority,
        context: context(env, state, &intent.run, lists),
    }))
}

/// `{code}` becomes the code of the run's coupon.
fn with_code(text: &str, run: &Run) -> String {
    text.replace("{code}", run.offer.as_ref().map_or("", |(_, code, _)| code))
}

fn emitted(state: &State, intent: &Intent, emit: &crate::journey::Emit, now: Instant) -> Option<Value> {
    let to = match &emit.customer {
        Some(_) => intent.run.other.clone()?,
        None => state.customer.key.clone(),
    };
    let data = json!({ "name": emit.name, "from": state.customer.key, "order": intent.run.order, "journey": intent.run.journey });
    Some(
        json!({ "id": intent.id.to_string(), "source": "comeback", "type": "event.emitted", "at": now.rfc3339(), "customer": to, "store": intent.run.store, "data": data }),
    )
}

/// A released message; nothing when the contact vanished between judging and composing, which the judge excludes.
pub(super) fn message(env: &Env, state: &State, candidate: &Candidate, lists: Map<String, Value>) -> Option<Effect> {
    let channel = crate::plan::channel(candidate);
    let run = state.runs.find(candidate.run)?;
    let send = &candidate.send;
    let what = What::MessageSend(Box::new(MessageSend {
        channel: channel.to_owned(),
        template: send.template.clone(),
        variant: send.variant,
        topic: crate::plan::topic(candidate).to_owned(),
        class: send.class,
        locale: locale(env, state).to_owned(),
        to: state.customer.profile.contact(channel)?.to_owned(),
        sender: send.sender.clone(),
        bcc: send.bcc.clone(),
        not_after: candidate.not_after,
        journey: candidate.journey.clone(),
        run: candidate.run,
        step: candidate.step.clone(),
        context: context(env, state, run, lists),
    }));
    Some(Effect { id: candidate.effect, customer: state.customer.key.clone(), store: candidate.store.clone(), what })
}

/// What a template may read.
fn context(env: &Env, state: &State, run: &Run, lists: Map<String, Value>) -> Value {
    let profile = &state.customer.profile;
    let mut context = json!({
        "recipient": {
            "id": state.customer.key, "name": profile.name, "email": profile.email, "phone": profile.phone,
            "locale": locale(env, state), "recommendations": lists,
        },
        "run": { "journey": run.journey, "key": run.key, "started_at": run.started_at.rfc3339(), "arms": run.arms },
        "segments": suggest::segments(env, state),
    });
    if let Some(cart) = run.cart.and_then(|id| state.shelf.cart(Some(id))) {
        context["cart"] = json!(cart_view(env, state, cart));
    }
    if let Some(order) = run.order.as_deref().and_then(|id| state.customer.orders.find(id)) {
        context["order"] = order_view(env, state, order);
    }
    if let Some((id, code, _)) = &run.offer
        && let Some(offer) = env.program.offers.iter().find(|offer| offer.id == *id)
    {
        let zone = state.customer.zone(&env.zones);
        context["offer"] = json!({ "code": code, "description": offer.description, "expires_at": expires(offer, run.last_step_at, zone).map(|at| at.0) });
    }
    if let Some(product) = run.product.as_deref().and_then(|id| env.catalogue.get(crate::model::ProductKey::of("", id)))
    {
        context["product"] = json!(ProductCard::of(product, locale(env, state), None));
    }
    if let Some(cart) = &state.customer.activity.cart {
        context["shop_cart"] = shop_cart(env, state, cart);
    }
    context
}

fn order_view(env: &Env, state: &State, order: &crate::customer::Order) -> Value {
    let lines: Vec<Value> = order
        .lines
        .iter()
        .filter_map(|line| {
            let product = env.catalogue.get(line.product)?;
            Some(json!({ "product": product.id, "name": product.name_in(locale(env, state)), "quantity": line.quantity, "price": line.price, "image": product.image }))
        })
        .collect();
    let head = OrderRef {
        id: order.id.clone(),
        number: order.number.clone(),
        total: order.total,
        currency: order.currency.clone(),
    };
    json!({ "id": head.id, "number": head.number, "total": head.total, "currency": head.currency, "status": order.status, "lines": lines })
}

fn shop_cart(env: &Env, state: &State, cart: &crate::customer::activity::ShopCart) -> Value {
    let lines: Vec<Value> = cart
        .lines
        .iter()
        .filter_map(|(key, quantity, price)| {
            let product = env.catalogue.get(*key)?;
            Some(json!({ "product": product.id, "name": product.name_in(locale(env, state)), "quantity": quantity, "price": price, "currency": product.currency, "image": product.image, "url": product.url }))
        })
        .collect();
    json!({ "id": cart.id, "lines": lines, "total": cart.total, "step": cart.step, "shipping": cart.shipping, "delivery_days": cart.delivery_days, "error": cart.error })
}

/// The identity of a cart from its text.
pub(super) fn cart_id(text: &str) -> Option<Id> {
    Id::parse(text)
}
