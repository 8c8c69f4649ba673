//! Questions, which cannot change anything.

use super::step::cart_facts;
use super::{Env, State, compose, suggest};
use crate::condition::Scope;
use crate::customer::Customer;
use crate::customer::purchases::Kind;
use crate::event::Quote;
use crate::explain::Trace;
use crate::id::Id;
use crate::journey::{Accumulator, Machine, Waiting, World};
use crate::plan::{Verdict, judge_again};
use crate::replenish::{CartStatus, Desk, Due, Method, Replenish};
use crate::time::{Instant, day_text, weekday};
use serde::Deserialize;
use serde_json::{Value, json};

/// What can be asked.
#[derive(Debug, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Question {
    /// May this released message still go? Asked before every attempt.
    Judge { effect: String },
    /// A predicted cart; the newest when none is named. With quotes: as it would be confirmed under them.
    Cart {
        #[serde(default)]
        cart: Option<String>,
        #[serde(default)]
        quotes: Vec<Quote>,
    },
    /// What is due when and why.
    Due,
    /// Everything a shop's back office may see.
    Profile,
    /// What the customer agreed to.
    Preferences,
    /// What publishing the asked environment's program would do with the customer's runs, and what it was due for before.
    Publish,
    /// Whether a run of a journey would begin now: who is in the audience of a one-off run.
    Qualifies { journey: String, key: String },
    /// What a page may show in a slot.
    Banners { slot: String },
    /// A recommended list of the program for a page.
    Recommend {
        list: String,
        #[serde(default)]
        limit: Option<u8>,
    },
}

/// Answers a question about one customer.
pub fn ask(env: &Env, state: &State, question: &Question, now: Instant) -> Value {
    let now = state.clock.map_or(now, |clock| clock.max(now));
    match question {
        Question::Judge { effect } => judge(env, state, effect, now),
        Question::Cart { cart, quotes } => cart_view(env, state, cart.as_deref(), quotes),
        Question::Due => due(env, state, now),
        Question::Profile => profile(env, state),
        Question::Preferences => preferences(env, state),
        Question::Publish => journeys(env, state, now, |machine, world| {
            let fate = |run: &crate::journey::Run| json!({ "journey": run.journey, "step": run.step, "fate": machine.fate(run) });
            json!({ "runs": world.runs.active.iter().map(fate).collect::<Vec<_>>(), "backlog": machine.backlog(world), "unfilled": unfilled(env, world.customer) })
        }),
        Question::Qualifies { journey, key } => journeys(env, state, now, |machine, world| {
            let why = machine.qualifies(journey, key, world).err();
            json!({ "qualifies": why.is_none(), "why": why })
        }),
        Question::Banners { slot } => json!(state.banners.shown_in(slot, now)),
        Question::Recommend { list, limit } => recommend(env, state, list, *limit, now),
    }
}

/// Accumulators whose past is not known, with the events that they count.
fn unfilled(env: &Env, customer: &Customer) -> Vec<Value> {
    let unknown = |accumulator: &&Accumulator| !customer.counters.is_filled(&accumulator.id);
    let told = |accumulator: &Accumulator| json!({ "id": accumulator.id, "event": accumulator.event });
    env.program.accumulators.iter().filter(unknown).map(told).collect()
}

