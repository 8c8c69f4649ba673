//! What may be recommended to a customer at all.

use crate::customer::purchases::History;
use crate::model::day::Day;
use crate::model::{CategoryKey, Model, ProductKey};

/// What a list asks about a product before it shows it; answered from the shop's catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Item {
    /// It is sold now.
    pub available: bool,
    /// Price of one unit, if known.
    pub price: Option<f64>,
    /// First day it was sold, if known; else the model's first sight of it counts.
    pub first_day: Option<Day>,
}

/// Where lists look products up. The model alone is a shelf on which everything seen lately is available.
pub trait Shelf {
    /// What is known of a product; nothing for one the shop does not have.
    fn item(&self, product: ProductKey) -> Option<Item>;
    /// The categories, types and groups a product is in.
    fn classes(&self, product: ProductKey) -> Vec<CategoryKey>;
    /// The products of a category, in any order.
    fn products_in(&self, class: CategoryKey) -> Vec<ProductKey>;
}

/// Products bought by nobody for so many days are taken to be gone, where only the model is asked.
pub const GONE_DAYS: Day = 180;

impl Shelf for Model {
    fn item(&self, product: ProductKey) -> Option<Item> {
        let record = self.product_at(self.find(product)?);
        let price = Some(f64::from(record.price)).filter(|price| price.is_finite());
        Some(Item { available: record.last_seen > self.day() - GONE_DAYS, price, first_day: Some(record.first_seen) })
    }

    fn classes(&self, product: ProductKey) -> Vec<CategoryKey> {
        let record = self.product(product);
        let class = |index| self.class_at(index).map(|class| CategoryKey(class.key));
        [record.group, record.kind, record.category].into_iter().filter_map(class).collect()
    }

    fn products_in(&self, class: CategoryKey) -> Vec<ProductKey> {
        let within = |record: &crate::model::record::Record| {
            [record.group, record.kind, record.category]
                .into_iter()
                .any(|index| self.class_at(index).is_some_and(|found| found.key == class.0))
        };
        (0..self.len() as u32)
            .map(|index| self.product_at(index))
            .filter(within)
            .map(|record| ProductKey(record.key))
            .collect()
    }
}

/// What a list leaves out. The default leaves out only what is not available.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Also what cannot be had now.
    pub unavailable_too: bool,
    /// Nothing the customer ever bought.
    pub not_owned: bool,
    /// Nothing the customer bought within so many days.
    pub not_bought_within_days: Option<Day>,
    /// No cheaper than this; products without a price pass.
    pub price_min: Option<f64>,
    /// No dearer than this; products without a price pass.
    pub price_max: Option<f64>,
    /// Only products of these classes, where any are named.
    pub classes: Vec<CategoryKey>,
    /// Never these, for instance what is in the cart.
    pub except: Vec<ProductKey>,
}

impl Filter {
    /// Whether `product` may be shown to the customer with `history`.
    #[must_use]
    pub fn passes(&self, shelf: &dyn Shelf, history: &History, product: ProductKey) -> bool {
        let Some(item) = shelf.item(product) else { return false };
        let bought = history.pair(product);
        let recent = |days: Day| bought.is_some_and(|pair| history.today - pair.last_day < days);
        (item.available || self.unavailable_too)
            && !(self.not_owned && bought.is_some())
            && !self.not_bought_within_days.is_some_and(recent)
            && item.price.is_none_or(|price| {
                self.price_min.is_none_or(|min| price >= min) && self.price_max.is_none_or(|max| price <= max)
            })
            && !self.except.contains(&product)
            && (self.classes.is_empty() || shelf.classes(product).iter().any(|class| self.classes.contains(class)))
    }
}
