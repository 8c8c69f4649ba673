//! A world of stand-ins around the engine: a wake queue, a host that answers every effect, and a
//! virtual clock. Tests, `comeback replay`, what-if and explain all run in it.
//!
//! Events come in the order of their instants; a wake that is due between two events happens
//! between them, at its own instant. How the stand-in host answers is a named response policy.

mod host;
pub mod vectors;

pub use host::Responses;

use crate::effect::Effect;
use crate::engine::{Env, Input, State, step};
use crate::event::{Event, EventBy, Refusal};
use crate::explain::{Trace, TraceLine};
use crate::time::Instant;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Steps one replay may take between two events; more means a wake that re-arms itself without end.
const STEPS_MAX: usize = 1_000_000;

/// One effect with the instant it was decided.
#[derive(Debug, Serialize)]
pub struct Decided {
    /// RFC 3339.
    pub at: String,
    /// What was decided.
    #[serde(flatten)]
    pub effect: Effect,
}

/// One step of one customer, explained.
#[derive(Debug, Serialize)]
pub struct Explained {
    /// RFC 3339.
    pub at: String,
    /// The customer.
    pub customer: String,
    /// What came in: an event type, or `wake`.
    pub input: String,
    /// Why it came out so.
    pub lines: Vec<TraceLine>,
}

/// Customers, clock and stand-in host.
pub struct World<'e> {
    env: &'e Env,
    customers: BTreeMap<String, State>,
    wakes: BTreeSet<(Instant, String)>,
    /// Where each customer stands in `wakes`.
    wake_of: BTreeMap<String, Instant>,
    responses: Responses,
    now: Instant,
    explained: Option<String>,
    /// Effects in the order they were decided.
    pub decided: Vec<Decided>,
    /// Steps of the customer who is being explained.
    pub explanations: Vec<Explained>,
}

impl<'e> World<'e> {
    /// An empty world.
    pub fn new(env: &'e Env, responses: Responses) -> World<'e> {
        World {
            env,
            customers: BTreeMap::new(),
            wakes: BTreeSet::new(),
            wake_of: BTreeMap::new(),
            responses,
            now: Instant(i64::MIN),
            explained: None,
            decided: Vec::new(),
            explanations: Vec::new(),
        }
    }

    /// Keeps traces of one customer.
    pub fn explain(&mut self, customer: &str) {
        self.explained = Some(customer.to_owned());
    }

    /// One customer's state, for questions.
    pub fn state(&self, customer: &str) -> Option<&State> {
        self.customers.get(customer)
    }

    /// Takes one reported event at its own instant, after every wake that was due before it.
    /// `{"by": …}` inside the line says who reported it; the shop when absent. `{"facts": […]}`
    /// is history of one customer, taken at `at`; `{"publish": …}` says what was published to one.
    pub fn feed(&mut self, line: &Value) -> Result<(), Refusal> {
        if let Some(facts) = line.get("facts").and_then(Value::as_array) {
            return self.feed_facts(line, facts);
        }
        if line.get("publish").is_some() {
            return self.feed_publication(line);
        }
        let mut envelope = line.clone();
        let by = envelope.as_object_mut().and_then(|map| map.remove("by"));
        let received = envelope.as_object_mut().and_then(|map| map.remove("received_at"));
        let by = by.and_then(|by| serde_json::from_value(by).ok()).unwrap_or(EventBy::Shop);
        let at = received
            .as_ref()
            .or(envelope.get("at"))
            .and_then(Value::as_str)
            .and_then(Instant::parse)
            .unwrap_or(self.now);
        self.run_until(at);
        let event = Event::parse(envelope, by, at.max(self.now))?;
        self.now = at.max(self.now);
        self.take(event);
        Ok(())
    }

    /// A program was published to one customer, or a run over an audience began with them.
    fn feed_publication(&mut self, line: &Value) -> Result<(), Refusal> {
        let at = line.get("at").and_then(Value::as_str).and_then(Instant::parse).unwrap_or(self.now);
        self.run_until(at);
        self.now = at.max(self.now);
        let input = Input::parse(line.clone(), self.now)?;
        let customer = line.get("customer").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.step(&customer, "publish", input);
        Ok(())
    }

    fn feed_facts(&mut self, line: &Value, facts: &[Value]) -> Result<(), Refusal> {
        let at = line.get("at").and_then(Value::as_str).and_then(Instant::parse).unwrap_or(self.now);
        self.run_until(at);
        self.now = at.max(self.now);
        let events = facts
            .iter()
            .map(|fact| Event::parse(fact.clone(), EventBy::Shop, self.now))
            .collect::<Result<Vec<_>, _>>()?;
        let customer = events.first().map(|event| event.customer.clone()).unwrap_or_default();
        self.step(&customer, "facts", Input::Facts(events));
        Ok(())
    }

    /// Lets every wake up to and including an instant happen, in order.
    pub fn run_until(&mut self, until: Instant) {
        for _ in 0..STEPS_MAX {
            let Some((at, customer)) = self.wakes.first().filter(|(at, _)| *at <= until).cloned() else { break };
            self.now = self.now.max(at);
            self.step(&customer, "wake", Input::Wake);
        }
        self.now = self.now.max(until.min(crate::time::INSTANT_MAX));
    }

    fn take(&mut self, event: Event) {
        let (customer, kind) = (event.customer.clone(), event.kind.name());
        self.step(&customer, kind, Input::Event(Box::new(event)));
    }

    fn step(&mut self, customer: &str, input: &str, what: Input) {
        if let Some(at) = self.wake_of.remove(customer) {
            self.wakes.remove(&(at, customer.to_owned()));
        }
        let state = self.customers.entry(customer.to_owned()).or_default();
        let explained = self.explained.as_deref() == Some(customer);
        let mut trace = if explained { Trace::on() } else { Trace::off() };
        let stepped = step(self.env, state, what, self.now, &mut trace);
        if explained {
            let at = self.now.rfc3339();
            self.explanations.push(Explained {
                at,
                customer: customer.to_owned(),
                input: input.to_owned(),
                lines: trace.into_lines(),
            });
        }
        if let Some(wake) = stepped.wake_at {
            self.wake_of.insert(customer.to_owned(), wake);
            self.wakes.insert((wake, customer.to_owned()));
        }
        for effect in stepped.effects {
            let answers = self.responses.answer(self.env, &effect, self.now);
            self.decided.push(Decided { at: self.now.rfc3339(), effect });
            for answer in answers {
                self.take(answer);
            }
        }
    }
}

/// Replays lines of JSON through an environment. Refused lines are reported with their number and do not stop it.
pub fn replay(env: &Env, lines: &str, responses: Responses, explain: Option<&str>, until: Option<Instant>) -> Value {
    let mut world = World::new(env, responses);
    if let Some(customer) = explain {
        world.explain(customer);
    }
    let mut refused = Vec::new();
    for (number, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fed = serde_json::from_str::<Value>(line).map_err(|error| Refusal {
            code: "bad_json",
            path: String::new(),
            message: error.to_string(),
        });
        if until.is_some()
            && fed.as_ref().ok().and_then(|value| value.get("at")?.as_str().and_then(Instant::parse)) > until
        {
            continue;
        }
        if let Err(refusal) = fed.and_then(|value| world.feed(&value)) {
            refused.push(json!({ "line": number + 1, "refused": refusal }));
        }
    }
    if let Some(until) = until {
        world.run_until(until);
    }
    json!({ "effects": world.decided, "refused": refused, "explanations": world.explanations })
}