/// Asks the machine about a copy of the customer.
fn journeys(env: &Env, state: &State, now: Instant, ask: impl FnOnce(&Machine, &World<'_>) -> Value) -> Value {
    let carts = cart_facts(state);
    let State { mut customer, mut runs, mut entries, mut triggers, .. } = state.clone();
    let zones = customer.zones(&env.zones);
    let world = World {
        now,
        zones: &zones,
        customer: &mut customer,
        catalogue: &env.catalogue,
        runs: &mut runs,
        entries: &mut entries,
        triggers: &mut triggers,
        candidates: &mut Vec::new(),
        intents: &mut Vec::new(),
        carts: &carts,
        order_before: None,
        slot: env.program.policy.slot,
        secret: &[],
        trace: &mut Trace::off(),
    };
    ask(&env.machine, &world)
}

fn scope<'a>(env: &'a Env, state: &'a State, now: Instant) -> Scope<'a> {
    Scope {
        now,
        zone: state.customer.zone(&env.zones),
        customer: &state.customer,
        catalogue: &env.catalogue,
        event: None,
        run: None,
        cart: None,
        line: None,
    }
}

fn cart_view(env: &Env, state: &State, id: Option<&str>, quotes: &[Quote]) -> Value {
    let found = match id.map(compose::cart_id) {
        Some(Some(id)) => state.shelf.cart(Some(id)),
        Some(None) => None,
        None => state.shelf.cart(None),
    };
    let Some(mut cart) = found.cloned() else { return Value::Null };
    if cart.status == CartStatus::Ready {
        cart.requote(quotes, &env.catalogue);
    }
    json!(compose::cart_view(env, state, &cart))
}

fn judge(env: &Env, state: &State, effect: &str, now: Instant) -> Value {
    let message = Id::parse(effect).and_then(|effect| state.customer.messages.find(effect));
    let Some(message) = message else { return json!({ "verdict": "drop", "until": null, "reason": "unknown" }) };
    match judge_again(
        &env.program.policy,
        &state.customer.zones(&env.zones),
        message,
        &state.runs,
        &scope(env, state, now),
    ) {
        Verdict::Release => json!({ "verdict": "release", "until": null, "reason": null }),
        Verdict::Hold(until, reason) => json!({ "verdict": "hold", "until": until.0, "reason": reason.word() }),
        Verdict::Skip(reason) => json!({ "verdict": "drop", "until": null, "reason": reason.word() }),
    }
}

fn due(env: &Env, state: &State, now: Instant) -> Value {
    let Some(authored) = &env.program.replenish else {
        return json!({ "next_delivery_day": null, "refusal": "no_replenishment", "units": [] });
    };
    let zone = state.customer.zone(&env.zones);
    let today = zone.day(now);
    let wanted = i32::from(authored.delivery_day.weekday.number());
    let mut next = today + (wanted - i32::from(weekday(today))).rem_euclid(7);
    if zone.at(next, authored.delivery_day.at) < now {
        next += 7;
    }
    let (mut customer, mut shelf) = (state.customer.clone(), state.shelf.clone());
    let mut trace = Trace::off();
    let desk = Desk {
        now,
        zone,
        shop_zone: env.zone(),
        authored,
        business_hours: &env.program.policy.business_hours,
        orders: &env.program.orders,
        catalogue: &env.catalogue,
        model: &env.model,
        customer: &mut customer,
        shelf: &mut shelf,
        errands: Vec::new(),
        said: Vec::new(),
        trace: &mut trace,
    };
    let weeks: Vec<(i32, Vec<Due>)> = (0..5).map(|week| (next + week * 7, desk.all_units(next + week * 7))).collect();
    let units: Vec<Value> = weeks[0].1.iter().filter_map(|unit| due_unit(env, state, authored, unit, &weeks)).collect();
    json!({ "next_delivery_day": day_text(next), "refusal": desk.refusal(), "units": units })
}

fn due_unit(env: &Env, state: &State, _authored: &Replenish, unit: &Due, weeks: &[(i32, Vec<Due>)]) -> Option<Value> {
    let product = env.catalogue.get(unit.product)?;
    let is_due = |(_, list): &&(i32, Vec<Due>)| {
        list.iter().any(|due| due.unit == unit.unit && due.status == crate::replenish::DueStatus::Due)
    };
    let next_date = weeks.iter().find(is_due).map(|(day, _)| day_text(*day));
    let units = crate::replenish::Units { authored: env.program.replenish.as_ref()?, catalogue: &env.catalogue };
    let history: Vec<Value> = state
        .customer
        .purchases
        .lines()
        .iter()
        .filter(|line| units.unit(line.product) == unit.unit)
        .map(|line| json!({ "date": day_text(line.day), "quantity": line.quantity.as_f64(), "kind": kind_word(line.kind) }))
        .collect();
    let method = match unit.method {
        Method::Learned => "learned",
        Method::Fixed { .. } => "fixed",
        Method::Never => "never",
    };
    Some(json!({
        "unit": format!("{:016x}", unit.unit.0), "product": product.id, "name": product.name_in(compose::locale(env, state)), "method": method,
        "last_bought": day_text(unit.last_day), "next_date": next_date, "run_out": day_text(unit.run_out), "chance": unit.chance,
        "threshold": unit.threshold, "low_days": unit.low_days, "high_days": unit.high_days, "quantity": unit.quantity, "status": unit.status.word(),
        "snoozed_until": state.shelf.snoozes.get(&unit.unit).map(|snooze| day_text(snooze.until)), "history": history, "reason": unit.reason,
    }))
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Bought => "bought",
        Kind::Cancelled => "cancelled",
        Kind::Postponed => "postponed",
        Kind::Removed => "removed",
    }
}

