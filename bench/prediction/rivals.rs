//! The published methods and simple rules that ours is measured against, written plainly.

use std::collections::BTreeMap;

use comeback::model::dataset::Dataset;

/// One customer's past as a rival sees it: baskets in order of time, each a sorted list of product indexes.
pub struct Past {
    /// Index of the customer.
    pub customer: usize,
    /// Day and products.
    pub baskets: Vec<(i32, Vec<u32>)>,
}

/// The pasts of all customers with a purchase before `day`.
pub fn pasts(data: &Dataset, day: i32) -> Vec<Past> {
    let past = |customer: usize| {
        let mut baskets: BTreeMap<i32, Vec<u32>> = BTreeMap::new();
        for purchase in data.of(customer).iter().filter(|purchase| purchase.day < day) {
            baskets.entry(purchase.day).or_default().push(purchase.product);
        }
        Past { customer, baskets: baskets.into_iter().collect() }
    };
    (0..data.customers()).map(past).filter(|past| !past.baskets.is_empty()).collect()
}

/// Products with scores, best first, ties by index.
pub type Scores = Vec<(u32, f64)>;

fn best(scores: impl IntoIterator<Item = (u32, f64)>, top: usize) -> Vec<u32> {
    let mut scores: Scores = scores.into_iter().collect();
    let order = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if scores.len() > top {
        scores.select_nth_unstable_by(top, order);
        scores.truncate(top);
    }
    scores.sort_unstable_by(order);
    scores.into_iter().map(|(product, _)| product).collect()
}

fn counts(past: &Past) -> BTreeMap<u32, f64> {
    let mut counts = BTreeMap::new();
    for product in past.baskets.iter().flat_map(|(_, products)| products) {
        *counts.entry(*product).or_insert(0.0) += 1.0;
    }
    counts
}

/// Purchases of every product over all customers.
pub fn popularity(pasts: &[Past], products: usize) -> Vec<f64> {
    let mut popularity = vec![0.0; products];
    pasts
        .iter()
        .flat_map(|past| &past.baskets)
        .flat_map(|(_, products)| products)
        .for_each(|&at| popularity[at as usize] += 1.0);
    popularity
}

/// Personal frequency, then what is popular. `ties` breaks equal frequencies by popularity, which is the better variant.
pub fn gp_top_freq(pasts: &[Past], popularity: &[f64], ties: bool, top: usize) -> Vec<Vec<u32>> {
    let largest = popularity.iter().copied().fold(1.0, f64::max);
    let popular = best(popularity.iter().enumerate().map(|(at, &count)| (at as u32, count)), top);
    let rank = |past: &Past| {
        let own = counts(past);
        let tie = |at: u32| if ties { 0.5 * popularity[at as usize] / largest } else { 0.0 };
        let mut ranked = best(own.iter().map(|(&at, &count)| (at, count + tie(at))), top);
        ranked.extend(popular.iter().filter(|at| !own.contains_key(at)));
        ranked.truncate(top);
        ranked
    };
    pasts.iter().map(rank).collect()
}

/// Purchases that fade by `keep` with every basket since; frequency for `keep` = 1.
pub fn decayed(pasts: &[Past], keep: f64, top: usize) -> Vec<Vec<u32>> {
    pasts.iter().map(|past| best(faded(past, keep), top)).collect()
}

fn faded(past: &Past, keep: f64) -> BTreeMap<u32, f64> {
    let mut scores = BTreeMap::new();
    let mut weight = 1.0;
    for (_, products) in past.baskets.iter().rev() {
        products.iter().for_each(|&at| *scores.entry(at).or_insert(0.0) += weight);
        weight *= keep;
    }
    scores
}

/// For each product the (past, weight) in which it occurs.
fn inverted(vectors: &[Vec<(u32, f64)>], products: usize) -> Vec<Vec<(u32, f64)>> {
    let mut inverted = vec![Vec::new(); products];
    for (at, vector) in vectors.iter().enumerate() {
        vector.iter().for_each(|&(product, weight)| inverted[product as usize].push((at as u32, weight)));
    }
    inverted
}

/// User-wise popularity with collaborative filtering (UP-CF@r, Faggioli et al. 2020).
#[derive(Clone, Copy, Debug)]
pub struct UpCf {
    /// Baskets looked back; 0 for all.
    pub recent: usize,
    /// Locality: the power of the similarity.
    pub locality: f64,
    /// Asymmetry of the cosine.
    pub asymmetry: f64,
}

