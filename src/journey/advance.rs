//! The machine: begins runs, moves them, ends them.

use super::*;
use crate::condition::{CartFacts, Condition, Index, RunFacts, Scope};
use crate::customer::{Customer, Order};
use crate::event::{Event, EventData, EventKind};
use crate::explain::Trace;
use crate::id::{EffectId, Id, fraction};
use crate::model::Catalogue;
use crate::time::{CalendarSpan, Instant, Zone, Zones};
use serde_json::Value;

/// Nodes one run may pass in one step; a run that passes more has a loop without a wait and is ended.
pub const NODES_MAX: usize = 200;

/// All journeys, compiled, and which of them each event type could begin.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    journeys: Vec<Compiled>,
    by_event: Vec<Vec<usize>>,
    /// The same by what their conditions need.
    indexes: Vec<Index>,
    timed: Vec<usize>,
}

/// What the machine works on for one customer in one step.
#[allow(missing_docs)]
pub struct World<'a> {
    pub now: Instant,
    pub zones: &'a Zones,
    pub customer: &'a mut Customer,
    pub catalogue: &'a Catalogue,
    pub runs: &'a mut Runs,
    pub entries: &'a mut EntryLog,
    pub triggers: &'a mut Triggers,
    pub candidates: &'a mut Vec<Candidate>,
    /// What steps asked for, in order.
    pub intents: &'a mut Vec<Intent>,
    /// What conditions may know of a predicted cart.
    pub carts: &'a [(Id, CartFacts)],
    /// The order as it was before this event was folded.
    pub order_before: Option<&'a Order>,
    /// How long candidates gather before they are judged.
    pub slot: CalendarSpan,
    /// Makes coupon codes that nobody outside can compute.
    pub secret: &'a [u8],
    pub trace: &'a mut Trace,
}

impl Machine {
    /// Compiles journeys that were checked before.
    pub fn new(journeys: &[Journey]) -> Machine {
        let compiled: Vec<Compiled> = journeys.iter().map(Compiled::new).collect();
        let mut by_event = vec![Vec::new(); EventKind::all().count()];
        let mut timed = Vec::new();
        for (index, journey) in compiled.iter().enumerate() {
            let trigger = &journey.journey.trigger;
            for kind in EventKind::all() {
                if trigger.event.contains(kind) || trigger.order_status.is_some() && kind.carries_order() {
                    by_event[kind as usize].push(index);
                }
            }
            if trigger.inactive.is_some()
                || trigger.date.is_some()
                || trigger.schedule.is_some()
                || trigger.audience.is_some()
            {
                timed.push(index);
            }
        }
        let indexes = by_event.iter().map(|begun| index_of(begun, &compiled)).collect();
        Machine { journeys: compiled, by_event, indexes, timed }
    }

    pub(super) fn all(&self) -> &[Compiled] {
        &self.journeys
    }

    /// The journey with this id.
    pub fn journey(&self, id: &str) -> Option<&Compiled> {
        self.journeys.iter().find(|compiled| compiled.journey.id == id)
    }

    /// Takes an event: ends, moves and begins runs.
    pub fn on_event(&self, event: &Event, world: &mut World<'_>) {
        self.let_go_of_strays(world);
        self.end_by_event(event, world);
        self.move_by_event(event, world);
        if !event.kind.is_receipt() {
            self.begin_by_event(event, world);
        }
        self.advance_all(Some(event), world);
    }

    /// Takes a wake: moves runs whose time has come and looks at the timed triggers.
    pub fn on_time(&self, world: &mut World<'_>) {
        self.let_go_of_strays(world);
        self.time_out(world);
        self.begin_enlisted(world);
        self.look_at_triggers(world);
        self.advance_all(None, world);
    }

