//! What a condition cannot hold without.

use crate::condition::text::Pattern;
use crate::condition::{Condition, FieldTest, Members, NamedTest};
use std::collections::{BTreeMap, BTreeSet};

/// What a key is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Product,
    Category,
    Manufacturer,
    Vendor,
    ProductAttribute(String),
    ProductSpecification(String),
    Role,
    Tag,
    RegisterField(String),
    CustomAttribute(String),
    Referrer,
    Url,
    Store,
    Event(String),
    Profile(String),
}

/// What the subject must be for the condition to hold. Text of patterns is in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wanted {
    Is(String),
    Contains(String),
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub subject: Subject,
    pub wanted: Wanted,
}

/// Facts of which at least one must be there. No facts at all: the condition never holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    pub list: Vec<Key>,
    /// A guess at the share of events that have one of them.
    share: f64,
}

/// How selective names are: what share of events has a given one.
#[derive(Debug, Default)]
pub(crate) struct Shares {
    /// Subjects of which these conditions know few names and ask for them again and again: those are
    /// all there are, such as the kinds of device.
    few: BTreeMap<Subject, f64>,
}

/// How often a subject's names are asked for, on average, before they count as all there are.
const OFTEN: usize = 8;

impl Shares {
    /// Learns from the conditions that will be posted.
    pub(crate) fn of<'a>(conditions: impl Iterator<Item = &'a Condition>) -> Shares {
        let guess = Shares::default();
        let mut asked: BTreeMap<Subject, (usize, BTreeSet<String>)> = BTreeMap::new();
        let mut see = |leaf: &Condition| {
            for key in guess.of_leaf(leaf).into_iter().flat_map(|keys| keys.list) {
                let (times, names) = asked.entry(key.subject).or_default();
                if let Wanted::Is(name) = key.wanted {
                    *times += 1;
                    names.insert(name);
                }
            }
        };
        conditions.for_each(|condition| condition.visit(&mut see));
        let few = asked.into_iter().filter(|(_, (times, names))| *times > OFTEN * names.len());
        Shares { few: few.map(|(subject, (_, names))| (subject, 1.0 / names.len() as f64)).collect() }
    }

    /// The most selective necessary keys of a condition, or nothing when it has none.
    ///
    /// `all` needs each of its tests, so the best will do; `any` needs one of its tests, so all of them
    /// must have keys; `none` holds by absence and has no key. A `lines` test that holds has a line that
    /// satisfies what is inside, in every mode, so its keys are those of the test inside.
    pub(crate) fn necessary(&self, condition: &Condition) -> Option<Keys> {
        match condition {
            Condition::All(list) => best(list.iter().filter_map(|inner| self.necessary(inner))),
            Condition::Any(list) => {
                list.iter().map(|inner| self.necessary(inner)).collect::<Option<Vec<_>>>().map(union)
            }
            Condition::Lines(lines) => self.necessary(&lines.test),
            leaf => self.of_leaf(leaf),
        }
    }

    fn of_leaf(&self, leaf: &Condition) -> Option<Keys> {
        match leaf {
            Condition::Product(names) => self.members(Subject::Product, names),
            Condition::Category(names) => self.members(Subject::Category, names),
            Condition::Manufacturer(names) => self.members(Subject::Manufacturer, names),
            Condition::Vendor(names) => self.members(Subject::Vendor, names),
            Condition::Role(names) => self.members(Subject::Role, names),
            Condition::Tag(names) => self.members(Subject::Tag, names),
            Condition::Store(names) => self.members(Subject::Store, names),
            Condition::ProductAttribute(test) => self.named(Subject::ProductAttribute(test.name.clone()), test),
            Condition::ProductSpecification(test) => self.named(Subject::ProductSpecification(test.name.clone()), test),
            Condition::RegisterField(test) => self.named(Subject::RegisterField(test.name.clone()), test),
            Condition::CustomAttribute(test) => self.named(Subject::CustomAttribute(test.name.clone()), test),
            Condition::Url(test) => self.pattern(Subject::Url, test),
            Condition::Referrer(test) => self.pattern(Subject::Referrer, test),
            Condition::Event(test) => self.field(Subject::Event(test.field.clone()), test),
            Condition::Profile(test) => self.field(Subject::Profile(test.field.clone()), test),
            Condition::All(_)
            | Condition::Any(_)
            | Condition::None(_)
            | Condition::Lines(_)
            | Condition::Order(_)
            | Condition::Orders(_)
            | Condition::Messages(_)
            | Condition::Since(_)
            | Condition::Cart(_)
            | Condition::CartHasItems(_)
            | Condition::ShopCart(_)
            | Condition::Viewed(_)
            | Condition::Counted(_)
            | Condition::Consent(_)
            | Condition::Contact(_)
            | Condition::Outcome(_) => None,
        }
    }

    fn one(&self, subject: &Subject, wanted: Wanted) -> Keys {
        let share = match &wanted {
            Wanted::Is(_) => self.few.get(subject).copied().unwrap_or_else(|| subject.share()),
            Wanted::Contains(part) => share_of_part(part),
        };
        Keys { list: vec![Key { subject: subject.clone(), wanted }], share }
    }

    fn members(&self, subject: Subject, names: &Members) -> Option<Keys> {
        let is = |name: &String| self.one(&subject, Wanted::Is(name.clone()));
        let any = (!names.any_of.is_empty()).then(|| union(names.any_of.iter().map(is).collect()));
        best(any.into_iter().chain(names.all_of.iter().map(is)))
    }

    fn named(&self, subject: Subject, test: &NamedTest) -> Option<Keys> {
        if test.absent { None } else { self.pattern(subject, test.is.as_ref()?) }
    }

    fn field(&self, subject: Subject, test: &FieldTest) -> Option<Keys> {
        if test.absent { None } else { self.pattern(subject, test.is.as_ref()?) }
    }

    fn pattern(&self, subject: Subject, pattern: &Pattern) -> Option<Keys> {
        let is = |name: &String| self.one(&subject, Wanted::Is(name.to_lowercase()));
        let part =
            |part: &String| (!part.is_empty()).then(|| self.one(&subject, Wanted::Contains(part.to_lowercase())));
        let whole = (!pattern.any_of.is_empty()).then(|| union(pattern.any_of.iter().map(is).collect()));
        // Every text contains the empty one.
        let parts = pattern.contains.iter().map(part).collect::<Option<Vec<_>>>();
        let parts = parts.filter(|parts| !parts.is_empty()).map(union);
        let ends = [&pattern.starts_with, &pattern.ends_with].into_iter().flatten().filter_map(part);
        best(whole.into_iter().chain(parts).chain(ends))
    }
}