pub fn up_cf(pasts: &[Past], settings: &UpCf, products: usize, top: usize) -> Vec<Vec<u32>> {
    let sets: Vec<Vec<(u32, f64)>> =
        pasts.iter().map(|past| counts(past).into_keys().map(|at| (at, 1.0)).collect()).collect();
    let window = |past: &Past| {
        let length = past.baskets.len();
        let from = if settings.recent == 0 { 0 } else { length.saturating_sub(settings.recent) };
        let mut shares = BTreeMap::new();
        past.baskets[from..]
            .iter()
            .flat_map(|(_, products)| products)
            .for_each(|&at| *shares.entry(at).or_insert(0.0) += 1.0 / (length - from) as f64);
        shares.into_iter().collect::<Vec<(u32, f64)>>()
    };
    let shares: Vec<Vec<(u32, f64)>> = pasts.iter().map(window).collect();
    let owners = inverted(&sets, products);
    let (mut overlap, mut score) = (vec![0.0; pasts.len()], vec![0.0; products]);
    let one = |at: usize| {
        let mut others: Vec<u32> = Vec::new();
        for &(product, _) in &sets[at] {
            for &(other, _) in &owners[product as usize] {
                if overlap[other as usize] == 0.0 {
                    others.push(other);
                }
                overlap[other as usize] += 1.0;
            }
        }
        let mut touched: Vec<u32> = Vec::new();
        for other in others {
            let common = std::mem::take(&mut overlap[other as usize]);
            let norm = (sets[at].len() as f64).powf(settings.asymmetry)
                * (sets[other as usize].len() as f64).powf(1.0 - settings.asymmetry);
            let similarity = (common / norm).powf(settings.locality);
            for &(product, share) in &shares[other as usize] {
                if score[product as usize] == 0.0 {
                    touched.push(product);
                }
                score[product as usize] += similarity * share;
            }
        }
        best(touched.into_iter().map(|product| (product, std::mem::take(&mut score[product as usize]))), top)
    };
    (0..pasts.len()).map(one).collect()
}

/// Temporal item frequency with nearest neighbours (TIFUKNN, Hu et al. 2020), as its published code does it, which differs from the paper:
/// `groups` is how many groups there are, and decay within reaches over all baskets.
#[derive(Clone, Copy, Debug)]
pub struct TifuKnn {
    /// Groups that the baskets are divided into.
    pub groups: usize,
    /// Decay from basket to basket.
    pub within: f64,
    /// Decay from group to group.
    pub between: f64,
    /// Neighbours.
    pub neighbours: usize,
    /// Weight of the customer's own vector.
    pub own: f64,
    /// Nearest by angle instead of by distance, which was better on both shops.
    pub by_angle: bool,
}

fn tifu_vector(past: &Past, settings: &TifuKnn) -> Vec<(u32, f64)> {
    let baskets = past.baskets.len();
    let groups = settings.groups.min(baskets);
    let group = |at: usize| at * groups / baskets;
    let mut sizes = vec![0.0; groups];
    (0..baskets).for_each(|at| sizes[group(at)] += 1.0);
    let mut vector = BTreeMap::new();
    for (at, (_, products)) in past.baskets.iter().enumerate() {
        let weight = settings.within.powi((baskets - 1 - at) as i32)
            * settings.between.powi((groups - 1 - group(at)) as i32)
            / sizes[group(at)]
            / groups as f64;
        products.iter().for_each(|&at| *vector.entry(at).or_insert(0.0) += weight);
    }
    vector.into_iter().collect()
}

pub fn tifu_knn(pasts: &[Past], settings: &TifuKnn, products: usize, top: usize) -> Vec<Vec<u32>> {
    let vectors: Vec<Vec<(u32, f64)>> = pasts.iter().map(|past| tifu_vector(past, settings)).collect();
    let square = |vector: &Vec<(u32, f64)>| vector.iter().map(|(_, weight)| weight * weight).sum::<f64>();
    let squares: Vec<f64> = vectors.iter().map(square).collect();
    let owners = inverted(&vectors, products);
    let nearness = |dot: f64, other: usize| {
        if settings.by_angle { dot / squares[other].sqrt() } else { 2.0 * dot - squares[other] }
    };
    let (mut dots, mut score) = (vec![0.0; pasts.len()], vec![0.0; products]);
    let one = |at: usize| {
        dots.fill(0.0);
        for &(product, weight) in &vectors[at] {
            owners[product as usize].iter().for_each(|&(other, theirs)| dots[other as usize] += weight * theirs);
        }
        let others = (0..pasts.len()).filter(|&other| other != at);
        let near = best(others.map(|other| (other as u32, nearness(dots[other], other))), settings.neighbours);
        let mut touched: Vec<u32> = Vec::new();
        let mut add = |vector: &[(u32, f64)], factor: f64| {
            for &(product, weight) in vector {
                if score[product as usize] == 0.0 {
                    touched.push(product);
                }
                score[product as usize] += factor * weight;
            }
        };
        add(&vectors[at], settings.own);
        let share = (1.0 - settings.own) / near.len().max(1) as f64;
        near.iter().for_each(|&other| add(&vectors[other as usize], share));
        best(touched.into_iter().map(|product| (product, std::mem::take(&mut score[product as usize]))), top)
    };
    (0..pasts.len()).map(one).collect()
}
