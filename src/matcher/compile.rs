//! Journeys to tables.

use super::tables::{FAILS, HOLDS, Part, Rule, RuleKey, Test, What};
use super::{FIRST, Form, Kind, Slot, Tables};
use crate::condition::index::{Key, Shares, Subject, Wanted};
use crate::condition::{Condition, FieldTest, Members, NamedTest, Pattern};
use crate::journey::Journey;
use crate::program::Program;
use std::collections::{BTreeMap, BTreeSet};

impl Tables {
    /// Compiles the journeys of a program that an event begins, short forms among them.
    pub fn new(program: &Program) -> Tables {
        let journeys = program.all_journeys();
        let shares = Shares::of(journeys.iter().filter_map(|journey| journey.when.as_ref()));
        let mut compiler = Compiler { shares, ..Compiler::default() };
        for journey in journeys {
            if let Err(why) = compiler.journey(&journey) {
                compiler.tables.left_out.push((journey.id, why));
            }
        }
        compiler.finish()
    }
}

#[derive(Default)]
struct Compiler {
    tables: Tables,
    shares: Shares,
    slots: BTreeMap<(String, Form, bool), u32>,
    symbols: BTreeMap<(u32, String), u32>,
    parts: BTreeMap<(u32, String), u32>,
    kinds: BTreeMap<&'static str, (usize, BTreeSet<u32>)>,
    /// Slots of the rule being compiled.
    used: BTreeSet<u32>,
}

/// Where to go when a test holds and when it fails.
#[derive(Clone, Copy)]
struct Ways {
    yes: u32,
    no: u32,
}

type Compiled = Result<u32, String>;

impl Compiler {
    fn journey(&mut self, journey: &Journey) -> Result<(), String> {
        if journey.trigger.event.0.is_empty() {
            return Err("no event type begins it".to_owned());
        }
        self.used.clear();
        let before = self.tables.tests.len();
        let ways = Ways { yes: HOLDS, no: FAILS };
        let entry = match &journey.when {
            Some(when) => self.condition(when, ways).inspect_err(|_| self.tables.tests.truncate(before))?,
            None => HOLDS,
        };
        let key = self.key(journey.when.as_ref());
        let kinds = journey.trigger.event.0.iter().fold(0, |kinds, kind| kinds | 1 << self.kind(kind.name()));
        self.tables.names.push(journey.id.clone());
        self.tables.rules.push(Rule { kinds, entry, key });
        Ok(())
    }

    fn kind(&mut self, name: &'static str) -> usize {
        let next = self.kinds.len();
        let (number, slots) = self.kinds.entry(name).or_insert_with(|| (next, BTreeSet::new()));
        slots.extend(&self.used);
        *number
    }

    fn key(&mut self, when: Option<&Condition>) -> RuleKey {
        let Some(keys) = when.and_then(|when| self.shares.necessary(when)) else { return RuleKey::None };
        let (mut slots, mut symbols, mut parts) = (BTreeSet::new(), Vec::new(), Vec::new());
        for Key { subject, wanted } in keys.list {
            match wanted {
                Wanted::Is(name) => {
                    let slot = self.slot(&subject, form_of(&subject));
                    slots.insert(slot);
                    symbols.push(self.symbol(slot, &name));
                }
                Wanted::Contains(text) => {
                    let slot = self.slot(&subject, Form::Text);
                    parts.push(self.part(slot, &text));
                }
            }
        }
        RuleKey::Any { slots: slots.into_iter().collect(), symbols, parts }
    }

    fn finish(self) -> Tables {
        let mut tables = self.tables;
        tables.kinds = vec![Kind::default(); self.kinds.len()];
        for (name, (number, slots)) in self.kinds {
            tables.kinds[number] = Kind { name: name.to_owned(), slots: slots.into_iter().collect() };
        }
        tables.symbols = FIRST + self.symbols.len() as u32;
        for ((slot, name), symbol) in self.symbols {
            tables.slots[slot as usize].symbols.push((name, symbol));
        }
        tables
    }

