//! Counters of a ledger, folded when read: the numbers every prediction starts from.
//!
//! They are those of "Prediction: what was measured", section 6.1: counts that decay by orders and by days, the logarithms of the gaps,
//! first and last. All are functions of the lines alone; nothing here knows other customers.

use super::{Base, Kind, Line, Purchases};
use crate::model::day::{Day, weekday};
use crate::model::key::ProductKey;

/// Gaps longer than this many days count as this long: a product that was forgotten for a year has no rhythm of a year.
pub const GAP_DAYS_MAX: i32 = 90;

const TABLE: usize = 1_024;

/// What is known of one product of one customer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairCounters {
    /// The product (or unit, see [`Purchases::by_unit`]).
    pub product: ProductKey,
    /// Distinct days on which it was bought; at least 1.
    pub count: u32,
    /// First day it was bought.
    pub first_day: Day,
    /// Last day it was bought.
    pub last_day: Day,
    /// Index of the order of the first day, counted from 0.
    pub first_order: u32,
    /// Index of the order of the last day.
    pub last_order: u32,
    /// Gaps between purchases: `count - 1`.
    pub gaps: u32,
    /// Sum over gaps of the logarithm of the gap in days, each gap counted as at most [`GAP_DAYS_MAX`].
    pub ln_gap_sum: f64,
    /// Sum of the squares of the same logarithms.
    pub ln_gap_square_sum: f64,
    /// The last gap in days, not shortened; 0 where there is none.
    pub last_gap: i32,
    /// Purchases decayed by 0.5 for every order since.
    pub e5: f64,
    /// The same with 0.8.
    pub e8: f64,
    /// The same with 0.9.
    pub e9: f64,
    /// The same with 0.97.
    pub e97: f64,
    /// Purchases decayed over days with a time constant of 14.
    pub d14: f64,
    /// The same with 45.
    pub d45: f64,
    /// The same with 180.
    pub d180: f64,
    /// Units bought last time.
    pub last_quantity: f64,
    /// Units bought in all.
    pub quantity_sum: f64,
    /// Units bought usually: the median, the lower one of two.
    pub usual_quantity: f64,
    /// Times it was postponed since it was last bought.
    pub postponed: u32,
    /// The last of these days.
    pub postponed_day: Day,
    /// Times it was taken out of a predicted cart since it was last bought.
    pub removed: u32,
    /// The last of these days.
    pub removed_day: Day,
}

/// What is known of one customer over all products.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CustomerCounters {
    /// Distinct days with an order.
    pub orders: u32,
    /// Products per order, on average.
    pub order_size: f64,
    /// Distinct products ever bought.
    pub products: u32,
    /// Order days within the last 7 days (those 0 to 6 days ago).
    pub visits_7: u32,
    /// Order days within the last 28 days.
    pub visits_28: u32,
    /// Order days within the last 91 days.
    pub visits_91: u32,
    /// Day of the first order.
    pub first_day: Day,
    /// Day of the last order.
    pub last_day: Day,
    /// Sum of the logarithms of the gaps between order days, each at most [`GAP_DAYS_MAX`].
    pub ln_gap_sum: f64,
    /// Number of those gaps.
    pub gaps: u32,
    /// Order days by day of the week, Monday first.
    pub weekdays: [u32; 7],
}

/// A folded ledger.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The day it was folded for.
    pub today: Day,
    /// Over all products.
    pub customer: CustomerCounters,
    /// By product, sorted by key; only products bought and not undone.
    pub pairs: Vec<PairCounters>,
}

impl History {
    /// The counters of one product.
    #[must_use]
    pub fn pair(&self, product: ProductKey) -> Option<&PairCounters> {
        self.pairs.binary_search_by_key(&product, |pair| pair.product).ok().map(|at| &self.pairs[at])
    }
}

/// Folds ledgers; keeps its tables and its space between them, which matters for a hundred thousand customers and not for one.
#[derive(Clone, Debug)]
pub struct Folder {
    by_order: [Vec<f64>; 4],
    by_day: [Vec<f64>; 3],
    ln: Vec<f64>,
    days: DaySet,
    quantities: Vec<f64>,
}