fn profile(env: &Env, state: &State) -> Value {
    let (customer, profile) = (&state.customer, &state.customer.profile);
    let runs: Vec<Value> = state
        .runs
        .active
        .iter()
        .map(|run| {
            let waiting = match run.waiting {
                Waiting::Nothing => None,
                Waiting::Until(at) => Some(format!("until {}", at.rfc3339())),
                Waiting::Event(at) => Some(format!("for an event, at most until {}", at.rfc3339())),
                Waiting::Verdict(_) => Some("for the plan".to_owned()),
                Waiting::Receipt(_, at) => Some(format!("for an answer, at most until {}", at.rfc3339())),
                Waiting::Child(_) => Some("for another journey".to_owned()),
            };
            json!({ "run": run.id, "journey": run.journey, "key": run.key, "step": run.step, "started_at": run.started_at.0, "waiting": waiting })
        })
        .collect();
    let messages: Vec<Value> = customer
        .messages
        .all()
        .iter()
        .map(|message| {
            json!({
                "effect": message.effect, "journey": message.journey, "step": message.step, "channel": message.channel, "template": message.template,
                "at": message.at.0, "status": message.status.word(), "reason": message.reason,
            })
        })
        .collect();
    json!({
        "customer": customer.key, "name": profile.name, "email": profile.email, "phone": profile.phone, "locale": compose::locale(env, state),
        "zone": customer.zone(&env.zones).name(), "country": profile.country, "region": profile.region, "roles": profile.roles, "tags": profile.tags, "attributes": profile.attributes,
        "consent": consent_list(state), "runs": runs, "messages": messages, "orders": customer.orders.count(), "spent": customer.orders.spent(),
        "wake_at": state.wake_at().map(|at| at.0),
    })
}

fn consent_list(state: &State) -> Vec<Value> {
    let word = |granted: bool| if granted { "granted" } else { "denied" };
    state
        .customer
        .consent
        .all()
        .iter()
        .map(|said| json!({ "channel": said.channel, "topic": said.topic, "state": word(said.granted), "at": said.at.0, "source": said.source }))
        .collect()
}

fn preferences(env: &Env, state: &State) -> Value {
    json!({ "locale": compose::locale(env, state), "topics": env.program.policy.topics, "consent": consent_list(state), "carts_stopped": state.shelf.stopped })
}

fn recommend(env: &Env, state: &State, list: &str, limit: Option<u8>, now: Instant) -> Value {
    let profile = &state.customer.profile;
    let fits = |recommendation: &&crate::program::Recommendation| {
        recommendation.id == list
            && recommendation.roles.test(|role| profile.roles.contains(role))
            && recommendation.tags.test(|tag| profile.tags.contains(tag))
    };
    let Some(found) = env.program.recommendations.iter().find(fits) else { return json!([]) };
    let mut wanted = found.recommend();
    wanted.limit = limit.unwrap_or(wanted.limit).min(50);
    let picks = suggest::pick(env, state, &wanted, &[], now);
    json!(crate::effect::ProductCard::all(&env.catalogue, &picks, compose::locale(env, state)))
}