    /// Takes the plan's word about a candidate.
    pub fn on_verdict(&self, effect: EffectId, released: bool, world: &mut World<'_>) {
        for index in 0..world.runs.active.len() {
            let run = &mut world.runs.active[index];
            if run.waiting != Waiting::Verdict(effect) {
                continue;
            }
            run.outcome = if released { Outcome::Released } else { Outcome::Skipped };
            run.waiting = Waiting::Nothing;
            let (journey, step) = (run.journey.clone(), run.step.clone());
            let ends = !released
                && self
                    .node(&journey, &step)
                    .is_some_and(|(_, node)| matches!(node, Node::Send(send) if send.end_if_skipped));
            if ends {
                world.end(index, Ended::Left, "its message was skipped");
                break;
            }
            self.step_past(index, world);
        }
        self.advance_all(None, world);
    }

    /// Looks at every timed trigger again; facts may have moved them.
    pub fn look_at_triggers(&self, world: &mut World<'_>) {
        for &index in &self.timed {
            let compiled = &self.journeys[index];
            let mut triggers = std::mem::take(world.triggers);
            let key = triggers.look(compiled, &world.scope(None, None));
            *world.triggers = triggers;
            if let Some(key) = key {
                self.begin(compiled, key, None, None, world);
            }
        }
    }

    fn node(&self, journey: &str, step: &str) -> Option<(&Compiled, &Node)> {
        let compiled = self.journey(journey)?;
        Some((compiled, &compiled.nodes[compiled.node(step)?]))
    }

    fn end_by_event(&self, event: &Event, world: &mut World<'_>) {
        let mut index = 0;
        while index < world.runs.active.len() {
            match self.ended_by(event, &world.runs.active[index], world) {
                Some((how, why)) => world.end(index, how, why),
                None => index += 1,
            }
        }
    }

    fn ended_by(&self, event: &Event, run: &Run, world: &World<'_>) -> Option<(Ended, &'static str)> {
        let journey = &self.journey(&run.journey)?.journey;
        if journey.goal.iter().any(|goal| matches(goal, event, run, world)) {
            return Some((Ended::Reached, "its goal was reached"));
        }
        journey.exit.iter().any(|exit| matches(exit, event, run, world)).then_some((Ended::Left, "an exit event came"))
    }

    fn move_by_event(&self, event: &Event, world: &mut World<'_>) {
        for index in 0..world.runs.active.len() {
            let run = &world.runs.active[index];
            match run.waiting {
                Waiting::Event(_) => {
                    let Some((compiled, Node::WaitFor { cases, .. })) = self.node(&run.journey, &run.step) else {
                        continue;
                    };
                    let Some((_, way)) = cases.iter().find(|(case, _)| matches(case, event, run, world)) else {
                        continue;
                    };
                    let name = compiled.names[*way].clone();
                    world.go(index, name);
                    let now_at = run_name(&world.runs.active[index]);
                    world.say(|| format!("run goes on to {now_at}: {} came", event.kind.name()));
                }
                Waiting::Receipt(effect, _) => {
                    if let Some(outcome) = receipt_outcome(event, effect) {
                        world.runs.active[index].outcome = outcome;
                        self.keep_offer(event, index, world);
                        self.step_past(index, world);
                    }
                }
                _ => {}
            }
        }
    }

    /// An issued coupon's code, as the shop gave it.
    fn keep_offer(&self, event: &Event, index: usize, world: &mut World<'_>) {
        let EventData::Effect(receipt) = &event.data else { return };
        let code = receipt.result.get("code").and_then(Value::as_str);
        if let (Some(code), Some(offer)) = (code, &mut world.runs.active[index].offer) {
            offer.1 = code.to_owned();
        }
    }