    /// Tests are laid out from the last to the first, so that each knows where to go on.
    fn condition(&mut self, condition: &Condition, ways: Ways) -> Compiled {
        match condition {
            Condition::All(list) => self.all(list, ways),
            Condition::Any(list) => self.any(list, ways),
            Condition::None(list) => self.any(list, Ways { yes: ways.no, no: ways.yes }),
            Condition::Lines(lines) => {
                let yes = self.condition(&lines.test, ways)?;
                Ok(self.present(&Subject::Product, Ways { yes, ..ways }))
            }
            Condition::Product(names) => self.of_product(Subject::Product, names, ways),
            Condition::Vendor(names) => self.of_product(Subject::Vendor, names, ways),
            Condition::Category(names) => self.of_product_or_viewed(Subject::Category, names, ways),
            Condition::Manufacturer(names) => self.of_product_or_viewed(Subject::Manufacturer, names, ways),
            Condition::Role(names) => self.members(&Subject::Role, names, ways),
            Condition::Tag(names) => self.members(&Subject::Tag, names, ways),
            Condition::Store(names) => self.members(&Subject::Store, names, ways),
            Condition::ProductAttribute(test) => self.named(Subject::ProductAttribute(test.name.clone()), test, ways),
            Condition::ProductSpecification(test) => {
                let yes = self.named(Subject::ProductSpecification(test.name.clone()), test, ways)?;
                Ok(self.present(&Subject::Product, Ways { yes, ..ways }))
            }
            Condition::RegisterField(test) => self.named(Subject::RegisterField(test.name.clone()), test, ways),
            Condition::CustomAttribute(test) => self.named(Subject::CustomAttribute(test.name.clone()), test, ways),
            Condition::Url(pattern) => self.pattern(&Subject::Url, pattern, ways),
            Condition::Referrer(pattern) => self.pattern(&Subject::Referrer, pattern, ways),
            Condition::Event(test) => self.field(Subject::Event(test.field.clone()), test, ways),
            Condition::Profile(test) => self.field(Subject::Profile(test.field.clone()), test, ways),
            Condition::Order(_) => needs("order"),
            Condition::Orders(_) => needs("orders"),
            Condition::Messages(_) => needs("messages"),
            Condition::Since(_) => needs("since"),
            Condition::Cart(_) => needs("cart"),
            Condition::CartHasItems(_) => needs("cart_has_items"),
            Condition::ShopCart(_) => needs("shop_cart"),
            Condition::Viewed(_) => needs("viewed"),
            Condition::Counted(_) => needs("counted"),
            Condition::Consent(_) => needs("consent"),
            Condition::Contact(_) => needs("contact"),
            Condition::Outcome(_) => needs("outcome"),
        }
    }

    fn all(&mut self, list: &[Condition], ways: Ways) -> Compiled {
        list.iter().rev().try_fold(ways.yes, |yes, inner| self.condition(inner, Ways { yes, ..ways }))
    }

    fn any(&mut self, list: &[Condition], ways: Ways) -> Compiled {
        list.iter().rev().try_fold(ways.no, |no, inner| self.condition(inner, Ways { no, ..ways }))
    }

    fn of_product(&mut self, subject: Subject, names: &Members, ways: Ways) -> Compiled {
        let yes = self.members(&subject, names, ways)?;
        if subject == Subject::Product && asks_for_one(names) {
            return Ok(yes);
        }
        Ok(self.present(&Subject::Product, Ways { yes, ..ways }))
    }

    /// A category or manufacturer may be looked at without a product.
    fn of_product_or_viewed(&mut self, subject: Subject, names: &Members, ways: Ways) -> Compiled {
        let yes = self.members(&subject, names, ways)?;
        if asks_for_one(names) {
            return Ok(yes);
        }
        let no = self.present(&Subject::Product, Ways { yes, ..ways });
        Ok(self.present(&subject, Ways { yes, no }))
    }

    fn members(&mut self, subject: &Subject, names: &Members, ways: Ways) -> Compiled {
        let slot = self.slot(subject, Form::Name);
        let mut yes = ways.yes;
        yes = self.one_of(slot, &names.none_of, Ways { yes: ways.no, no: yes });
        for name in &names.all_of {
            yes = self.one_of(slot, std::slice::from_ref(name), Ways { yes, ..ways });
        }
        if !names.any_of.is_empty() {
            yes = self.one_of(slot, &names.any_of, Ways { yes, ..ways });
        }
        Ok(yes)
    }

    /// An empty list has none, so it goes on with `no`.
    fn one_of(&mut self, slot: u32, names: &[String], ways: Ways) -> u32 {
        let mut symbols: Vec<u32> = names.iter().map(|name| self.symbol(slot, name)).collect();
        symbols.sort_unstable();
        symbols.dedup();
        match symbols[..] {
            [] => ways.no,
            [symbol] => self.test(slot, What::Is(symbol), ways),
            _ => {
                let (from, len) = (self.tables.sets.len() as u32, symbols.len() as u32);
                self.tables.sets.extend(symbols);
                self.test(slot, What::In { from, len }, ways)
            }
        }
    }

    fn named(&mut self, subject: Subject, test: &NamedTest, ways: Ways) -> Compiled {
        match &test.is {
            _ if test.absent => Ok(self.present(&subject, Ways { yes: ways.no, no: ways.yes })),
            Some(pattern) => self.pattern(&subject, pattern, ways),
            None => Ok(self.present(&subject, ways)),
        }
    }

    fn field(&mut self, subject: Subject, test: &FieldTest, ways: Ways) -> Compiled {
        if test.absent {
            return Ok(self.present(&subject, Ways { yes: ways.no, no: ways.yes }));
        }
        let mut yes = ways.yes;
        for what in [test.at_least.map(What::AtLeast), test.at_most.map(What::AtMost)].into_iter().flatten() {
            let slot = self.slot(&subject, Form::Number);
            yes = self.test(slot, what, Ways { yes, ..ways });
        }
        match &test.is {
            Some(pattern) => self.pattern(&subject, pattern, Ways { yes, ..ways }),
            // A number within bounds is there.
            None if yes != ways.yes => Ok(yes),
            None => Ok(self.present(&subject, ways)),
        }
    }

