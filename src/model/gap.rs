//! The distribution of the days from one purchase of a product to the customer's next.
//!
//! Log-normal, its middle shrunk from the customer's own gaps towards product, customer and shop (section 6.2 of the measurements:
//! an empirical-Bayes estimate with two numbers of state, gaps counted as at most 90 days). It says *when*, given that the product is
//! bought again; whether it is bought at all is the business of the [weekly chance](super::week).

use super::view::{Seen, View};
use super::weights::{score, sigmoid};
use crate::customer::purchases::{GAP_DAYS_MAX, PairCounters};

/// Imaginary gaps behind the customer's own.
pub const GAP_WEIGHT: f64 = 6.0;

/// Spread of the logarithm of a gap by the number of own gaps: 1, 2–3, 4–7, 8–15, 16 and more. For none the first is used.
const SIGMA: [f64; 5] = [0.86, 0.84, 0.83, 0.80, 0.78];

/// Imaginary gaps of the usual spread behind the customer's own spread.
const SPREAD_WEIGHT: f64 = 4.0;

/// The steadiest rhythm believed: two thirds of the gaps within a sixth of the middle.
const SPREAD_MIN: f64 = 0.15;

/// Furthest day looked at for a reminder.
pub const WINDOW_DAYS_MAX: i32 = 90;

/// Weights of [`again`]: intercept, then its features. Fitted to the pairs bought in the week before five days that all lie more than 90
/// days before the cuts of the benchmark, both shops counting the same.
const AGAIN: [f64; 11] = [0.7625, 0.1965, 0.2290, 0.1050, 0.0106, -0.4141, 1.6152, -0.1924, 0.0405, 0.0412, 0.1317];

/// The chance that a product is bought again within [`WINDOW_DAYS_MAX`] days of its purchase.
///
/// A rhythm says when, this says whether; together they say how far a reminder can be trusted.
#[must_use]
pub fn again(view: &View<'_>, seen: Seen<'_>) -> f64 {
    let Seen { pair, record } = seen;
    let customer = &view.history.customer;
    let ln = |count: u32| libm::log(f64::from(count.max(1)));
    let features = [
        libm::log(f64::from(record.hazard_day)),
        libm::log(f64::from(record.repeat_share)),
        ln(pair.count),
        f64::from(u8::from(pair.count == 1)),
        view.ln_gap(seen, 4.0),
        libm::log(pair.d180 + 0.02),
        libm::log(f64::from(customer.visits_28) + 0.5),
        libm::log(f64::from(customer.visits_91) + 0.5),
        ln(customer.products),
        ln(customer.orders),
    ];
    sigmoid(score(&AGAIN, &features))
}

/// Spread of the logarithm of a gap where somebody buys by the calendar: 28 days give or take two or three.
const STEADY_SIGMA: f64 = 0.12;

/// Spread that others are compared with.
const USUAL_SIGMA: f64 = 0.8;

/// Share of products and customers taken to be steady before anything is seen of them: three in a hundred.
const STEADY_LN_ODDS: f64 = -3.5;

/// Imaginary gaps of [`STEADY_SIGMA`] behind a steady customer's own spread.
const STEADY_WEIGHT: f64 = 2.0;

/// A rhythm as steady as a calendar: the same number of days again and again.
///
/// Most rhythms are not, and spreads are shrunk to the usual one. Here the two are weighed against each other: four gaps of 26 to 30 days are
/// thirty times likelier with somebody steady, and then the day is known to a few days without any model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steady {
    /// How likely it is that the rhythm is steady: 0 to 1.
    pub weight: f64,
    /// The gap if it is.
    pub gap: Gap,
}

impl Steady {
    /// Judged by the gaps alone; nothing where there are fewer than two, or too long ones to be told apart.
    #[must_use]
    pub fn of(pair: &PairCounters) -> Option<Self> {
        let n = f64::from(pair.gaps);
        if pair.gaps < 2 {
            return None;
        }
        let mu = pair.ln_gap_sum / n;
        let squares = (pair.ln_gap_square_sum - n * mu * mu).max(0.0);
        let precision = |sigma: f64| 1.0 / (sigma * sigma);
        let ln_odds = STEADY_LN_ODDS + (n - 1.0) * libm::log(USUAL_SIGMA / STEADY_SIGMA)
            - 0.5 * squares * (precision(STEADY_SIGMA) - precision(USUAL_SIGMA));
        // Gaps are counted as at most 90 days, so that longer ones all look the same.
        if ln_odds < -6.0 || mu > libm::log(f64::from(GAP_DAYS_MAX) - 5.0) {
            return None;
        }
        let spread = (squares + STEADY_WEIGHT * STEADY_SIGMA * STEADY_SIGMA) / (n - 1.0 + STEADY_WEIGHT);
        let sigma = libm::sqrt(spread * (1.0 + 1.0 / n));
        Some(Self { weight: sigmoid(ln_odds), gap: Gap { mu, sigma } })
    }

