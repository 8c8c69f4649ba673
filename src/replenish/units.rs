//! Reminder units: what a date is kept for, and by which method.

use super::{Method, Propose, Replenish, UnitKind, UnitRule};
use crate::customer::purchases::{Kind, Purchases};
use crate::model::{Catalogue, CategoryKey, Product, ProductKey};
use std::collections::BTreeMap;

/// Answers what unit a product belongs to, under one program and catalogue.
#[derive(Clone, Copy)]
pub struct Units<'a> {
    /// The program's part.
    pub authored: &'a Replenish,
    /// What the shop sells.
    pub catalogue: &'a Catalogue,
}

impl<'a> Units<'a> {
    fn rule(&self, product: &Product) -> Option<&'a UnitRule> {
        self.authored.rules.iter().find(|rule| {
            rule.products.contains(&product.id)
                || rule.categories.iter().any(|category| product.categories.contains(category))
                || product.kind.as_ref().is_some_and(|kind| rule.types.contains(kind))
        })
    }

    /// The unit of a product. A product without a group or type is its own unit.
    pub fn unit(&self, key: ProductKey) -> ProductKey {
        let Some(product) = self.catalogue.get(key) else { return key };
        let kind = self.rule(product).and_then(|rule| rule.units).unwrap_or(self.authored.units);
        let name = match kind {
            UnitKind::Product => None,
            UnitKind::VariantGroup => product.variant_group.as_ref(),
            UnitKind::Type => product.kind.as_ref(),
        };
        name.map_or(key, |name| ProductKey(CategoryKey::of("", name).0))
    }

    /// How the date of a product is found. A product the catalogue does not know is never proposed.
    pub fn method(&self, key: ProductKey) -> Method {
        let Some(product) = self.catalogue.get(key) else { return Method::Never };
        self.rule(product).and_then(|rule| rule.method).unwrap_or(self.authored.method)
    }

    /// How likely a purchase must be to be proposed.
    pub fn threshold(&self, key: ProductKey) -> f64 {
        let rule = self.catalogue.get(key).and_then(|product| self.rule(product));
        rule.and_then(|rule| rule.threshold).unwrap_or(self.authored.threshold)
    }

    /// The products of each unit, of those a customer ever bought.
    pub fn siblings(&self, purchases: &Purchases) -> BTreeMap<ProductKey, Vec<ProductKey>> {
        let mut siblings: BTreeMap<ProductKey, Vec<ProductKey>> = BTreeMap::new();
        for product in purchases.products() {
            siblings.entry(self.unit(product)).or_default().push(product);
        }
        siblings
    }

    /// The sibling a cart proposes: the one last or most bought; ties go to the smaller key.
    pub fn proposal(&self, siblings: &[ProductKey], purchases: &Purchases) -> Option<ProductKey> {
        let last = |product: &ProductKey| purchases.last_bought(*product);
        let count =
            |product: &ProductKey| purchases.lines_of(*product).iter().filter(|line| line.kind == Kind::Bought).count();
        let siblings = siblings.iter().copied();
        match self.authored.propose {
            Propose::Last => siblings.max_by_key(|product| (last(product), std::cmp::Reverse(*product))),
            Propose::Most => {
                siblings.max_by_key(|product| (count(product), last(product), std::cmp::Reverse(*product)))
            }
        }
    }
}