    fn begin_by_event(&self, event: &Event, world: &mut World<'_>) {
        for index in self.candidates(event, world) {
            let compiled = &self.journeys[index];
            let journey = &compiled.journey;
            if journey.late_within.after(event.at, world.zone()) < world.now {
                world.say(|| {
                    format!(
                        "{} does not begin: the event is from {}, later than `late_within: {}`",
                        journey.id,
                        event.at.rfc3339(),
                        journey.late_within
                    )
                });
                continue;
            }
            if let Some(trigger) = &journey.trigger.order_status
                && let Err(why) = order_came_into_status(trigger, event, world)
            {
                world.say(|| format!("{} does not begin: {why}", journey.id));
                continue;
            }
            let key = entry_key(journey.entry.key.as_deref(), event);
            self.begin(compiled, key, Some(event), None, world);
        }
    }

    /// The journeys an event could begin. A trace says of every other why it did not, so it has them all.
    fn candidates(&self, event: &Event, world: &World<'_>) -> Vec<usize> {
        let kind = event.kind as usize;
        if world.trace.is_on() {
            return self.by_event[kind].clone();
        }
        self.indexes[kind].candidates(&world.scope(Some(event), None))
    }

    /// Whether a run that no event begins may begin now.
    pub(super) fn may_begin_now(&self, compiled: &Compiled, key: &str, world: &World<'_>) -> Result<(), String> {
        self.may_begin(compiled, key, None, world)
    }

    fn may_begin(
        &self,
        compiled: &Compiled,
        key: &str,
        event: Option<&Event>,
        world: &World<'_>,
    ) -> Result<(), String> {
        let journey = &compiled.journey;
        if !compiled.is_on(world.now) {
            return Err("outside its dates".to_owned());
        }
        if !journey.when.as_ref().is_none_or(|when| when.eval(&world.scope(event, None)).holds) {
            return Err("its conditions do not hold".to_owned());
        }
        let is_on = world.runs.active.iter().any(|run| run.journey == journey.id);
        let entry = world.entries.may_begin(&journey.id, &journey.entry, key, is_on, world.now, world.zone());
        entry.map_err(|refused| refused.text().to_owned())?;
        if world.runs.active.len() >= RUNS_MAX {
            return Err(format!("the customer has {RUNS_MAX} runs"));
        }
        Ok(())
    }

    /// Begins a run if its journey is on, its conditions hold and its entry rule lets it.
    pub(super) fn begin(
        &self,
        compiled: &Compiled,
        key: String,
        event: Option<&Event>,
        parent: Option<&Run>,
        world: &mut World<'_>,
    ) -> Option<Id> {
        let journey = &compiled.journey;
        if let Err(why) = self.may_begin(compiled, &key, event, world) {
            world.say(|| format!("{} does not begin: {why}", journey.id));
            return None;
        }
        let number = world.entries.begin(&journey.id, &key, world.now, world.zone());
        let run = new_run(compiled, key, number, event, parent, world);
        world.say(|| format!("{} begins, key {}", journey.id, run.key));
        let id = run.id;
        world.runs.active.push(run);
        Some(id)
    }

    fn time_out(&self, world: &mut World<'_>) {
        for index in 0..world.runs.active.len() {
            let run = &mut world.runs.active[index];
            if run.waiting.wakes_at().is_none_or(|at| at > world.now) {
                continue;
            }
            match run.waiting {
                Waiting::Event(_) => {
                    let (journey, step) = (run.journey.clone(), run.step.clone());
                    run.outcome = Outcome::Timeout;
                    let Some((compiled, Node::WaitFor { otherwise, .. })) = self.node(&journey, &step) else {
                        continue;
                    };
                    world.go(index, compiled.names[*otherwise].clone());
                }
                Waiting::Receipt(..) => {
                    run.outcome = Outcome::Timeout;
                    self.step_past(index, world);
                }
                _ => self.step_past(index, world),
            }
        }
    }

    /// Moves a run to the node after the one it waited in.
    fn step_past(&self, index: usize, world: &mut World<'_>) {
        let run = &world.runs.active[index];
        let Some(compiled) = self.journey(&run.journey) else { return };
        let Some(at) = compiled.node(&run.step) else { return };
        let name = compiled.names[(at + 1).min(compiled.names.len() - 1)].clone();
        world.go(index, name);
    }

