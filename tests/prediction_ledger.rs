//! The purchases ledger: undoing, order of arrival, merging and storing leave exact facts.

use comeback::customer::purchases::{Kind, LINES_MAX, Line, Purchases, Quantity};
use comeback::model::ProductKey;
use proptest::prelude::*;

type Fact = (u64, i32, Kind, i64);

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![4 => Just(Kind::Bought), 1 => Just(Kind::Cancelled), 1 => Just(Kind::Postponed), 1 => Just(Kind::Removed)]
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    prop::collection::vec(
        (0u64..8, 20_000i32..20_060, kind(), prop_oneof![Just(1_000i64), Just(2_000), Just(350)]),
        0..80,
    )
}

fn ledger(facts: &[Fact]) -> Purchases {
    let mut purchases = Purchases::default();
    for &(product, day, kind, milli) in facts {
        assert!(purchases.record(ProductKey(product), day, kind, Quantity(milli)));
    }
    purchases
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(facts in facts(), seed in any::<u64>()) {
        let mut shuffled = facts.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(ledger(&shuffled), ledger(&facts));
    }

    #[test]
    fn a_purchase_undone_was_never_made(facts in facts(), undone in (0u64..8, 20_000i32..20_060, 1i64..5_000), cancelled_first in any::<bool>()) {
        let (product, day, milli) = (ProductKey(undone.0), undone.1, Quantity(undone.2));
        let mut purchases = ledger(&facts);
        if cancelled_first {
            purchases.retract(product, day, milli);
            purchases.record(product, day, Kind::Bought, milli);
        } else {
            purchases.record(product, day, Kind::Bought, milli);
            purchases.retract(product, day, milli);
        }
        prop_assert_eq!(&purchases, &ledger(&facts));
        prop_assert_eq!(purchases.fold(20_070), ledger(&facts).fold(20_070));
    }

    #[test]
    fn merging_is_recording_all_in_one(a in facts(), b in facts()) {
        let mut merged = ledger(&a);
        merged.merge(&ledger(&b));
        let together: Vec<Fact> = a.into_iter().chain(b).collect();
        prop_assert_eq!(merged, ledger(&together));
    }

    #[test]
    fn bytes_come_back(facts in facts()) {
        let purchases = ledger(&facts);
        prop_assert_eq!(Purchases::decode(&purchases.encode()).unwrap(), purchases);
    }

    #[test]
    fn hostile_bytes_are_refused_or_read_and_never_trap(facts in facts(), place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = ledger(&facts).encode();
        let at = place.index(bytes.len());
        bytes[at] = byte;
        bytes.truncate(cut.index(bytes.len()) + 1);
        if let Ok(read) = Purchases::decode(&bytes) {
            prop_assert_eq!(read.encode(), bytes);
            let _ = read.fold(20_070);
        }
    }

    #[test]
    fn any_bytes_at_all(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(read) = Purchases::decode(&[&[1], bytes.as_slice()].concat()) {
            let _ = read.fold(20_070);
        }
    }

    /// The counters are those of a plain walk over the days.
    #[test]
    fn counters_are_what_they_say(facts in facts(), today in 20_000i32..20_080) {
        let purchases = ledger(&facts);
        let history = purchases.fold(today);
        let bought: Vec<&Line> = purchases.lines().iter().filter(|line| line.kind == Kind::Bought && line.day <= today).collect();
        let mut days: Vec<i32> = bought.iter().map(|line| line.day).collect();
        days.sort_unstable();
        days.dedup();
        prop_assert_eq!(history.customer.orders as usize, days.len());
        prop_assert_eq!(history.pairs.len() as u32, history.customer.products);
        for pair in &history.pairs {
            let own: Vec<&&Line> = bought.iter().filter(|line| line.product == pair.product).collect();
            let since = |line: &Line| days.iter().filter(|&&day| day > line.day).count() as i32;
            let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
            prop_assert_eq!(pair.count as usize, own.len());
            prop_assert_eq!((pair.first_day, pair.last_day), (own[0].day, own[own.len() - 1].day));
            prop_assert!(close(pair.e8, own.iter().map(|line| 0.8f64.powi(since(line))).sum()));
            prop_assert!(close(pair.d45, own.iter().map(|line| (-f64::from(today - line.day) / 45.0).exp()).sum()));
            let gaps: f64 = own.windows(2).map(|two| f64::from((two[1].day - two[0].day).min(90)).ln()).sum();
            prop_assert!(close(pair.ln_gap_sum, gaps));
            prop_assert!(close(pair.quantity_sum, own.iter().map(|line| line.quantity.as_f64()).sum()));
        }
    }
}

#[test]
fn beyond_the_limit_the_oldest_days_become_counts() {
    let mut purchases = Purchases::default();
    for at in 0..LINES_MAX as i32 + 1 {
        purchases.record(ProductKey(at as u64 % 40), 10_000 + at / 4, Kind::Bought, Quantity::ONE);
    }
    assert!(purchases.lines().len() < LINES_MAX);
    let history = purchases.fold(20_000);
    assert_eq!(
        history.pairs.iter().map(|pair| pair.count).sum::<u32>(),
        LINES_MAX as u32 + 1,
        "no purchase is lost from the counts"
    );
    assert_eq!(
        history.customer.orders,
        (LINES_MAX as u32).div_ceil(4) + u32::from(LINES_MAX.is_multiple_of(4)),
        "nor an order day"
    );
    assert_eq!(history.pairs[0].first_day, 10_000);
    assert_eq!(Purchases::decode(&purchases.encode()).unwrap(), purchases);
}

#[test]
fn what_cannot_be_a_purchase_is_not_taken() {
    let mut purchases = Purchases::default();
    assert!(!purchases.record(ProductKey(1), 20_000, Kind::Bought, Quantity(0)));
    assert!(!purchases.record(ProductKey(1), 20_000, Kind::Bought, Quantity(-5)));
    assert!(!purchases.record(ProductKey(1), i32::MAX, Kind::Bought, Quantity::ONE));
    assert!(!purchases.record(ProductKey(1), i32::MIN, Kind::Bought, Quantity::ONE));
    assert!(purchases.is_empty());
}

#[test]
fn a_newer_ledger_says_so() {
    assert_eq!(
        Purchases::decode(&[9, 0, 0]).unwrap_err().to_string(),
        "purchases ledger cannot be read at byte 1: unknown version; it was written by a newer release"
    );
}

/// Sizes the design counts on: a grocery year of a median and of a heavy customer.
#[test]
fn a_grocery_year_stays_small() {
    for (products, lines, kilobytes) in [(277u64, 600, 5), (1_300, 3_600, 22)] {
        let mut purchases = Purchases::default();
        for at in 0..lines {
            // Keys are spread like hashes; days wander through the year.
            let product = ProductKey((at % products + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
            purchases.record(product, 20_000 + (at * 7_919 % 365) as i32, Kind::Bought, Quantity::ONE);
        }
        assert!(purchases.encode().len() < kilobytes * 1_024, "{} bytes", purchases.encode().len());
    }
}