    fn pattern(&mut self, subject: &Subject, pattern: &Pattern, ways: Ways) -> Compiled {
        let lower = |names: &[String]| names.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>();
        let mut yes = ways.yes;
        for (text, what) in [
            (&pattern.ends_with, What::EndsWith as fn(u32) -> What),
            (&pattern.starts_with, What::StartsWith as fn(u32) -> What),
        ] {
            if let Some(text) = text {
                yes = self.piece(subject, text, what, Ways { yes, ..ways });
            }
        }
        if !pattern.contains.is_empty() {
            let on = Ways { yes, ..ways };
            yes = pattern
                .contains
                .iter()
                .rev()
                .fold(ways.no, |no, text| self.piece(subject, text, What::Contains, Ways { no, ..on }));
        }
        if !pattern.none_of.is_empty() {
            let slot = self.slot(subject, Form::Word);
            yes = self.one_of(slot, &lower(&pattern.none_of), Ways { yes: ways.no, no: yes });
        }
        if pattern.any_of.is_empty() {
            // Text in which something was found is there.
            let found = !pattern.contains.is_empty() || pattern.starts_with.is_some() || pattern.ends_with.is_some();
            return Ok(if found { yes } else { self.present(subject, Ways { yes, ..ways }) });
        }
        let slot = self.slot(subject, Form::Word);
        Ok(self.one_of(slot, &lower(&pattern.any_of), Ways { yes, ..ways }))
    }

    fn piece(&mut self, subject: &Subject, text: &str, what: fn(u32) -> What, ways: Ways) -> u32 {
        let text = text.to_lowercase();
        if text.is_empty() {
            return self.present(subject, ways);
        }
        let slot = self.slot(subject, Form::Text);
        let part = self.part(slot, &text);
        self.test(slot, what(part), ways)
    }

    fn present(&mut self, subject: &Subject, ways: Ways) -> u32 {
        let slot = self.slot(subject, form_of(subject));
        self.test(slot, What::Present, ways)
    }

    fn test(&mut self, slot: u32, what: What, Ways { yes, no }: Ways) -> u32 {
        self.tables.tests.push(Test { slot, what, yes, no });
        self.tables.tests.len() as u32 - 1
    }

    fn slot(&mut self, subject: &Subject, form: Form) -> u32 {
        let (field, default, pages_only) = source(subject);
        let next = self.tables.slots.len() as u32;
        let number = *self.slots.entry((field.clone(), form, pages_only)).or_insert(next);
        if number == next {
            let default = default.map(str::to_owned);
            self.tables.slots.push(Slot { field, form, default, pages_only, symbols: Vec::new() });
        }
        self.used.insert(number);
        number
    }

    fn symbol(&mut self, slot: u32, name: &str) -> u32 {
        let next = FIRST + self.symbols.len() as u32;
        *self.symbols.entry((slot, name.to_owned())).or_insert(next)
    }

    fn part(&mut self, slot: u32, text: &str) -> u32 {
        let next = self.parts.len() as u32;
        let number = *self.parts.entry((slot, text.to_owned())).or_insert(next);
        if number == next {
            self.tables.parts.push(Part { slot, text: text.to_owned() });
        }
        number
    }
}

/// What has one of the names is there: nothing else need be asked.
fn asks_for_one(names: &Members) -> bool {
    !names.any_of.is_empty() || !names.all_of.is_empty()
}

fn needs(test: &str) -> Compiled {
    Err(format!("`{test}` asks for more than the event: the engine decides it"))
}

/// Patterns read lower case; the other tests read names as they are.
fn form_of(subject: &Subject) -> Form {
    use Subject::*;
    match subject {
        Product | Category | Manufacturer | Vendor | Role | Tag | Store => Form::Name,
        ProductAttribute(_)
        | ProductSpecification(_)
        | RegisterField(_)
        | CustomAttribute(_)
        | Referrer
        | Url
        | Event(_)
        | Profile(_) => Form::Word,
    }
}

/// The field, what it is when absent, and whether only page visits have it.
fn source(subject: &Subject) -> (String, Option<&'static str>, bool) {
    use Subject::*;
    let plain = |field: &str| (field.to_owned(), None, false);
    match subject {
        Product => plain("product"),
        Category => plain("category"),
        Manufacturer => plain("manufacturer"),
        Vendor => plain("vendor"),
        Role => plain("role"),
        Tag => plain("tag"),
        Store => ("store".to_owned(), Some("main"), false),
        Url => ("url".to_owned(), Some(""), true),
        Referrer => ("referrer".to_owned(), Some(""), true),
        ProductAttribute(name) => plain(&format!("product_attribute.{name}")),
        ProductSpecification(name) => plain(&format!("product_specification.{name}")),
        RegisterField(name) => plain(&format!("register_field.{name}")),
        CustomAttribute(name) => plain(&format!("custom_attribute.{name}")),
        Event(field) | Profile(field) => plain(field),
    }
}
