//! One step: an event, a wake or history in; effects out.

use super::{Env, State, compose, suggest};
use crate::condition::CartFacts;
use crate::customer::Order;
use crate::customer::messages::{Message, Status};
use crate::effect::{EFFECTS_MAX, Effect, What};
use crate::event::{ConsentState, Event, EventBy, EventData, EventKind, Refusal};
use crate::explain::Trace;
use crate::id::{EffectId, Id};
use crate::journey::{Candidate, Do, Enlistment, Intent, World};
use crate::plan::{Judgement, Verdict, judge};
use crate::replenish::{Desk, Errand, Said, errand_id};
use crate::time::{CalendarSpan, Instant, Zones};
use serde_json::{Value, json};

/// Rounds of journeys and plan one step may take; what is left waits for the next wake.
const ROUNDS_MAX: usize = 32;

/// What a step is given.
#[derive(Debug)]
pub enum Input {
    /// Something happened.
    Event(Box<Event>),
    /// Time passed.
    Wake,
    /// Facts of the past: folded, trigger nothing.
    Facts(Vec<Event>),
    /// The program was published, or a run over an audience was asked for.
    Publish(Publication),
    /// Orders of the past, which count as the shop's own status for bought.
    History(Vec<Event>),
}

/// What a customer is told when the program changed.
#[derive(Debug, Default)]
#[allow(missing_docs)]
pub struct Publication {
    pub enlist: Vec<Enlistment>,
    /// Events of the journal, oldest first, for accumulators that are new.
    pub past: Vec<Event>,
}

/// What a step gives.
#[derive(Debug, Default)]
#[allow(missing_docs)]
pub struct Stepped {
    pub effects: Vec<Effect>,
    pub wake_at: Option<Instant>,
}

impl Input {
    /// Reads `{"event": …, "by": …}`, `{"wake": true}`, `{"publish": {"enlist": […]}}` or `{"facts": […]}`.
    pub fn parse(mut value: Value, now: Instant) -> Result<Input, Refusal> {
        let refuse = |path: &str, message: &str| Refusal {
            code: "bad_input",
            path: path.to_owned(),
            message: message.to_owned(),
        };
        if let Some(event) = value.get_mut("event").map(Value::take) {
            let by = serde_json::from_value::<EventBy>(value["by"].take());
            let by = by.map_err(|_| refuse("by", "`by` is one of shop, provider, page, link, operator, host"))?;
            return Event::parse(event, by, now).map(|event| Input::Event(Box::new(event)));
        }
        if let Some(Value::Array(facts)) = value.get_mut("facts").map(Value::take) {
            return facts
                .into_iter()
                .map(|fact| Event::parse(fact, EventBy::Shop, now))
                .collect::<Result<_, _>>()
                .map(Input::Facts);
        }
        if value.get("wake").is_some() {
            return Ok(Input::Wake);
        }
        if let Some(publish) = value.get_mut("publish").map(Value::take) {
            return read_publication(publish, now).map(Input::Publish);
        }
        Err(refuse("", "an input is `event` with `by`, `wake`, `publish`, or `facts`"))
    }
}

fn read_publication(mut publish: Value, now: Instant) -> Result<Publication, Refusal> {
    let mut list = |name: &str| publish.get_mut(name).map_or_else(|| json!([]), Value::take);
    let enlist = serde_json::from_value(list("enlist")).map_err(|error| Refusal {
        code: "bad_input",
        path: "publish.enlist".to_owned(),
        message: error.to_string(),
    })?;
    // What was refused once, or is no event any longer, counts for nothing.
    let past = match list("past") {
        Value::Array(past) => past,
        _ => Vec::new(),
    };
    let past = past.into_iter().filter_map(|event| Event::parse(event, EventBy::Shop, now).ok());
    Ok(Publication { enlist, past: past.collect() })
}

/// The one function: state and input in, state and effects out.
pub fn step(env: &Env, state: &mut State, input: Input, now: Instant, trace: &mut Trace) -> Stepped {
    let now = state.clock.map_or(now, |clock| clock.max(now));
    state.clock = Some(now);
    let mut work = Work::new(env, state, now, trace);
    match input {
        Input::Event(event) => work.on_event(&event),
        Input::Wake => work.on_wake(),
        Input::Publish(publication) => work.on_publish(&publication),
        Input::Facts(events) => work.on_facts(&events),
        Input::History(events) => work.on_history(events),
    }
    work.settle();
    let effects = work.effects;
    Stepped { effects, wake_at: state.wake_at() }
}

struct Work<'a> {
    env: &'a Env,
    state: &'a mut State,
    now: Instant,
    zones: Zones,
    trace: &'a mut Trace,
    effects: Vec<Effect>,
    intents: Vec<Intent>,
    said: Vec<Said>,
}