impl Default for Folder {
    fn default() -> Self {
        Self {
            by_order: [0.5, 0.8, 0.9, 0.97].map(powers),
            by_day: [14.0, 45.0, 180.0].map(|tau: f64| powers(libm::exp(-1.0 / tau))),
            ln: (0..=GAP_DAYS_MAX).map(|gap| libm::log(f64::from(gap.max(1)))).collect(),
            days: DaySet::default(),
            quantities: Vec::new(),
        }
    }
}

impl Folder {
    /// The counters of a ledger up to and including `today`; later lines are not seen.
    pub fn fold(&mut self, purchases: &Purchases, today: Day) -> History {
        self.fold_parts(&purchases.lines, &purchases.bases, purchases.base_orders, today)
    }

    /// The counters of lines sorted as in a ledger: by product, then day.
    pub fn fold_lines(&mut self, lines: &[Line], today: Day) -> History {
        self.fold_parts(lines, &[], 0, today)
    }

    fn fold_parts(&mut self, lines: &[Line], bases: &[Base], base_orders: u32, today: Day) -> History {
        self.days.fill(lines.iter().filter(|line| line.kind == Kind::Bought && line.day <= today).map(|line| line.day));
        let orders = base_orders + self.days.len();
        let mut history = History {
            today,
            pairs: Vec::with_capacity(lines.len() / 3 + bases.len()),
            customer: CustomerCounters::default(),
        };
        let mut bought = 0u64;
        let mut bases = bases.iter().peekable();
        for group in lines.chunk_by(|a, b| a.product == b.product) {
            while let Some(base) = bases.next_if(|base| base.product < group[0].product) {
                history.pairs.push(from_base(base, base_orders));
            }
            let base = bases.next_if(|base| base.product == group[0].product);
            if let Some(pair) = self.pair(group, base, base_orders, orders, today) {
                bought += u64::from(pair.count);
                history.pairs.push(pair);
            }
        }
        history.pairs.extend(bases.map(|base| from_base(base, base_orders)));
        history.customer = self.customer(&history.pairs, orders, bought, today);
        history
    }

    fn pair(
        &mut self,
        group: &[Line],
        base: Option<&Base>,
        base_orders: u32,
        orders: u32,
        today: Day,
    ) -> Option<PairCounters> {
        let mut pair = base.map_or(PairCounters { product: group[0].product, ..PairCounters::default() }, |base| {
            from_base(base, base_orders)
        });
        self.quantities.clear();
        for line in group.iter().take_while(|line| line.day <= today) {
            match line.kind {
                Kind::Bought => self.bought(&mut pair, line, base_orders, orders, today),
                Kind::Cancelled => {}
                Kind::Postponed => {
                    pair.postponed += 1;
                    pair.postponed_day = line.day;
                }
                Kind::Removed => {
                    pair.removed += 1;
                    pair.removed_day = line.day;
                }
            }
        }
        if !self.quantities.is_empty() {
            self.quantities.sort_unstable_by(f64::total_cmp);
            pair.usual_quantity = self.quantities[(self.quantities.len() - 1) / 2];
        }
        (pair.count > 0).then_some(pair)
    }

    fn bought(&mut self, pair: &mut PairCounters, line: &Line, base_orders: u32, orders: u32, today: Day) {
        let order = base_orders + self.days.rank(line.day);
        if pair.count == 0 {
            pair.first_day = line.day;
            pair.first_order = order;
        } else {
            let gap = line.day - pair.last_day;
            let ln = self.ln[gap.clamp(1, GAP_DAYS_MAX) as usize];
            pair.gaps += 1;
            pair.ln_gap_sum += ln;
            pair.ln_gap_square_sum += ln * ln;
            pair.last_gap = gap;
        }
        pair.count += 1;
        pair.last_day = line.day;
        pair.last_order = order;
        let since = at_most((orders - 1 - order) as usize);
        pair.e5 += self.by_order[0][since];
        pair.e8 += self.by_order[1][since];
        pair.e9 += self.by_order[2][since];
        pair.e97 += self.by_order[3][since];
        let age = at_most((today - line.day) as usize);
        pair.d14 += self.by_day[0][age];
        pair.d45 += self.by_day[1][age];
        pair.d180 += self.by_day[2][age];
        pair.last_quantity = line.quantity.as_f64();
        pair.quantity_sum += pair.last_quantity;
        self.quantities.push(pair.last_quantity);
        // What was put off or taken out before this purchase has been answered by it.
        (pair.postponed, pair.removed) = (0, 0);
    }

