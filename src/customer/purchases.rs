//! The purchases ledger: what one customer bought, cancelled, postponed and removed, by product and day.
//!
//! It is not a list of orders: several orders of a day are one shopping trip, and prices, stores and order ids are not kept. It is the
//! whole memory that prediction needs of a customer. Counters are not stored but [folded](Purchases::fold) when read, so that a cancelled,
//! back-dated or merged purchase leaves no trace in them.
//!
//! # Exactness
//!
//! A cancellation is a purchase with the opposite sign. For one product and day the two add up; what adds up to nothing is gone. So buying
//! and cancelling equals never having bought, whichever comes first, and the order in which facts arrive never matters.
//!
//! # Limits
//!
//! At most [`LINES_MAX`] lines are kept. Beyond it the oldest days are squashed into one [`Base`] per product: number of days, first and
//! last day, quantity. What arrives later for a squashed day is added to or taken from the base, which is then only nearly exact. At most
//! [`BASES_MAX`] bases are kept; the products bought longest ago are forgotten first.
//!
//! # Example
//!
//! ```
//! use comeback::customer::purchases::{Kind, Purchases, Quantity};
//! use comeback::model::ProductKey;
//!
//! let tea = ProductKey::of("", "tea");
//! let mut purchases = Purchases::default();
//! purchases.record(tea, 20_000, Kind::Bought, Quantity::ONE);
//! purchases.record(tea, 20_030, Kind::Bought, Quantity::units(2));
//! purchases.retract(tea, 20_000, Quantity::ONE);
//! assert_eq!(purchases.order_days(), [20_030]);
//! assert_eq!(Purchases::decode(&purchases.encode()).unwrap(), purchases);
//! ```

mod bytes;
mod counters;

pub use bytes::PurchasesError;
pub use counters::{CustomerCounters, Folder, GAP_DAYS_MAX, History, PairCounters};

use crate::model::day::{DAY_MAX, DAY_MIN, Day};
use crate::model::key::ProductKey;

/// Lines kept one by one; about three years of a customer in the top per cent of a grocer.
pub const LINES_MAX: usize = 8_192;

/// Lines left after squashing, so that it happens rarely.
pub const LINES_KEPT: usize = 6_144;

/// Products whose squashed past is kept.
pub const BASES_MAX: usize = 8_192;

/// Squashed order days of a customer, or of one product, beyond which they are no longer counted: more than there are days.
pub const BASE_DAYS_MAX: u32 = 200_000;

/// Largest magnitude of one line's quantity, in thousandths: a billion units. Beyond it quantities stay at the limit.
pub const QUANTITY_MAX: i64 = 1_000_000_000_000;

/// How much was bought, in thousandths of a unit, so that 0.350 kg of cheese is exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(pub i64);

impl Quantity {
    /// One unit.
    pub const ONE: Self = Self(1_000);

    /// Whole units.
    #[must_use]
    pub fn units(units: u32) -> Self {
        Self(i64::from(units) * 1_000)
    }

    /// A decimal number of units, rounded to thousandths; nothing for what is not a number or beyond [`QUANTITY_MAX`].
    #[must_use]
    pub fn from_f64(units: f64) -> Option<Self> {
        let milli = libm::round(units * 1_000.0);
        (milli.abs() <= QUANTITY_MAX as f64).then_some(Self(milli as i64))
    }

    /// Units as a decimal number.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1_000.0
    }

    fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0).clamp(-QUANTITY_MAX, QUANTITY_MAX))
    }
}

/// What happened to a product on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Bought: the order counts for the shop.
    Bought,
    /// Cancelled or returned; dated by the day of the *purchase* it undoes. In a ledger it is only seen where the purchase has not arrived.
    Cancelled,
    /// Put off when it was proposed in a predicted cart.
    Postponed,
    /// Taken out of a predicted cart.
    Removed,
}

/// One line of the ledger. The quantity is positive; the kind says what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The product.
    pub product: ProductKey,
    /// The day of the purchase, in the customer's calendar.
    pub day: Day,
    /// What happened.
    pub kind: Kind,
    /// How much, above zero.
    pub quantity: Quantity,
}

/// What is left of a product's squashed lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    /// The product.
    pub product: ProductKey,
    /// Distinct days on which it was bought.
    pub days: u32,
    /// The first of them.
    pub first_day: Day,
    /// The last of them.
    pub last_day: Day,
    /// Quantity in all.
    pub quantity: Quantity,
}

/// A customer's ledger. See the [module](self).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purchases {
    /// Sorted by product, day and place (trade, postponed, removed); one line for each of these.
    lines: Vec<Line>,
    /// Sorted by product.
    bases: Vec<Base>,
    /// Distinct order days before `squashed_before`.
    base_orders: u32,
    /// Lines before this day live in the bases.
    squashed_before: Option<Day>,
}