impl<'a> Work<'a> {
    fn new(env: &'a Env, state: &'a mut State, now: Instant, trace: &'a mut Trace) -> Work<'a> {
        let zones = state.customer.zones(&env.zones);
        Work { env, state, now, zones, trace, effects: Vec::new(), intents: Vec::new(), said: Vec::new() }
    }

    fn on_event(&mut self, event: &Event) {
        let before = self.order_before(event);
        let change = self.state.customer.fold(event, &self.env.program.orders, &self.env.zones);
        self.locate();
        self.accumulate(event);
        if change.stale {
            return self.trace.say("customer", || "older than what is known; nothing changes".to_owned());
        }
        self.receipt(event);
        self.desk_event(event, change.purchases);
        self.journeys(before.as_ref(), |machine, world| machine.on_event(event, world));
    }

    fn locate(&mut self) {
        self.zones = self.state.customer.zones(&self.env.zones);
    }

    fn on_wake(&mut self) {
        self.desk(|desk| desk.on_time());
        self.journeys(None, |machine, world| machine.on_time(world));
    }

    fn accumulate(&mut self, event: &Event) {
        for accumulator in &self.env.program.accumulators {
            accumulator.fold(event, &mut self.state.customer, &self.env.catalogue, self.now, self.zones.first());
        }
    }

    /// Fills accumulators that are new to this customer with what the journal remembers.
    fn fill(&mut self, past: &[Event]) {
        for accumulator in &self.env.program.accumulators {
            if self.state.customer.counters.is_filled(&accumulator.id) {
                continue;
            }
            let before = self.state.customer.counters.take(&accumulator.id);
            for event in past {
                accumulator.fold(event, &mut self.state.customer, &self.env.catalogue, self.now, self.zones.first());
            }
            let keep = accumulator.keep.before(self.now, self.zones.first());
            self.state.customer.counters.merge(&accumulator.id, before, keep);
        }
    }

    fn on_publish(&mut self, Publication { enlist: enlistments, past }: &Publication) {
        self.fill(past);
        self.desk(|desk| desk.stir());
        self.journeys(None, |machine, world| machine.on_publish(enlistments, world));
    }

    fn on_facts(&mut self, events: &[Event]) {
        for event in events {
            self.state.customer.fold(event, &self.env.program.orders, &self.env.zones);
            self.accumulate(event);
            if let EventData::Order(order) = &event.data {
                self.state.shelf.on_order(&event.store, order);
            }
        }
        self.locate();
        self.desk(|desk| desk.stir());
    }

    fn on_history(&mut self, mut events: Vec<Event>) {
        let counts = self.env.program.orders.counts_when.first().cloned().unwrap_or_default();
        for event in &mut events {
            if let EventData::Order(order) = &mut event.data {
                order.status.clone_from(&counts);
            }
        }
        self.on_facts(&events);
    }

    fn order_before(&self, event: &Event) -> Option<Order> {
        let EventData::Order(order) = &event.data else { return None };
        self.state.customer.orders.find(&order.id).cloned()
    }

    /// Joins what came of an effect to the ledger.
    fn receipt(&mut self, event: &Event) {
        let banner = event.raw.get("banner").and_then(Value::as_str).unwrap_or("");
        match event.kind {
            EventKind::BannerShown => self.state.banners.on_shown(banner),
            EventKind::BannerClicked | EventKind::BannerDismissed => self.state.banners.on_done(banner),
            _ => self.state.banners.forget_old(self.now),
        }
        match &event.data {
            EventData::Message(data) => self.message_receipt(event, data),
            EventData::Effect(data) => {
                let Some(effect) = Id::parse(&data.effect) else { return };
                let failed = event.kind == EventKind::EffectFailed && data.permanent;
                if event.kind == EventKind::EffectCompleted || failed {
                    self.errand_receipt(effect, data, failed);
                }
            }
            _ => {}
        }
    }

    fn message_receipt(&mut self, event: &Event, data: &crate::event::MessageData) {
        let Some(effect) = Id::parse(&data.effect) else { return };
        let status = match event.kind {
            EventKind::MessageSent => Status::SENT,
            EventKind::MessageDelivered => Status::DELIVERED,
            EventKind::MessageOpened => Status::OPENED,
            EventKind::MessageClicked => Status::CLICKED,
            EventKind::MessageFailed => Status::FAILED,
            EventKind::MessageBounced => Status::BOUNCED,
            EventKind::MessageComplained => Status::COMPLAINED,
            EventKind::MessageUncertain => Status::UNCERTAIN,
            EventKind::MessageDropped => Status::SKIPPED,
            EventKind::LinkFetched if data.purpose.as_deref() == Some("open") => Status::OPENED,
            EventKind::LinkFetched => Status::CLICKED,
            _ => return,
        };
        let Some(message) = self.state.customer.messages.find_mut(effect) else { return };
        message.status = message.status.join(status);
        if let Some(reason) = &data.reason {
            message.reason = Some(reason.clone());
        }
        let channel = message.channel.clone();
        let bad_contact =
            data.suppress || matches!(event.kind, EventKind::MessageBounced | EventKind::MessageComplained);
        if bad_contact {
            self.state.customer.profile.suppress(
                &channel,
                data.reason.as_deref().unwrap_or(event.kind.name()),
                event.at,
            );
        }
    }

    fn errand_receipt(&mut self, effect: EffectId, data: &crate::event::EffectData, failed: bool) {
        let carts: Vec<Id> = self.state.shelf.carts.iter().map(|cart| cart.id).collect();
        for cart in carts {
            if effect == errand_id(cart, "quote") && !failed {
                self.desk(|desk| desk.on_quote(cart, data));
            } else if effect == errand_id(cart, "order") {
                self.desk(|desk| desk.on_order_created(cart, data, failed));
            }
        }
    }

    fn desk_event(&mut self, event: &Event, purchases_changed: bool) {
        match &event.data {
            EventData::PredictedCart(data) => self.desk(|desk| desk.on_customer(event.kind, data)),
            EventData::Operator(data) => self.desk(|desk| desk.on_call_done(data)),
            EventData::Order(order) if event.kind == EventKind::OrderPlaced => {
                self.desk(|desk| desk.on_order_placed(order, &event.store))
            }
            EventData::Consent(consent) if consent.state == ConsentState::Granted => self.desk(|desk| desk.stir()),
            _ => {}
        }
        if purchases_changed {
            self.desk(|desk| desk.stir());
        }
    }

    /// Works at the cart desk, then sends its errands.
    fn desk(&mut self, work: impl FnOnce(&mut Desk<'_>)) {
        let Some(authored) = self.env.program.replenish.as_ref() else { return };
        let mut desk = Desk {
            now: self.now,
            zone: self.zones.first(),
            shop_zone: self.env.zone(),
            authored,
            business_hours: &self.env.program.policy.business_hours,
            orders: &self.env.program.orders,
            catalogue: &self.env.catalogue,
            model: &self.env.model,
            customer: &mut self.state.customer,
            shelf: &mut self.state.shelf,
            errands: Vec::new(),
            said: Vec::new(),
            trace: self.trace,
        };
        work(&mut desk);
        let (errands, said) = (desk.errands, desk.said);
        self.said.extend(said);
        for errand in errands {
            self.send_errand(&errand);
        }
    }

    fn send_errand(&mut self, errand: &Errand) {
        if let Some(effect) = compose::errand(self.env, self.state, errand, self.now) {
            self.add_effect(effect);
        }
    }

    fn add_effect(&mut self, effect: Effect) {
        if self.effects.len() < EFFECTS_MAX {
            self.trace.say("effect", || format!("{} {}", effect.what.name(), effect.id));
            self.effects.push(effect);
        }
    }

    fn journeys(&mut self, order_before: Option<&Order>, work: impl FnOnce(&crate::journey::Machine, &mut World<'_>)) {
        let carts = cart_facts(self.state);
        let mut world = World {
            now: self.now,
            zones: &self.zones,
            customer: &mut self.state.customer,
            catalogue: &self.env.catalogue,
            runs: &mut self.state.runs,
            entries: &mut self.state.entries,
            triggers: &mut self.state.triggers,
            candidates: &mut self.state.candidates,
            intents: &mut self.intents,
            carts: &carts,
            order_before,
            slot: self.env.program.policy.slot,
            secret: &self.env.secret,
            trace: self.trace,
        };
        work(&self.env.machine, &mut world);
    }

    /// Journeys and plan take turns until neither has anything to say.
    fn settle(&mut self) {
        for _ in 0..ROUNDS_MAX {
            let said = std::mem::take(&mut self.said);
            for said in &said {
                self.tell(*said);
            }
            let asked = self.do_intents();
            let judged = self.judge_due();
            if said.is_empty() && !asked && !judged {
                break;
            }
        }
        self.journeys(None, |machine, world| machine.look_at_triggers(world));
        self.do_intents();
    }

    /// Tells the journeys what the cart desk said, as an event of the core's own.
    fn tell(&mut self, said: Said) {
        let (kind, cart) = match said {
            Said::Prepared(cart) => (EventKind::CartPrepared, cart),
            Said::Lapsed(cart) => (EventKind::CartLapsed, cart),
        };
        let store = self.state.shelf.cart(Some(cart)).map_or_else(|| "main".to_owned(), |cart| cart.store.clone());
        let event = Event {
            id: format!("{}-{cart}", kind.name()),
            source: "comeback".to_owned(),
            kind,
            at: self.now,
            customer: self.state.customer.key.clone(),
            store,
            data: EventData::Other,
            raw: json!({ "cart": cart.to_string() }),
        };
        self.journeys(None, |machine, world| machine.on_event(&event, world));
    }

    fn do_intents(&mut self) -> bool {
        let intents = std::mem::take(&mut self.intents);
        for intent in &intents {
            match (&intent.what, intent.run.cart) {
                (Do::Cart(_), Some(cart)) => self.desk(|desk| desk.lapse(cart)),
                (Do::PrepareCart(wanted), _) => self.desk(|desk| desk.prepare(&intent.run.store, wanted)),
                _ => {
                    if let Some(effect) = compose::intent(self.env, self.state, intent, self.now) {
                        if let What::BannerShow(show) = &effect.what {
                            self.state.banners.add(effect.id, show);
                        }
                        self.add_effect(effect);
                    }
                }
            }
        }
        !intents.is_empty()
    }

    /// Lets the plan judge candidates whose slot has closed.
    fn judge_due(&mut self) -> bool {
        if self.state.candidates.iter().all(|candidate| candidate.judge_at > self.now) {
            return false;
        }
        for judgement in self.judgements() {
            self.carry_out(judgement);
        }
        true
    }

    fn judgements(&mut self) -> Vec<Judgement> {
        let carts = cart_facts(self.state);
        let State { customer, runs, entries, triggers, candidates, .. } = &mut *self.state;
        let waiting = candidates.clone();
        let world = World {
            now: self.now,
            zones: &self.zones,
            customer,
            catalogue: &self.env.catalogue,
            runs,
            entries,
            triggers,
            candidates,
            intents: &mut Vec::new(),
            carts: &carts,
            order_before: None,
            slot: CalendarSpan::default(),
            secret: &self.env.secret,
            trace: &mut Trace::off(),
        };
        judge(&self.env.program.policy, &self.zones, &waiting, world.runs, world.scope(None, None), |candidate| {
            world.scope(None, world.runs.find(candidate.run))
        })
    }

    fn carry_out(&mut self, judgement: Judgement) {
        let Some(index) = self.state.candidates.iter().position(|candidate| candidate.effect == judgement.effect)
        else {
            return;
        };
        match judgement.verdict {
            Verdict::Hold(until, reason) => {
                let candidate = &mut self.state.candidates[index];
                candidate.judge_at = until;
                candidate.held = Some(reason.word().to_owned());
                let step = candidate.step.clone();
                self.trace.say("plan", || format!("{step}: held until {} ({})", until.rfc3339(), reason.word()));
            }
            Verdict::Skip(reason) => {
                let candidate = self.state.candidates.remove(index);
                self.trace.say("plan", || format!("{}: skipped ({})", candidate.step, reason.word()));
                self.record(&candidate, Status::SKIPPED, Some(reason.word().to_owned()));
                self.journeys(None, |machine, world| machine.on_verdict(candidate.effect, false, world));
            }
            Verdict::Release => {
                let candidate = self.state.candidates.remove(index);
                self.trace.say("plan", || format!("{}: released", candidate.step));
                self.record(&candidate, Status::RELEASED, candidate.held.clone());
                let lists = suggest::lists(self.env, self.state, &candidate, self.now);
                if let Some(effect) = compose::message(self.env, self.state, &candidate, lists) {
                    self.add_effect(effect);
                }
                self.journeys(None, |machine, world| machine.on_verdict(candidate.effect, true, world));
            }
        }
    }

    fn record(&mut self, candidate: &Candidate, status: Status, reason: Option<String>) {
        self.state.customer.messages.add(Message {
            effect: candidate.effect,
            run: candidate.run,
            journey: candidate.journey.clone(),
            step: candidate.step.clone(),
            channel: crate::plan::channel(candidate).to_owned(),
            template: candidate.send.template.clone(),
            topic: crate::plan::topic(candidate).to_owned(),
            class: candidate.send.class,
            at: self.now,
            status: if candidate.send.uncounted { status.join(Status::UNCOUNTED) } else { status },
            reason,
            not_after: candidate.not_after,
        });
    }
}

/// What conditions may know of each remembered cart.
pub(super) fn cart_facts(state: &State) -> Vec<(Id, CartFacts)> {
    let opened = |cart: Id| {
        let runs = state.runs.active.iter().filter(move |run| run.cart == Some(cart)).map(|run| run.id);
        let messages = state.customer.messages.all();
        runs.into_iter().any(|run| {
            messages.iter().any(|message| {
                message.run == run && (message.status.has(Status::OPENED) || message.status.has(Status::CLICKED))
            })
        })
    };
    state.shelf.carts.iter().map(|cart| (cart.id, cart.facts(opened(cart.id)))).collect()
}
