//! The chance that a product bought before is bought within the coming seven days.

use super::day::Day;
use super::gap::Steady;
use super::maths::{Powers, ln};
use super::record::Record;
use super::view::{Seen, View};
use super::weights::{score, sigmoid};
use std::sync::LazyLock;

/// What is known of a product of a customer on a day.
pub const PAIR_FEATURES: usize = 37;

/// Features of the weekly chance: those of the pair, and two of a [steady rhythm](Steady).
pub const WEEK_FEATURES: usize = PAIR_FEATURES + 2;

/// Imaginary gaps behind the usual gap in this score.
const GAP_WEIGHT: f64 = 4.0;

/// Default weights, for a shop too young to have its own and as what a shop's own are pulled to. Fitted to the weeks before the cuts of the
/// benchmark (Complete Journey day 330, Online Retail II day 600), both shops counting the same; a shop's own weights lose about one or
/// two per cent of log loss against these. The last two let a steady rhythm speak for itself.
pub const DEFAULT: [f64; WEEK_FEATURES + 1] = [
    -1.2502, 0.1211, -0.0450, -0.5390, -0.3442, 0.0441, 0.1175, 0.1547, 0.1073, -0.4134, -0.6746, 0.1213, -0.3099,
    0.6616, 0.0134, 0.2515, -0.0108, 0.2110, 0.4309, 0.3223, 0.1459, 0.3986, 0.0916, 0.5929, -0.4811, 0.3479, 0.1370,
    0.0630, 0.1088, 0.0294, -0.0659, 0.1956, 0.0194, -0.3193, -0.2092, 0.0875, 0.0252, 0.0146, 1.2502, 1.0,
];

/// Rhythms shorter than ten days are those of the customer's shopping, which the features know; here they would speak twice.
const STEADY_LN_DAYS_MIN: f64 = std::f64::consts::LN_10;

static POWERS_08: LazyLock<Powers> = LazyLock::new(|| Powers::of_ln(-0.223_143_551_314_209_76));
static POWERS_097: LazyLock<Powers> = LazyLock::new(|| Powers::of_ln(-0.030_459_207_484_708_574));

/// What the customer brings to every product's features.
#[derive(Clone, Copy, Debug)]
pub struct Customer {
    ln_visits_28: f64,
    ln_since_visit: f64,
    ln_visits_7: f64,
    ln_visits_91: f64,
    visit_z: f64,
    ln_order_size: f64,
    ln_products: f64,
    ln_orders: f64,
    gap_shift: f64,
    years: f64,
}

impl Customer {
    /// From a customer's view.
    #[must_use]
    pub fn new(view: &View<'_>) -> Self {
        let customer = &view.history.customer;
        let since = f64::from((view.history.today - customer.last_day).max(0));
        let visit_gap = (customer.ln_gap_sum + 2.0 * 2.5) / (f64::from(customer.gaps) + 2.0);
        Self {
            ln_visits_28: ln(f64::from(customer.visits_28) + 0.5),
            ln_since_visit: ln(since + 1.0),
            ln_visits_7: ln(f64::from(customer.visits_7) + 0.5),
            ln_visits_91: ln(f64::from(customer.visits_91) + 0.5),
            visit_z: ln(since + 1.0) - visit_gap,
            ln_order_size: ln(customer.order_size.max(1.0)),
            ln_products: ln(f64::from(customer.products.max(1))),
            ln_orders: ln(f64::from(customer.orders.max(1))),
            gap_shift: view.gap_shift,
            years: f64::from((view.model.shop().day - view.model.shop().first_day).clamp(91, 365)) / 91.0,
        }
    }
}

/// The chance of one product of a customer.
#[must_use]
pub fn chance(view: &View<'_>, customer: &Customer, seen: Seen<'_>) -> f64 {
    let weights = view.model.weights();
    let logit = score(&weights.week, &features(view, customer, seen));
    sigmoid(weights.bend.apply(logit)) * libm::exp(-doubt(seen, view.history.today))
}

/// How much a recent postponement or removal from a predicted cart speaks against a product, as a logarithm of the chance. There are no data to
/// fit it yet; it halves the chance at first and fades within weeks, so that without such lines nothing changes.
fn doubt(seen: Seen<'_>, today: Day) -> f64 {
    let fading = |times: u32, day: Day, fade_days: f64| {
        if times == 0 {
            0.0
        } else {
            0.7 * f64::from(times.min(3)) * libm::exp(-f64::from((today - day).max(0)) / fade_days)
        }
    };
    fading(seen.pair.postponed, seen.pair.postponed_day, 14.0) + fading(seen.pair.removed, seen.pair.removed_day, 28.0)
}