fn best(keys: impl Iterator<Item = Keys>) -> Option<Keys> {
    keys.min_by(|a, b| a.share.total_cmp(&b.share))
}

fn union(all: Vec<Keys>) -> Keys {
    let share = all.iter().map(|keys| keys.share).sum();
    let mut list: Vec<Key> = all.into_iter().flat_map(|keys| keys.list).collect();
    list.sort_unstable();
    list.dedup();
    Keys { list, share }
}

/// Short parts are in many texts.
fn share_of_part(part: &str) -> f64 {
    1.0 / f64::from(1u32 << (2 * part.len()).min(10))
}

impl Subject {
    /// The share of events that have one given value: guesses, from a shop with thousands of products.
    /// A bad guess makes an index slower, never wrong.
    fn share(&self) -> f64 {
        1.0 / match self {
            Subject::Product => 5_000.0,
            Subject::Url => 2_000.0,
            Subject::Referrer => 500.0,
            Subject::Category => 200.0,
            Subject::Manufacturer => 80.0,
            Subject::Vendor | Subject::ProductAttribute(_) | Subject::ProductSpecification(_) | Subject::Event(_) => {
                50.0
            }
            Subject::Tag | Subject::RegisterField(_) | Subject::CustomAttribute(_) | Subject::Profile(_) => 20.0,
            Subject::Role => 5.0,
            Subject::Store => 3.0,
        }
    }
}
