//! A shop's orders and the cuts at which it is measured.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::promises::Aims;
use comeback::model::dataset::{Dataset, Gatherer};
use comeback::model::orders_csv::{Columns, OrderRow, OrdersReader};
use comeback::model::products_csv::{ProductRow, ProductsReader};

/// One of the two shops.
pub struct Shop {
    /// What it is called in the table.
    pub name: &'static str,
    /// All its orders.
    pub data: Dataset,
    /// The first day the next order may not see.
    pub cut: i32,
    /// Purchases a product needs before the cut to take part in the next order (section 3).
    pub product_buys_min: usize,
    /// Rivals are tuned on the next orders of so many days before the cut.
    pub tuning_days: i32,
    /// What is promised.
    pub aims: Aims,
    /// Where weekly carts are made: the first day they may not see, and how many weeks from it on.
    pub weekly: &'static [Weeks],
    /// Customers silent for longer take no part in the weekly cart (section 5).
    pub silent_days_max: i32,
    /// First and last day of the purchases whose next one is predicted (section 4).
    pub origins: (i32, i32),
}

/// Weeks of carts one after another.
pub struct Weeks {
    /// The first day, counted from the shop's first.
    pub from: i32,
    pub weeks: i32,
    /// Whether the promises are about these weeks.
    pub promised: bool,
    /// What a reader of the table has to know.
    pub remark: &'static str,
}

/// Reads a shop; nothing if its file is not there.
pub fn read(folder: &Path, name: &'static str) -> Option<Shop> {
    let file = if name == "Complete Journey" { "complete_journey.orders.csv" } else { "online_retail_2.orders.csv" };
    let bytes = fs::read(folder.join(file)).ok()?;
    let mut gatherer = Gatherer::default();
    let mut reader = OrdersReader::new(Columns::default());
    reader.push(&bytes, &mut |row| gatherer.add(&row)).ok()?;
    reader.finish(&mut |row| gatherer.add(&row)).ok()?;
    let data = gatherer.finish();
    let first = data.span()?.0;
    Some(match name {
        "Complete Journey" => Shop {
            name,
            data,
            cut: first + 330,
            product_buys_min: 17,
            tuning_days: 28,
            aims: Aims { next_order: (0.212, 0.210), weekly: 0.395, days: 15.1, surest: Some((0.57, 0.75)) },
            weekly: &[
                Weeks { from: 330, weeks: 5, promised: true, remark: "" },
                Weeks { from: 288, weeks: 6, promised: false, remark: "; the default weights have seen these weeks" },
            ],
            silent_days_max: 9_999,
            origins: (first + 230, first + 275),
        },
        _ => Shop {
            name,
            data,
            cut: first + 600,
            product_buys_min: 10,
            tuning_days: 56,
            aims: Aims { next_order: (0.206, 0.235), weekly: 0.390, days: 18.3, surest: None },
            weekly: &[Weeks { from: 600, weeks: 19, promised: true, remark: "" }],
            silent_days_max: 90,
            origins: (first + 480, first + 640),
        },
    })
}

impl Shop {
    /// The purchases of products that were bought often enough before `cut`.
    pub fn frequent(&self, cut: i32) -> Dataset {
        let mut buys = vec![0; self.data.products.len()];
        self.data
            .purchases
            .iter()
            .filter(|purchase| purchase.day < cut)
            .for_each(|purchase| buys[purchase.product as usize] += 1);
        self.data.only(|purchase| buys[purchase.product as usize] >= self.product_buys_min)
    }
}

/// The same purchases with every product replaced by its category, where there is a file of products: a coarse reminder unit.
pub fn by_category(folder: &Path, shop: &Shop) -> Option<Dataset> {
    let file = (shop.name == "Complete Journey").then(|| folder.join("complete_journey.products.csv"))?;
    let bytes = fs::read(file).ok()?;
    let mut categories: BTreeMap<String, String> = BTreeMap::new();
    let mut reader = ProductsReader::default();
    let mut sink = |row: ProductRow<'_>| {
        categories.insert(row.product_id.to_string(), row.category.to_string());
    };
    reader.push(&bytes, &mut sink).ok()?;
    reader.finish(&mut sink).ok()?;
    let mut gatherer = Gatherer::default();
    for (customer, purchase) in
        (0..shop.data.customers()).flat_map(|at| shop.data.of(at).iter().map(move |purchase| (at, purchase)))
    {
        let id = &shop.data.products[purchase.product as usize].1;
        let Some(category) = categories.get(id).filter(|category| !category.is_empty()) else { continue };
        gatherer.add(&OrderRow {
            line: 0,
            order_id: "",
            customer_id: &customer.to_string(),
            product_id: category,
            at_s: i64::from(purchase.day) * 86_400,
            day: purchase.day,
            quantity: f64::from(purchase.quantity),
            unit_price: None,
            unit_price_text: "",
            line_total_text: "",
        });
    }
    Some(gatherer.finish())
}