/// How much more the coming four weeks asked for the product a year ago than an average four weeks; nothing where the shop is younger.
fn season(view: &View<'_>, record: &Record) -> f64 {
    let shop = view.model.shop();
    if shop.day - shop.first_day < 365 + 28 {
        return 0.0;
    }
    ln((f64::from(record.buys_season) + 1.0) / (f64::from(record.buys_365) / 13.0 + 1.0))
}

/// The features. The steadier the rhythm, the less the others say: where it is certain, only the share of such gaps that end within the week
/// is left.
#[must_use]
pub fn features(view: &View<'_>, customer: &Customer, seen: Seen<'_>) -> [f64; WEEK_FEATURES] {
    let pair = pair_features(view, customer, seen);
    let mut features = [0.0; WEEK_FEATURES];
    let age = (view.history.today - seen.pair.last_day).max(1);
    let steady = Steady::of(seen.pair).filter(|steady| steady.gap.mu > STEADY_LN_DAYS_MIN);
    let (weight, chance) = steady.map_or((0.0, 0.5), |steady| steady.after(age, 7.0));
    for (feature, of_pair) in features.iter_mut().zip(pair) {
        *feature = (1.0 - weight) * of_pair;
    }
    // Nobody is a clock: between one in thirty and nineteen in twenty.
    let chance = chance.clamp(0.03, 0.95);
    features[PAIR_FEATURES] = weight;
    features[PAIR_FEATURES + 1] = weight * ln(chance / (1.0 - chance));
    features
}

/// What is known of one product of a customer.
#[must_use]
pub fn pair_features(view: &View<'_>, customer: &Customer, seen: Seen<'_>) -> [f64; PAIR_FEATURES] {
    let Seen { pair, record } = seen;
    let today = view.history.today;
    let dt = f64::from((today - pair.last_day).max(1));
    let ln_dt = ln(dt);
    let mu = view.ln_gap(seen, GAP_WEIGHT);
    let z = ln_dt - mu;
    let ln_count = ln(f64::from(pair.count));
    let n = f64::from(pair.gaps);
    let var = {
        let own = pair.ln_gap_square_sum - 2.0 * mu * pair.ln_gap_sum + n * mu * mu;
        ln((own + 4.0 * 0.72) / (n + 4.0))
    };
    let since_first = view.history.customer.orders.saturating_sub(1 + pair.first_order);
    let f = f64::from(since_first);
    let l = f64::from(view.history.customer.orders.saturating_sub(1 + pair.last_order));
    let bb = |e: f64, r: f64, powers: &Powers, k: f64| {
        let h = f64::from(record.hazard_order);
        let p = (e + k * h) / ((1.0 - powers.to(since_first + 1)) / (1.0 - r) + k);
        ln(p / (1.0 - p.min(0.999)))
    };
    let gap_orders = (f - l + 1.0 / f64::from(record.hazard_order).max(0.01)) / f64::from(pair.count);
    let zb = ln((l + 1.0) / gap_orders);
    let customers = f64::from(view.model.shop().customers.max(1));
    [
        z,
        z * z,
        z.max(0.0),
        (z - 0.7).max(0.0),
        (z + 1.0).min(0.0),
        ln(f64::from(record.hazard_day)),
        ln(f64::from(record.repeat_share)),
        ln_count,
        f64::from(u8::from(pair.count == 1)),
        mu,
        ln(pair.d14 + 0.02),
        ln(pair.d45 + 0.02),
        ln(pair.d180 + 0.02),
        customer.ln_visits_28,
        customer.ln_since_visit,
        ln_dt,
        ln((f64::from(record.buys_7) + 1.0) / (f64::from(record.buys_28) / 4.0 + 1.0)),
        ln((f64::from(record.buys_28) + 2.0) / (f64::from(record.buys_91) / 3.25 + 2.0)),
        ln((f64::from(record.buys_91) + 3.0) / (f64::from(record.buys_365) / customer.years + 3.0)),
        customer.ln_visits_7,
        customer.ln_visits_91,
        customer.visit_z,
        customer.ln_order_size,
        customer.ln_products,
        customer.ln_orders,
        customer.gap_shift,
        ln(pair.e5 + 0.02),
        ln(pair.e9 + 0.02),
        bb(pair.e8, 0.8, &POWERS_08, 5.0),
        bb(pair.e97, 0.97, &POWERS_097, 5.0),
        zb,
        zb * zb,
        var,
        z * n / (n + 4.0),
        if pair.last_gap > 0 { ln(dt / f64::from(pair.last_gap)).clamp(-3.0, 3.0) } else { 0.0 },
        ln((f64::from(record.buys_28) + 0.5) / customers),
        season(view, record),
    ]
}
