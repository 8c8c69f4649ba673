//! A journey as the machine walks it: a flat list of nodes with jumps.
//!
//! Nodes are named by the authored step id, or by the place in the tree. Runs remember names, not
//! numbers, so a changed program finds its runs again.

use super::*;
use crate::condition::Condition;
use crate::time::Instant;
use std::collections::BTreeMap;

/// One node. Numbers are indices of nodes; a node without one goes on to the next.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Node {
    Send(Box<Send>),
    Do(Box<Do>),
    Wait(Box<Wait>),
    WaitFor { cases: Vec<(EventMatch, usize)>, within: crate::time::CalendarSpan, otherwise: usize },
    Branch { cases: Vec<(Condition, usize)>, otherwise: usize },
    Split { seed: String, arms: Vec<(String, f64, usize)> },
    Check { that: Condition, otherwise: Option<usize> },
    Repeat { times: u16, until: Option<Condition>, past: usize },
    Start(Start),
    Stop(String),
    Jump(usize),
    End(Ended),
}

/// A compiled journey.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Compiled {
    pub journey: Journey,
    pub nodes: Vec<Node>,
    pub names: Vec<String>,
    by_name: BTreeMap<String, usize>,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
}

impl Compiled {
    /// Flattens a journey that was checked before.
    pub fn new(journey: &Journey) -> Compiled {
        let mut flat = Flattener::default();
        flat.steps(&journey.steps, "");
        flat.push("end", Node::End(Ended::Through));
        let by_name = flat.names.iter().enumerate().rev().map(|(index, name)| (name.clone(), index)).collect();
        let instant = |text: &Option<String>| text.as_deref().and_then(Instant::parse);
        Compiled {
            starts_at: instant(&journey.starts_at),
            ends_at: instant(&journey.ends_at),
            journey: journey.clone(),
            nodes: flat.nodes,
            names: flat.names,
            by_name,
        }
    }

    /// The node a run stands at.
    pub fn node(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Whether a local date limits it now.
    pub fn is_on(&self, now: Instant) -> bool {
        self.starts_at.is_none_or(|from| now >= from) && self.ends_at.is_none_or(|to| now <= to)
    }
}

#[derive(Default)]
struct Flattener {
    nodes: Vec<Node>,
    names: Vec<String>,
}

impl Flattener {
    fn push(&mut self, name: &str, node: Node) -> usize {
        self.nodes.push(node);
        self.names.push(name.to_owned());
        self.nodes.len() - 1
    }

    fn steps(&mut self, steps: &[Step], prefix: &str) {
        for (index, step) in steps.iter().enumerate() {
            let name = step.id.clone().unwrap_or_else(|| format!("{prefix}{}", index + 1));
            self.step(step, &name);
        }
    }

    /// A step has exactly one kind: the check refused all others.
    fn step(&mut self, step: &Step, name: &str) {
        if let Some(send) = &step.send {
            self.push(name, Node::Send(Box::new(send.clone())));
        } else if let Some(what) = what_to_do(step) {
            self.push(name, Node::Do(Box::new(what)));
        } else if let Some(wait) = &step.wait {
            self.push(name, Node::Wait(Box::new(wait.clone())));
        } else if let Some(wait_for) = &step.wait_for {
            self.wait_for(wait_for, name);
        } else if let Some(branch) = &step.branch {
            self.branch(branch, name);
        } else if let Some(split) = &step.split {
            self.split(split, name);
        } else if let Some(check) = &step.check {
            self.check(check, name);
        } else if let Some(repeat) = &step.repeat {
            self.repeat(repeat, name);
        } else if let Some(start) = &step.start {
            self.push(name, Node::Start(start.clone()));
        } else if let Some(journey) = &step.stop {
            self.push(name, Node::Stop(journey.clone()));
        } else if let Some(end) = &step.end {
            self.push(name, Node::End(if end.reached { Ended::Reached } else { Ended::Left }));
        }
    }

