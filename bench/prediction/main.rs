//! Prediction on real order histories, ours beside the published methods: one table.
//!
//! ```text
//! npm run bench -- prediction                     # unpacks ../shared/data and runs this
//! cargo bench --bench prediction -- FOLDER [next-order|weekly|dates|companions]
//! npm run bench -- prediction-speed               # the native half of it: cargo bench --bench prediction -- speed FOLDER
//! ```
//!
//! FOLDER holds `complete_journey.orders.csv` and `online_retail_2.orders.csv` (and the products beside them), unpacked. Splits follow
//! the calendar: nothing a model or a rival sees lies on or after its cut. Everything is seeded.

mod companions;
mod dates;
mod metrics;
mod next_order;
mod promises;
mod rivals;
mod shop;
mod speed;
mod table;
mod weekly;

use dates::Unit;
use promises::Promises;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if let [task, folder] = arguments.as_slice()
        && task == "speed"
    {
        return speed::run(Path::new(folder));
    }
    let folder = arguments.first().map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let wanted = |task: &str| arguments.len() < 2 || arguments[1..].iter().any(|argument| argument == task);
    let mut promises = Promises::default();
    for name in ["Complete Journey", "Online Retail II"] {
        let started = Instant::now();
        let Some(shop) = shop::read(&folder, name) else {
            println!("{name} is not in {}; skipped", folder.display());
            continue;
        };
        let now = |task: &str| eprintln!("{name}: {task}, after {:.0} s", started.elapsed().as_secs_f64());
        if wanted("next-order") {
            now("next order, where the rivals' tuning takes a few minutes");
            next_order::run(&shop, &mut promises);
        }
        if wanted("weekly") {
            now("weekly carts");
            weekly::run(&shop, &mut promises);
        }
        if wanted("dates") {
            now("days until the next purchase");
            dates::run(&shop, Unit::Product, &shop.data, &mut promises);
            if let Some(categories) = shop::by_category(&folder, &shop) {
                dates::run(&shop, Unit::Category, &categories, &mut promises);
            }
        }
        if wanted("companions") {
            now("companions");
            companions::run(&shop, &mut promises);
        }
        eprintln!("{name} took {:?}", started.elapsed());
    }
    promises.keep();
}