    /// Moves every run that waits for nothing, until each waits or has ended.
    fn advance_all(&self, event: Option<&Event>, world: &mut World<'_>) {
        let mut index = 0;
        while index < world.runs.active.len() {
            let before = world.runs.active[index].id;
            self.advance(index, event, world);
            if world.runs.active.get(index).is_some_and(|run| run.id == before) {
                index += 1;
            }
        }
    }

    fn advance(&self, index: usize, event: Option<&Event>, world: &mut World<'_>) {
        let id = world.runs.active[index].id;
        for _ in 0..NODES_MAX {
            let Some(run) = world.runs.active.get(index).filter(|run| run.id == id) else { return };
            if run.waiting != Waiting::Nothing {
                return;
            }
            let Some(compiled) = self.journey(&run.journey) else {
                return world.end(index, Ended::Left, "its journey is gone from the program");
            };
            if compiled.journey.valid_for.is_some_and(|span| span.after(run.started_at, world.zone()) < world.now) {
                return world.end(index, Ended::Left, "it is older than `valid_for`");
            }
            let Some(at) = compiled.node(&run.step) else {
                if !self.step_is_gone(index, compiled, world) {
                    return;
                }
                continue;
            };
            self.walk(index, at, compiled, event, world);
        }
        world.end(index, Ended::Left, "it passed too many steps without a wait");
    }

    /// The program changed under the run. Returns whether it goes on.
    fn step_is_gone(&self, index: usize, compiled: &Compiled, world: &mut World<'_>) -> bool {
        match compiled.journey.when_step_is_gone {
            StepGone::Leave => {
                world.end(index, Ended::Left, "its step is gone from the program");
                false
            }
            StepGone::Restart => {
                let first = compiled.names[0].clone();
                world.go(index, first);
                true
            }
        }
    }

    /// Does one node.
    fn walk(&self, index: usize, at: usize, compiled: &Compiled, event: Option<&Event>, world: &mut World<'_>) {
        let name = compiled.names[at].clone();
        let next = compiled.names[(at + 1).min(compiled.names.len() - 1)].clone();
        match &compiled.nodes[at] {
            Node::Send(send) => world.file(index, compiled, &name, next, send),
            Node::Do(what) => world.ask_for(index, &name, next, what),
            Node::Wait(wait) => {
                let until = world.wait_until(index, wait);
                let waits_at = run_name(&world.runs.active[index]);
                world.say(|| format!("run {waits_at} waits until {}", until.rfc3339()));
                if until > world.now {
                    world.runs.active[index].waiting = Waiting::Until(until);
                } else {
                    world.go(index, next);
                }
            }
            Node::WaitFor { within, .. } => {
                let until = within.after(world.now, world.zone());
                world.runs.active[index].waiting = Waiting::Event(until);
            }
            Node::Branch { cases, otherwise } => {
                let way = cases
                    .iter()
                    .find(|(condition, _)| world.holds(condition, index, event))
                    .map_or(*otherwise, |(_, way)| *way);
                world.go(index, compiled.names[way].clone());
            }
            Node::Split { seed, arms } => {
                let (arm, way) = world.draw(index, &name, seed, arms);
                world.say(|| format!("split {name}: arm {arm}"));
                world.go(index, compiled.names[way].clone());
            }
            Node::Check { that, otherwise } => match (world.holds(that, index, event), otherwise) {
                (true, _) => world.go(index, next),
                (false, Some(way)) => world.go(index, compiled.names[*way].clone()),
                (false, None) => world.end(index, Ended::Left, "its check did not hold"),
            },
            Node::Repeat { times, until, past } => {
                let round = world.runs.active[index].visited(&name);
                let over = round >= *times || until.as_ref().is_some_and(|until| world.holds(until, index, event));
                if over {
                    world.runs.active[index].visits.retain(|(step, _)| *step != name);
                    world.go(index, compiled.names[*past].clone());
                } else {
                    world.runs.active[index].visit(&name);
                    world.go(index, next);
                }
            }
            Node::Start(start) => self.start(index, start, next, world),
            Node::Stop(journey) => {
                world.go(index, next);
                let id = world.runs.active[index].id;
                world.stop(journey, id);
            }
            Node::Jump(to) => world.go(index, compiled.names[*to].clone()),
            Node::End(how) => world.end(index, *how, "it came to its end"),
        }
    }

