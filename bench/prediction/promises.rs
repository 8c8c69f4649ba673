//! What the figures are to reach. The benchmark says of each whether it does, and fails when one does not.

/// What is promised of a shop.
#[derive(Clone, Copy)]
pub struct Aims {
    /// Recall and NDCG among ten of the next order, at least.
    pub next_order: (f64, f64),
    /// NDCG among ten of the weekly cart, at least.
    pub weekly: f64,
    /// Mean error in days until the next purchase of a product, at most.
    pub days: f64,
    /// Of the surest 30 % of reminders within a week, of products and of categories, at least; nothing where none is promised.
    pub surest: Option<(f64, f64)>,
}

/// Largest error of the mean chance of a tenth with at least so many purchases.
pub const CALIBRATION: f64 = 0.10;
pub const CALIBRATION_PURCHASES: usize = 200;

/// Compares and remembers what was missed.
#[derive(Default)]
pub struct Promises {
    missed: Vec<String>,
}

impl Promises {
    pub fn at_least(&mut self, what: &str, found: f64, aim: f64) {
        self.tell(what, found, "at least", aim, found >= aim);
    }

    pub fn at_most(&mut self, what: &str, found: f64, aim: f64) {
        self.tell(what, found, "at most", aim, found <= aim);
    }

    fn tell(&mut self, what: &str, found: f64, bound: &str, aim: f64, kept: bool) {
        println!("  promised {bound} {aim:.3}: {what} {found:.4}{}", if kept { "" } else { ", MISSED" });
        if !kept {
            self.missed.push(format!("{what}: {found:.4} where {bound} {aim:.3} is promised"));
        }
    }

    /// Ends the program with an error when something was missed.
    pub fn keep(self) {
        if !self.missed.is_empty() {
            eprintln!("missed:\n  {}", self.missed.join("\n  "));
            std::process::exit(1);
        }
    }
}