    /// Lays out ways one after another, each ending with a jump past the last; returns where each begins.
    fn ways<'s>(&mut self, name: &str, ways: impl Iterator<Item = (String, &'s [Step])>) -> Vec<usize> {
        let mut starts = Vec::new();
        let mut jumps = Vec::new();
        for (label, steps) in ways {
            starts.push(self.nodes.len());
            self.steps(steps, &format!("{name}.{label}."));
            jumps.push(self.push(&format!("{name}.{label}.past"), Node::Jump(0)));
        }
        let past = self.nodes.len();
        for jump in jumps {
            self.nodes[jump] = Node::Jump(past);
        }
        starts
    }

    fn wait_for(&mut self, wait_for: &WaitFor, name: &str) {
        let at = self.push(name, Node::Jump(0));
        let ways =
            wait_for.events.iter().enumerate().map(|(index, case)| (format!("on{}", index + 1), case.then.as_slice()));
        let starts = self.ways(name, ways.chain([("otherwise".to_owned(), wait_for.otherwise.as_slice())]));
        let cases = wait_for
            .events
            .iter()
            .zip(&starts)
            .map(|(case, start)| {
                (EventMatch { event: case.event.clone(), when: case.when.clone(), about: case.about }, *start)
            })
            .collect();
        self.nodes[at] = Node::WaitFor { cases, within: wait_for.within, otherwise: starts[starts.len() - 1] };
    }

    fn branch(&mut self, branch: &Branch, name: &str) {
        let at = self.push(name, Node::Jump(0));
        let ways =
            branch.cases.iter().enumerate().map(|(index, case)| (format!("case{}", index + 1), case.then.as_slice()));
        let starts = self.ways(name, ways.chain([("otherwise".to_owned(), branch.otherwise.as_slice())]));
        let cases = branch.cases.iter().zip(&starts).map(|(case, start)| (case.when.clone(), *start)).collect();
        self.nodes[at] = Node::Branch { cases, otherwise: starts[starts.len() - 1] };
    }

    fn split(&mut self, split: &Split, name: &str) {
        let at = self.push(name, Node::Jump(0));
        let starts = self.ways(name, split.arms.iter().map(|arm| (arm.name.clone(), arm.then.as_slice())));
        let arms = split.arms.iter().zip(starts).map(|(arm, start)| (arm.name.clone(), arm.weight, start)).collect();
        self.nodes[at] = Node::Split { seed: split.seed.clone(), arms };
    }

    fn check(&mut self, check: &Check, name: &str) {
        let at = self.push(name, Node::Check { that: check.that.clone(), otherwise: None });
        if let Some(steps) = &check.otherwise {
            let skip = self.push(&format!("{name}.holds"), Node::Jump(0));
            let starts = self.ways(name, [("otherwise".to_owned(), steps.as_slice())].into_iter());
            self.nodes[skip] = Node::Jump(self.nodes.len());
            self.nodes[at] = Node::Check { that: check.that.clone(), otherwise: Some(starts[0]) };
        }
    }

    fn repeat(&mut self, repeat: &Repeat, name: &str) {
        let at = self.push(name, Node::Jump(0));
        self.steps(&repeat.steps, &format!("{name}.each."));
        self.push(&format!("{name}.again"), Node::Jump(at));
        self.nodes[at] = Node::Repeat { times: repeat.times, until: repeat.until.clone(), past: self.nodes.len() };
    }
}

fn what_to_do(step: &Step) -> Option<Do> {
    let clone = |text: &Option<String>| text.clone();
    let some = |list: &Vec<ChosenProduct>| (!list.is_empty()).then(|| list.clone());
    step.banner
        .clone()
        .map(Do::Banner)
        .or_else(|| clone(&step.assign_role).map(Do::AssignRole))
        .or_else(|| clone(&step.remove_role).map(Do::RemoveRole))
        .or_else(|| clone(&step.assign_tag).map(Do::AssignTag))
        .or_else(|| clone(&step.remove_tag).map(Do::RemoveTag))
        .or_else(|| step.set_attribute.clone().map(Do::SetAttribute))
        .or_else(|| step.offer.clone().map(Do::Offer))
        .or_else(|| step.task.clone().map(Do::Task))
        .or_else(|| clone(&step.webhook).map(Do::Webhook))
        .or_else(|| step.emit.clone().map(Do::Emit))
        .or_else(|| step.cart.map(Do::Cart))
        .or_else(|| some(&step.prepare_cart).map(Do::PrepareCart))
        .or_else(|| some(&step.create_order).map(Do::CreateOrder))
}