impl Purchases {
    /// Records that `quantity` of `product` was bought, cancelled, postponed or removed on `day`.
    ///
    /// Returns whether the ledger took it: a quantity of zero or less, and a day outside [`DAY_MIN`]`..=`[`DAY_MAX`], are ignored.
    pub fn record(&mut self, product: ProductKey, day: Day, kind: Kind, quantity: Quantity) -> bool {
        if quantity.0 <= 0 || !(DAY_MIN..=DAY_MAX).contains(&day) {
            return false;
        }
        if self.squashed_before.is_some_and(|before| day < before) {
            self.record_squashed(product, day, kind, quantity);
        } else {
            self.add(Line { product, day, kind, quantity });
            self.squash_if_full();
        }
        true
    }

    /// Takes back a purchase of `quantity` made on `day`: the same as recording it [cancelled](Kind::Cancelled).
    pub fn retract(&mut self, product: ProductKey, day: Day, quantity: Quantity) -> bool {
        self.record(product, day, Kind::Cancelled, quantity)
    }

    /// Adds another ledger to this one, as when two accounts turn out to be one person.
    pub fn merge(&mut self, other: &Self) {
        self.base_orders = (self.base_orders + other.base_orders).min(BASE_DAYS_MAX);
        self.squashed_before = self.squashed_before.max(other.squashed_before);
        for base in &other.bases {
            self.add_base(*base);
        }
        self.bases_bounded();
        let mut lines = std::mem::take(&mut self.lines);
        lines.extend_from_slice(&other.lines);
        self.lines = united(lines);
        if let Some(before) = self.squashed_before {
            self.squash_before(before);
        }
        self.squash_if_full();
    }

    /// All lines, sorted by product, then day.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The lines of one product, sorted by day.
    #[must_use]
    pub fn lines_of(&self, product: ProductKey) -> &[Line] {
        let start = self.lines.partition_point(|line| line.product < product);
        let length = self.lines[start..].partition_point(|line| line.product == product);
        &self.lines[start..start + length]
    }

    /// What was squashed, sorted by product.
    #[must_use]
    pub fn bases(&self) -> &[Base] {
        &self.bases
    }

    /// The distinct days on which something was bought and is still kept line by line, in order.
    #[must_use]
    pub fn order_days(&self) -> Vec<Day> {
        let mut days: Vec<Day> = self.bought().map(|line| line.day).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The day `product` was last bought, if ever.
    #[must_use]
    pub fn last_bought(&self, product: ProductKey) -> Option<Day> {
        let kept = self.lines_of(product).iter().rev().find(|line| line.kind == Kind::Bought).map(|line| line.day);
        kept.or_else(|| self.base_of(product).map(|base| base.last_day))
    }

    /// On how many days `product` was bought.
    #[must_use]
    pub fn days_bought(&self, product: ProductKey) -> u32 {
        let kept = self.lines_of(product).iter().filter(|line| line.kind == Kind::Bought).count() as u32;
        kept + self.base_of(product).map_or(0, |base| base.days)
    }

    /// The products ever bought and not cancelled since, sorted.
    #[must_use]
    pub fn products(&self) -> Vec<ProductKey> {
        let mut products: Vec<ProductKey> = self.bought().map(|line| line.product).collect();
        products.extend(self.bases.iter().map(|base| base.product));
        products.sort_unstable();
        products.dedup();
        products
    }

    /// Nothing was ever recorded, or all of it was undone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.bases.is_empty()
    }

    /// The counters of every product bought up to and including `today`. See [`Folder`] for many customers in a row.
    #[must_use]
    pub fn fold(&self, today: Day) -> History {
        Folder::default().fold(self, today)
    }

    /// The same ledger in coarser units: every product is replaced by what `unit_of` says, for instance its variant group or type.
    ///
    /// A sibling bought then counts like the product itself, and two of them on one day are one purchase.
    #[must_use]
    pub fn by_unit(&self, unit_of: impl Fn(ProductKey) -> ProductKey) -> Self {
        let lines = self.lines.iter().map(|line| Line { product: unit_of(line.product), ..*line });
        let mut coarse = Self {
            lines: united(lines.collect()),
            base_orders: self.base_orders,
            squashed_before: self.squashed_before,
            bases: Vec::new(),
        };
        for base in &self.bases {
            coarse.add_base(Base { product: unit_of(base.product), ..*base });
        }
        coarse
    }