    fn start(&self, index: usize, start: &Start, next: String, world: &mut World<'_>) {
        let parent = world.runs.active[index].clone();
        let child = self
            .journey(&start.journey)
            .and_then(|compiled| self.begin(compiled, parent.key.clone(), None, Some(&parent), world));
        match child {
            Some(child) if start.and_wait => world.runs.active[index].waiting = Waiting::Child(child),
            Some(_) => world.go(index, next),
            None => {
                world.runs.active[index].outcome = Outcome::Failed;
                world.go(index, next);
            }
        }
    }
}

fn index_of(journeys: &[usize], compiled: &[Compiled]) -> Index {
    Index::new(journeys.iter().map(|&index| (index, compiled[index].journey.when.as_ref())))
}

fn run_name(run: &Run) -> String {
    format!("{}/{}", run.journey, run.step)
}

fn new_run(
    compiled: &Compiled,
    key: String,
    number: u32,
    event: Option<&Event>,
    parent: Option<&Run>,
    world: &World<'_>,
) -> Run {
    let journey = &compiled.journey;
    let order = match event.map(|event| &event.data) {
        Some(EventData::Order(order)) => Some(order.id.clone()),
        _ => event.and_then(|event| event.raw.get("order")?.as_str().map(str::to_owned)),
    };
    let text = |path: &str| event.and_then(|event| event.raw.get(path)?.as_str().map(str::to_owned));
    Run {
        id: Id::of(&[world.customer.key.as_bytes(), journey.id.as_bytes(), key.as_bytes(), &number.to_le_bytes()]),
        journey: journey.id.clone(),
        key,
        store: event
            .map(|event| event.store.clone())
            .or(parent.map(|run| run.store.clone()))
            .unwrap_or_else(|| "main".to_owned()),
        started_at: world.now,
        last_step_at: world.now,
        step: compiled.names[0].clone(),
        waiting: Waiting::Nothing,
        outcome: Outcome::Started,
        trigger: event.map_or(EventKind::Emitted, |event| event.kind),
        order: order.or_else(|| parent.and_then(|run| run.order.clone())),
        cart: text("cart").and_then(|cart| Id::parse(&cart)).or_else(|| parent.and_then(|run| run.cart)),
        product: text("product").or_else(|| parent.and_then(|run| run.product.clone())),
        offer: parent.and_then(|run| run.offer.clone()),
        visits: Vec::new(),
        arms: Vec::new(),
        parent: parent.map(|run| run.id),
        other: text("referrer").or_else(|| text("other")).or_else(|| parent.and_then(|run| run.other.clone())),
        // Salted, so that a split whose seed is the journey's id is not dealt from the same cards.
        holdout: fraction(&format!("holdout {}", journey.id), world.customer.key.as_bytes()) * 100.0
            < journey.holdout_percent,
    }
}

/// The authored path, or what the event is about: its order, predicted cart, shop cart or lead.
fn entry_key(path: Option<&str>, event: &Event) -> String {
    let paths = path.map_or_else(|| vec!["order.id", "cart", "lead", "product", "task"], |path| vec![path]);
    let text = |path: &&str| match event.raw.pointer(&format!("/{}", path.replace('.', "/"))) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    paths.iter().find_map(text).unwrap_or_default()
}

/// Whether an event is one that a wait, goal or exit asks for.
fn matches(wanted: &EventMatch, event: &Event, run: &Run, world: &World<'_>) -> bool {
    wanted.event.contains(event.kind)
        && is_about(wanted.about, event, run)
        && wanted.when.as_ref().is_none_or(|when| when.eval(&world.scope(Some(event), Some(run))).holds)
}