    /// The same for somebody who has not bought for `age` days, and the chance to buy within the `days` from then on. Who is long overdue is
    /// not steady any more.
    #[must_use]
    pub fn after(&self, age: i32, days: f64) -> (f64, f64) {
        let open = |gap: &Gap, days: f64| (1.0 - gap.within(days)).max(1e-9);
        let from = f64::from(age) - 0.5;
        let usual = Gap { mu: self.gap.mu, sigma: USUAL_SIGMA };
        let still = open(&self.gap, from);
        let odds = self.weight / (1.0 - self.weight).max(1e-9) * still / open(&usual, from);
        (odds / (1.0 + odds), 1.0 - open(&self.gap, from + days) / still)
    }
}

/// A gap not yet over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// Middle of the logarithm of days.
    pub mu: f64,
    /// Its spread.
    pub sigma: f64,
}

impl Gap {
    /// The gap after the last purchase of a product.
    #[must_use]
    pub fn of(view: &View<'_>, seen: Seen<'_>) -> Self {
        let bucket = match seen.pair.gaps {
            0..=1 => 0,
            2..=3 => 1,
            4..=7 => 2,
            8..=15 => 3,
            _ => 4,
        };
        let mu = view.ln_gap(seen, GAP_WEIGHT);
        let usual = Self { mu, sigma: own_spread(seen, mu, SIGMA[bucket]) };
        Steady::of(seen.pair).map_or(usual, |steady| usual.mixed(&steady)).postponed(seen)
    }

    /// Between this gap and a steady one, by how likely that is.
    fn mixed(self, Steady { weight, gap }: &Steady) -> Self {
        let between = |usual: f64, steady: f64| usual + weight * (steady - usual);
        Self { mu: between(self.mu, gap.mu), sigma: libm::exp(between(libm::log(self.sigma), libm::log(gap.sigma))) }
    }

    /// A postponement says that the product was not needed yet. The gap is then at least a third longer than the age at which it was
    /// said; without data of how customers postpone, this is a guess on the careful side.
    fn postponed(self, seen: Seen<'_>) -> Self {
        if seen.pair.postponed == 0 {
            return self;
        }
        let age = f64::from((seen.pair.postponed_day - seen.pair.last_day).max(1));
        Self { mu: self.mu.max(libm::log(age) + 0.3), ..self }
    }

    /// The chance that the gap is at most `days`.
    #[must_use]
    pub fn within(&self, days: f64) -> f64 {
        if days <= 0.0 { 0.0 } else { normal((libm::log(days) - self.mu) / self.sigma) }
    }

    /// The days by which a share `part` of such gaps are over.
    #[must_use]
    pub fn quantile(&self, part: f64) -> f64 {
        libm::exp(self.mu + self.sigma * normal_inverse(part))
    }

    /// The same of those gaps that are not over at `age` days.
    #[must_use]
    pub fn quantile_after(&self, age: f64, part: f64) -> f64 {
        let passed = self.within(age);
        // Where almost all are over the tail is too thin to compute with; then it takes as long again by a tenth, and never less than
        // the last that could be computed, so that waiting always makes it later.
        if passed > 0.999 {
            (age * (1.0 + 0.2 * part)).max(self.quantile(0.9995))
        } else {
            self.quantile(passed + part * (1.0 - passed)).max(age)
        }
    }

    /// The day, counted from the last purchase and after `age`, around which most gaps end within `half` days either way, and how many
    /// of those not over at `age` do.
    #[must_use]
    pub fn best_window(&self, age: i32, half: f64) -> (i32, f64) {
        let open = 1.0 - self.within(f64::from(age)).min(0.999);
        let mass = |day: i32| {
            let (from, to) = ((f64::from(day) - half).max(f64::from(age)), f64::from(day) + half);
            (self.within(to) - self.within(from)) / open
        };
        let (first, last) = (age + 1, age.max(2) + WINDOW_DAYS_MAX);
        // Windows over a distribution with one peak have one peak too, not far from it: climb from there.
        let peak = libm::round(libm::exp(self.mu - self.sigma * self.sigma)).clamp(1.0, 36_500.0) as i32;
        let mut best = peak.clamp(first, last);
        let mut most = mass(best);
        for step in [1, -1] {
            while (first..=last).contains(&(best + step)) && mass(best + step) > most {
                best += step;
                most = mass(best);
            }
        }
        (best, most)
    }
}

