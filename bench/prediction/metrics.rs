//! Figures of ranked lists, and how sure a difference is.

/// Recall, NDCG and hit of one list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// Share of what was bought that is in the first ten.
    pub recall: f64,
    /// Discounted gain of the first ten over that of a perfect list.
    pub ndcg: f64,
    /// Whether any of the first ten was bought.
    pub hit: f64,
}

/// The figures of the first ten of a list. `ideal_max` cuts the perfect list: usize::MAX as the Reality Check script does, 10 as usual.
pub fn figures(hits: &[bool], bought: usize, ideal_max: usize) -> Figures {
    let discount = |place: usize| 1.0 / ((place + 2) as f64).log2();
    let found = hits.iter().take(10).filter(|hit| **hit).count();
    let gain: f64 = hits.iter().take(10).enumerate().filter(|(_, hit)| **hit).map(|(place, _)| discount(place)).sum();
    let ideal: f64 = (0..bought.min(ideal_max)).map(discount).sum();
    Figures { recall: found as f64 / bought as f64, ndcg: gain / ideal, hit: f64::from(u8::from(found > 0)) }
}

/// The mean of a figure.
pub fn mean(figures: &[Figures], of: impl Fn(&Figures) -> f64) -> f64 {
    figures.iter().map(of).sum::<f64>() / figures.len().max(1) as f64
}

/// The 95 % interval of the mean difference of pairs, from 2,000 seeded resamples.
pub fn interval(ours: &[f64], theirs: &[f64]) -> (f64, f64) {
    let differences: Vec<f64> = ours.iter().zip(theirs).map(|(a, b)| a - b).collect();
    if differences.is_empty() {
        return (f64::NAN, f64::NAN);
    }
    let mut seed = 20_261_121u64;
    let mut draw = || {
        // splitmix64
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % differences.len() as u64) as usize
    };
    let mut means: Vec<f64> = (0..2_000)
        .map(|_| (0..differences.len()).map(|_| differences[draw()]).sum::<f64>() / differences.len() as f64)
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    (means[50], means[1_949])
}