    fn bought(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.kind == Kind::Bought)
    }

    fn base_of(&self, product: ProductKey) -> Option<&Base> {
        self.bases.binary_search_by_key(&product, |base| base.product).ok().map(|at| &self.bases[at])
    }

    fn add(&mut self, line: Line) {
        match self.lines.binary_search_by_key(&place(&line), place) {
            Err(at) => self.lines.insert(at, line),
            Ok(at) => match sum(self.lines[at], line) {
                Some(line) => self.lines[at] = line,
                None => {
                    self.lines.remove(at);
                }
            },
        }
    }

    fn squash_if_full(&mut self) {
        if self.lines.len() <= LINES_MAX {
            return;
        }
        let mut days: Vec<Day> = self.lines.iter().map(|line| line.day).collect();
        days.sort_unstable();
        self.squash_before(days[days.len() - LINES_KEPT].saturating_add(1));
    }

    /// Moves the lines before `day` into the bases. What was postponed or removed so long ago says nothing any more and is dropped.
    fn squash_before(&mut self, day: Day) {
        let old: Vec<Line> = self.lines.iter().filter(|line| line.day < day).copied().collect();
        self.lines.retain(|line| line.day >= day);
        let mut days: Vec<Day> = old.iter().filter(|line| line.kind == Kind::Bought).map(|line| line.day).collect();
        days.sort_unstable();
        days.dedup();
        self.base_orders = (self.base_orders + days.len() as u32).min(BASE_DAYS_MAX);
        self.squashed_before = Some(day);
        for line in old {
            self.record_squashed(line.product, line.day, line.kind, line.quantity);
        }
    }

    fn record_squashed(&mut self, product: ProductKey, day: Day, kind: Kind, quantity: Quantity) {
        match kind {
            Kind::Bought => self.add_base(Base { product, days: 1, first_day: day, last_day: day, quantity }),
            Kind::Cancelled => self.take_from_base(product, quantity),
            Kind::Postponed | Kind::Removed => {}
        }
        self.bases_bounded();
    }

    fn add_base(&mut self, base: Base) {
        match self.bases.binary_search_by_key(&base.product, |kept| kept.product) {
            Err(at) => self.bases.insert(at, base),
            Ok(at) => {
                let kept = &mut self.bases[at];
                kept.days = (kept.days + base.days).min(BASE_DAYS_MAX);
                kept.first_day = kept.first_day.min(base.first_day);
                kept.last_day = kept.last_day.max(base.last_day);
                kept.quantity = kept.quantity.plus(base.quantity);
            }
        }
    }

    fn take_from_base(&mut self, product: ProductKey, quantity: Quantity) {
        let Ok(at) = self.bases.binary_search_by_key(&product, |kept| kept.product) else { return };
        let kept = &mut self.bases[at];
        kept.days -= 1;
        kept.quantity = Quantity((kept.quantity.0 - quantity.0).max(0));
        if kept.days == 0 {
            self.bases.remove(at);
        }
    }

    fn bases_bounded(&mut self) {
        if self.bases.len() <= BASES_MAX {
            return;
        }
        let mut last_days: Vec<(Day, ProductKey)> =
            self.bases.iter().map(|base| (base.last_day, base.product)).collect();
        last_days.sort_unstable();
        let oldest_kept = last_days[self.bases.len() - BASES_MAX * 3 / 4];
        self.bases.retain(|base| (base.last_day, base.product) >= oldest_kept);
    }
}

/// Where a line belongs: purchases and cancellations share a place, the other kinds have their own.
fn place(line: &Line) -> (ProductKey, Day, u8) {
    let class = match line.kind {
        Kind::Bought | Kind::Cancelled => 0,
        Kind::Postponed => 1,
        Kind::Removed => 2,
    };
    (line.product, line.day, class)
}

/// Two lines of one place as one, or nothing where they undo each other.
fn sum(a: Line, b: Line) -> Option<Line> {
    let signed = |line: Line| if line.kind == Kind::Cancelled { Quantity(-line.quantity.0) } else { line.quantity };
    let total = signed(a).plus(signed(b));
    let kind = match a.kind {
        Kind::Bought | Kind::Cancelled if total.0 < 0 => Kind::Cancelled,
        Kind::Bought | Kind::Cancelled => Kind::Bought,
        other => other,
    };
    (total.0 != 0).then_some(Line { kind, quantity: Quantity(total.0.abs()), ..a })
}

/// Sorts lines and adds up those of one place.
fn united(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_unstable_by_key(place);
    let mut result: Vec<Line> = Vec::with_capacity(lines.len());
    // A place whose sum passes zero must not lose its later lines, so sums are kept signed until the place ends.
    for group in lines.chunk_by(|a, b| place(a) == place(b)) {
        let mut total: Option<Line> = None;
        for &line in group {
            total = match total {
                None => Some(line),
                Some(so_far) => sum(so_far, line),
            };
        }
        result.extend(total);
    }
    result
}