    fn customer(&self, pairs: &[PairCounters], orders: u32, bought: u64, today: Day) -> CustomerCounters {
        let kept = self.days.len();
        let mut customer = CustomerCounters {
            orders,
            products: pairs.len() as u32,
            order_size: if orders == 0 { 0.0 } else { bought as f64 / f64::from(orders) },
            first_day: pairs.iter().map(|pair| pair.first_day).min().unwrap_or(0),
            last_day: pairs.iter().map(|pair| pair.last_day).max().unwrap_or(0),
            gaps: kept.saturating_sub(1),
            ..CustomerCounters::default()
        };
        let mut before: Option<Day> = None;
        for day in self.days.iter() {
            let age = today - day;
            customer.visits_7 += u32::from(age < 7);
            customer.visits_28 += u32::from(age < 28);
            customer.visits_91 += u32::from(age < 91);
            customer.weekdays[weekday(day) as usize] += 1;
            if let Some(before) = before {
                customer.ln_gap_sum += self.ln[(day - before).min(GAP_DAYS_MAX) as usize];
            }
            before = Some(day);
        }
        customer
    }
}

/// A product of which only the squashed past is left. Its gaps are taken to have been equal.
fn from_base(base: &Base, base_orders: u32) -> PairCounters {
    let gaps = base.days - 1;
    let ln = if gaps == 0 {
        0.0
    } else {
        libm::log((f64::from(base.last_day - base.first_day) / f64::from(gaps)).clamp(1.0, f64::from(GAP_DAYS_MAX)))
    };
    let quantity = base.quantity.as_f64() / f64::from(base.days);
    PairCounters {
        product: base.product,
        count: base.days,
        first_day: base.first_day,
        last_day: base.last_day,
        last_order: base_orders.saturating_sub(1),
        gaps,
        ln_gap_sum: ln * f64::from(gaps),
        ln_gap_square_sum: ln * ln * f64::from(gaps),
        last_quantity: quantity,
        usual_quantity: quantity,
        quantity_sum: base.quantity.as_f64(),
        ..PairCounters::default()
    }
}

/// `r^0, r^1, …`; the last is taken as nothing, it stands for all that is older.
fn powers(r: f64) -> Vec<f64> {
    let mut table = Vec::with_capacity(TABLE);
    let mut power = 1.0;
    for _ in 0..TABLE - 1 {
        table.push(power);
        power *= r;
    }
    table.push(0.0);
    table
}

fn at_most(index: usize) -> usize {
    index.min(TABLE - 1)
}

/// A set of days that knows how many of them lie before a given one: one bit a day, counts before each word.
#[derive(Clone, Debug, Default)]
struct DaySet {
    first: Day,
    words: Vec<u64>,
    before: Vec<u32>,
    count: u32,
}

impl DaySet {
    fn fill(&mut self, days: impl Iterator<Item = Day> + Clone) {
        self.words.clear();
        self.before.clear();
        self.count = 0;
        let Some(first) = days.clone().min() else { return };
        self.first = first;
        for day in days {
            let bit = (day - first) as usize;
            if self.words.len() <= bit / 64 {
                self.words.resize(bit / 64 + 1, 0);
            }
            self.words[bit / 64] |= 1 << (bit % 64);
        }
        for word in &self.words {
            self.before.push(self.count);
            self.count += word.count_ones();
        }
    }

    fn len(&self) -> u32 {
        self.count
    }

    /// How many days of the set lie before `day`, which is one of them.
    fn rank(&self, day: Day) -> u32 {
        let bit = (day - self.first) as usize;
        let below = self.words[bit / 64] & ((1u64 << (bit % 64)) - 1);
        self.before[bit / 64] + below.count_ones()
    }

    fn iter(&self) -> impl Iterator<Item = Day> + '_ {
        self.words.iter().enumerate().flat_map(move |(at, &word)| {
            let start = self.first + at as Day * 64;
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| start + bit)
        })
    }
}