/// The spread of the customer's own gaps around the middle, shrunk towards the usual one: somebody who buys every three weeks to the day
/// is told so.
fn own_spread(seen: Seen<'_>, mu: f64, usual: f64) -> f64 {
    let (n, sum, squares) = (f64::from(seen.pair.gaps), seen.pair.ln_gap_sum, seen.pair.ln_gap_square_sum);
    let own = (squares - 2.0 * mu * sum + n * mu * mu).max(0.0);
    libm::sqrt((own + SPREAD_WEIGHT * usual * usual) / (n + SPREAD_WEIGHT)).max(SPREAD_MIN)
}

/// The standard normal distribution.
#[must_use]
pub fn normal(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// Its inverse, to nine digits (P. J. Acklam's rational approximation).
#[must_use]
pub fn normal_inverse(part: f64) -> f64 {
    const A: [f64; 6] = [
        -39.69683028665376,
        220.9460984245205,
        -275.9285104469687,
        138.357751867269,
        -30.66479806614716,
        2.506628277459239,
    ];
    const B: [f64; 5] =
        [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
    const C: [f64; 6] = [
        -0.007784894002430293,
        -0.3223964580411365,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 4] = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
    let poly = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient);
    let part = part.clamp(1e-12, 1.0 - 1e-12);
    let tail = |part: f64| {
        let q = (-2.0 * libm::log(part)).sqrt();
        poly(&C, q) / (poly(&D, q) * q + 1.0)
    };
    if part < 0.02425 {
        tail(part)
    } else if part > 1.0 - 0.02425 {
        -tail(1.0 - part)
    } else {
        let q = part - 0.5;
        let r = q * q;
        poly(&A, r) * q / (poly(&B, r) * r + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_distribution_and_its_inverse_agree() {
        for at in 1..1_000 {
            let part = f64::from(at) / 1_000.0;
            assert!((normal(normal_inverse(part)) - part).abs() < 1e-8, "{part}");
        }
    }

    #[test]
    fn the_middle_is_the_median_and_waiting_makes_it_later() {
        let gap = Gap { mu: libm::log(30.0), sigma: 0.8 };
        assert!((gap.quantile(0.5) - 30.0).abs() < 1e-6);
        assert!((gap.quantile_after(0.0, 0.5) - 30.0).abs() < 1e-3);
        let mut before = 0.0;
        for age in 0..2_000 {
            let median = gap.quantile_after(f64::from(age), 0.5);
            assert!(median >= before && median >= f64::from(age));
            before = median;
        }
    }

    #[test]
    fn a_calendar_is_told_from_a_habit() {
        let pair = |gaps: &[i32]| {
            let ln = |gap: &i32| libm::log(f64::from(*gap));
            PairCounters {
                gaps: gaps.len() as u32,
                ln_gap_sum: gaps.iter().map(ln).sum(),
                ln_gap_square_sum: gaps.iter().map(|gap| ln(gap) * ln(gap)).sum(),
                ..PairCounters::default()
            }
        };
        let weight = |gaps: &[i32]| Steady::of(&pair(gaps)).map_or(0.0, |steady| steady.weight);
        assert!(weight(&[28, 27]) < 0.3, "two gaps may be chance");
        assert!(weight(&[28, 27, 30]) > 0.35 && weight(&[28, 27, 30, 28, 26]) > 0.9);
        assert!(weight(&[7, 14, 7, 21, 7]) < 0.01 && weight(&[90, 90, 90, 90]) == 0.0);
        let steady = Steady::of(&pair(&[28, 27, 30, 28, 26])).unwrap();
        let (_, soon) = steady.after(25, 7.0);
        let (_, early) = steady.after(10, 7.0);
        assert!(soon > 0.8 && early < 0.01, "{soon} {early}");
        assert!(steady.after(45, 7.0).0 < 0.05, "who is long overdue is not steady any more");
    }

    #[test]
    fn the_best_window_lies_where_the_gaps_are() {
        let (day, mass) = Gap { mu: libm::log(30.0), sigma: 0.1 }.best_window(0, 7.5);
        assert!((28..=32).contains(&day) && mass > 0.95, "{day} {mass}");
        // Climbing finds what looking at every day finds.
        for (mu, sigma, age) in
            [(3.0, 0.8, 0), (1.0, 0.8, 0), (4.4, 0.9, 10), (2.0, 0.7, 60), (5.5, 0.8, 0), (0.0, 0.8, 200)]
        {
            let gap = Gap { mu, sigma };
            let window =
                |day: i32| gap.within(f64::from(day) + 7.5) - gap.within((f64::from(day) - 7.5).max(f64::from(age)));
            let most = (age + 1..=age.max(2) + WINDOW_DAYS_MAX).map(window).fold(0.0, f64::max);
            assert!((window(gap.best_window(age, 7.5).0) - most).abs() < 1e-12, "{gap:?} {age}");
        }
    }
}