fn is_about(about: About, event: &Event, run: &Run) -> bool {
    let order = match &event.data {
        EventData::Order(order) => Some(order.id.as_str()),
        _ => event.raw.get("order").and_then(Value::as_str),
    };
    let cart = event.raw.get("cart").and_then(Value::as_str).and_then(Id::parse);
    let same_order = run.order.as_deref().zip(order).map(|(mine, its)| mine == its);
    let same_cart = run.cart.zip(cart).map(|(mine, its)| mine == its);
    match about {
        About::Any => true,
        About::Other => same_order != Some(true) && same_cart != Some(true),
        About::Same if event.kind == EventKind::OrderPlaced => same_order != Some(true),
        About::Same => same_order != Some(false) && same_cart != Some(false),
    }
}

fn receipt_outcome(event: &Event, effect: EffectId) -> Option<Outcome> {
    let EventData::Effect(receipt) = &event.data else { return None };
    if Id::parse(&receipt.effect) != Some(effect) {
        return None;
    }
    match event.kind {
        EventKind::EffectCompleted => Some(Outcome::Completed),
        EventKind::EffectFailed if receipt.permanent => Some(Outcome::Failed),
        _ => None,
    }
}

/// The order is in the status now, was not before this change, and not too often since it was created.
fn order_came_into_status(trigger: &OrderStatusTrigger, event: &Event, world: &World<'_>) -> Result<(), &'static str> {
    let EventData::Order(data) = &event.data else { return Err("the event carries no order") };
    let Some(order) = world.customer.orders.find(&data.id) else {
        return Err("the order is older than those kept whole");
    };
    if order.cancelled {
        return Err("the order is cancelled");
    }
    if !has_reached(trigger, order) {
        return Err("not all lines came into the status");
    }
    if world.order_before.is_some_and(|before| has_reached(trigger, before)) {
        return Err("it was in the status before this change");
    }
    let earlier = order.statuses.iter().rev().skip(1).filter(|(status, _)| trigger.to.contains(status)).count();
    if earlier >= trigger.times_per_order as usize {
        return Err("it came into the status before, as often as is allowed for one order");
    }
    Ok(())
}

fn has_reached(trigger: &OrderStatusTrigger, order: &Order) -> bool {
    let there = |line: &crate::customer::orders::OrderLine| {
        trigger.to.iter().any(|status| status == line.status.as_deref().unwrap_or(&order.status))
    };
    match trigger.lines {
        OrderLinesMode::Any => {
            order.lines.iter().any(there) || order.lines.is_empty() && trigger.to.contains(&order.status)
        }
        OrderLinesMode::AllOriginal => {
            let mut originals = order.lines.iter().filter(|line| line.original).peekable();
            if originals.peek().is_none() { trigger.to.contains(&order.status) } else { originals.all(there) }
        }
    }
}

impl World<'_> {
    pub(super) fn say(&mut self, text: impl FnOnce() -> String) {
        self.trace.say("journey", text);
    }

    /// The zone of the customer's calendar.
    pub fn zone(&self) -> Zone {
        self.zones.first()
    }

    /// What conditions may look at, for an event and a run.
    pub fn scope<'s>(&'s self, event: Option<&'s Event>, run: Option<&'s Run>) -> Scope<'s> {
        let cart = run
            .and_then(|run| run.cart)
            .and_then(|id| self.carts.iter().find(|(known, _)| *known == id))
            .map(|(_, facts)| *facts);
        let run = run.map(|run| RunFacts {
            journey: &run.journey,
            started_at: run.started_at,
            last_step_at: run.last_step_at,
            order: run.order.as_deref(),
            outcome: run.outcome.word(),
        });
        Scope {
            now: self.now,
            zone: self.zone(),
            customer: self.customer,
            catalogue: self.catalogue,
            event,
            run,
            cart,
            line: None,
        }
    }

    fn holds(&mut self, condition: &Condition, index: usize, event: Option<&Event>) -> bool {
        let holds = condition.eval(&self.scope(event, Some(&self.runs.active[index]))).holds;
        self.trace.say("condition", || {
            format!(
                "{} {}",
                serde_json::to_string(condition).unwrap_or_default(),
                if holds { "holds" } else { "does not hold" }
            )
        });
        holds
    }

    fn go(&mut self, index: usize, step: String) {
        let run = &mut self.runs.active[index];
        run.step = step;
        run.waiting = Waiting::Nothing;
        run.last_step_at = self.now;
    }

    fn end(&mut self, index: usize, how: Ended, why: &str) {
        let run = self.runs.active.remove(index);
        self.trace.say("journey", || format!("run {} ends: {why}", run_name(&run)));
        self.runs.remember_end(run.id, how);
        if how != Ended::Through {
            self.candidates.retain(|candidate| candidate.run != run.id);
        }
        for parent in self.runs.active.iter_mut().filter(|parent| parent.waiting == Waiting::Child(run.id)) {
            parent.outcome = if how == Ended::Left { Outcome::Ended } else { Outcome::Reached };
            parent.waiting = Waiting::Until(self.now);
        }
    }

    fn stop(&mut self, journey: &str, except: Id) {
        while let Some(index) = self.runs.active.iter().position(|run| run.journey == journey && run.id != except) {
            self.end(index, Ended::Left, "another journey stopped it");
        }
    }

    /// Files a candidate and waits for the plan's word.
    fn file(&mut self, index: usize, compiled: &Compiled, name: &str, next: String, send: &Send) {
        let run = &mut self.runs.active[index];
        let occurrence = run.visit(name);
        let effect = Id::of(&[&run.id.bytes(), name.as_bytes(), &occurrence.to_le_bytes()]);
        if self.candidates.len() >= CANDIDATES_MAX {
            run.outcome = Outcome::Skipped;
            self.go(index, next);
            return self.say(|| format!("{name}: not filed, the customer has {CANDIDATES_MAX} candidates"));
        }
        run.waiting = Waiting::Verdict(effect);
        let transactional = send.class == crate::customer::messages::Class::Transactional;
        self.candidates.push(Candidate {
            effect,
            run: run.id,
            journey: run.journey.clone(),
            step: name.to_owned(),
            store: run.store.clone(),
            filed_at: self.now,
            judge_at: if transactional { self.now } else { self.slot.after(self.now, self.zone()) },
            not_after: send.not_after.unwrap_or(CalendarSpan::days(1)).after(self.now, self.zone()),
            priority: compiled.journey.priority,
            send: send.clone(),
            held: None,
        });
        self.say(|| format!("{name}: files a message, template {}", send.template));
    }

    /// Asks for an effect; an offer is waited for, everything else goes on.
    fn ask_for(&mut self, index: usize, name: &str, next: String, what: &Do) {
        let run = &mut self.runs.active[index];
        let occurrence = run.visit(name);
        let id = Id::of(&[&run.id.bytes(), name.as_bytes(), &occurrence.to_le_bytes()]);
        if let Do::Offer(offer) = what {
            run.offer = Some((offer.id.clone(), coupon_code(id, self.secret), None));
            run.waiting = Waiting::Receipt(id, offer.within.after(self.now, self.zones.first()));
        }
        self.fold_own(index, what);
        self.intents.push(Intent {
            id,
            run: self.runs.active[index].clone(),
            step: name.to_owned(),
            what: what.clone(),
        });
        self.say(|| format!("{name}: does {what:?}"));
        if !matches!(what, Do::Offer(_)) {
            self.runs.active[index].outcome = Outcome::Completed;
            self.go(index, next);
        }
    }

    /// Roles, tags and attributes that a journey gives are facts at once; the shop hears of them by the effect.
    fn fold_own(&mut self, _index: usize, what: &Do) {
        let profile = &mut self.customer.profile;
        match what {
            Do::AssignRole(role) => {
                profile.roles.insert(role.clone());
            }
            Do::RemoveRole(role) => {
                profile.roles.remove(role);
            }
            Do::AssignTag(tag) => {
                profile.tags.insert(tag.clone());
            }
            Do::RemoveTag(tag) => {
                profile.tags.remove(tag);
            }
            Do::SetAttribute(set) => {
                match &set.value {
                    Some(value) => profile.attributes.insert(set.name.clone(), value.clone()),
                    None => profile.attributes.remove(&set.name),
                };
            }
            Do::Banner(_)
            | Do::Offer(_)
            | Do::Task(_)
            | Do::Webhook(_)
            | Do::Emit(_)
            | Do::Cart(_)
            | Do::PrepareCart(_)
            | Do::CreateOrder(_) => {}
        }
    }

    fn wait_until(&self, index: usize, wait: &Wait) -> Instant {
        let from = self.runs.active[index].last_step_at.max(self.now);
        let mut until = wait.span.map_or(from, |span| span.after(from, self.zone()));
        if let Some(days) = wait.until_birthday {
            until = self.birthday(days, until).unwrap_or(until);
        }
        if !wait.until_weekday.is_empty() {
            let clock = wait.until_time.unwrap_or(super::trigger::DEFAULT_HOUR);
            let today = self.zone().day(until);
            let wanted =
                |day: &i32| wait.until_weekday.iter().any(|weekday| weekday.number() == crate::time::weekday(*day));
            until = (today..today + 15)
                .filter(wanted)
                .map(|day| self.zone().at(day, clock))
                .find(|&at| at >= until)
                .unwrap_or(until);
        } else if let Some(clock) = wait.until_time {
            until = clock.next(until, self.zone());
        }
        match &wait.leave_within {
            Some(hours) => self.zones.enter(hours, until).unwrap_or(until),
            None => until,
        }
    }

    fn birthday(&self, days: i32, from: Instant) -> Option<Instant> {
        let (month, day) = self.customer.profile.birthday?;
        let date = crate::time::next_yearly(self.zone().day(from) - days, month, day, Default::default())?;
        Some(self.zone().at(date + days, super::trigger::DEFAULT_HOUR).max(from))
    }

    /// The arm of a split: stored at first exposure, so that changed shares move nobody.
    fn draw(&mut self, index: usize, name: &str, seed: &str, arms: &[(String, f64, usize)]) -> (String, usize) {
        let stored = self.runs.active[index].arms.iter().find(|(split, _)| split == name).map(|(_, arm)| arm.clone());
        let drawn = stored
            .and_then(|arm| arms.iter().find(|(known, _, _)| *known == arm))
            .or_else(|| pick(seed, self.customer.key.as_bytes(), arms));
        // A split without arms is refused when the program is checked.
        let (arm, _, way) = drawn.unwrap_or(&arms[0]);
        self.runs.active[index].arms.push((name.to_owned(), arm.clone()));
        (arm.clone(), *way)
    }
}

fn pick<'a>(seed: &str, unit: &[u8], arms: &'a [(String, f64, usize)]) -> Option<&'a (String, f64, usize)> {
    let total: f64 = arms.iter().map(|(_, weight, _)| weight).sum();
    let mut point = fraction(seed, unit) * total;
    let found = arms.iter().find(|(_, weight, _)| {
        point -= weight;
        point < 0.0
    });
    found.or(arms.last())
}

/// A code nobody guesses: 60 bits of the effect's identity and the host's secret, in letters and digits that are not mistaken for each other.
fn coupon_code(effect: EffectId, secret: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let bits = Id::of(&[&effect.bytes(), secret]).0 >> 64;
    (0..12).map(|index| char::from(LETTERS[((bits >> (index * 5)) & 31) as usize])).collect()
}
