//! Logistic regression by Newton's method, pulled towards given weights.

use std::ops::Range;

use super::weights::sigmoid;

/// Examples: features row after row, labels and how much each counts.
#[derive(Clone, Debug, Default)]
pub struct Examples {
    /// Features of one example.
    pub width: usize,
    /// `width` numbers an example.
    pub features: Vec<f32>,
    /// Whether it came true.
    pub labels: Vec<bool>,
    /// How many examples it stands for.
    pub counts: Vec<f32>,
}

impl Examples {
    /// None yet.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Adds one.
    pub fn push(&mut self, features: &[f64], label: bool, count: f64) {
        debug_assert_eq!(features.len(), self.width);
        self.features.extend(features.iter().map(|&feature| feature as f32));
        self.labels.push(label);
        self.counts.push(count as f32);
    }

    /// Number of examples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Intercept and weights applied to one.
    #[must_use]
    pub fn score(&self, weights: &[f64], at: usize) -> f64 {
        weights[1..]
            .iter()
            .zip(self.row(at))
            .fold(weights[0], |sum, (weight, feature)| sum + weight * f64::from(*feature))
    }

    /// The features of one.
    #[must_use]
    pub fn row(&self, at: usize) -> &[f32] {
        &self.features[at * self.width..(at + 1) * self.width]
    }
}

/// How strongly an intercept is pulled, in observations of even odds.
const INTERCEPT_PULL: f64 = 3.0;

/// A fit to be done.
#[derive(Clone, Debug)]
pub struct Fit<'e> {
    /// From what.
    pub examples: &'e Examples,
    /// Which of them.
    pub rows: Range<usize>,
    /// What weights are pulled to: intercept first.
    pub prior: &'e [f64],
    /// How strongly: what the log likelihood must gain for a weight to move by one standard deviation of its feature, doubled.
    pub pull: f64,
    /// Where to start; near the end it saves rounds.
    pub start: &'e [f64],
    /// Weights of an earlier fit: examples count the more the likelier it holds them. What is on top of a list matters more than whether
    /// a chance is 0.001 or 0.002, and as the factor depends on features alone, chances stay honest.
    pub emphasis: Option<&'e [f64]>,
}

impl Fit<'_> {
    /// Fits by Newton's method. Without examples the prior stays.
    #[must_use]
    pub fn run(&self) -> Vec<f64> {
        if self.rows.is_empty() {
            return self.prior.to_vec();
        }
        let counts = self.counts();
        let scales = deviations(self.examples, &self.rows, &counts);
        let mut weights = self.start.to_vec();
        for _ in 0..12 {
            let (gradient, hessian) = self.derivatives(&weights, &scales, &counts);
            let Some(step) = solve(hessian, gradient, weights.len()) else { break };
            let mut largest = 0.0f64;
            for (at, step) in step.into_iter().enumerate() {
                // Steps are in scaled units; long ones are cut, as Newton's method may overshoot far from the optimum.
                let cut = step.clamp(-2.0, 2.0);
                largest = largest.max(cut.abs());
                weights[at] += if at == 0 { cut } else { cut / scales[at - 1] };
            }
            if largest < 1e-3 {
                break;
            }
        }
        weights
    }

    fn counts(&self) -> Vec<f64> {
        let factor =
            |at: usize| self.emphasis.map_or(1.0, |weights| (sigmoid(self.examples.score(weights, at)) + 0.02) / 0.04);
        self.rows.clone().map(|at| f64::from(self.examples.counts[at]) * factor(at)).collect()
    }

    /// Gradient and Hessian (row by row, full) of the penalised log likelihood in scaled units.
    fn derivatives(&self, weights: &[f64], scales: &[f64], counts: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let width = weights.len();
        let (mut gradient, mut hessian) = (vec![0.0; width], vec![0.0; width * width]);
        let mut x = vec![1.0; width];
        let mut scaled = weights.to_vec();
        scaled[1..].iter_mut().zip(scales).for_each(|(weight, scale)| *weight *= scale);
        for (at, count) in self.rows.clone().zip(counts) {
            for ((x, value), scale) in x[1..].iter_mut().zip(self.examples.row(at)).zip(scales) {
                *x = f64::from(*value) / scale;
            }
            let p = sigmoid(x.iter().zip(&scaled).map(|(x, weight)| x * weight).sum());
            let error = count * (f64::from(u8::from(self.examples.labels[at])) - p);
            let curvature = count * p * (1.0 - p);
            for a in 0..width {
                gradient[a] += error * x[a];
                let along = curvature * x[a];
                for (sum, x) in hessian[a * width..=a * width + a].iter_mut().zip(&x) {
                    *sum += along * x;
                }
            }
        }
        for a in 0..width {
            let (pull, scale) = if a == 0 { (INTERCEPT_PULL, 1.0) } else { (self.pull, scales[a - 1]) };
            gradient[a] -= pull * (weights[a] - self.prior[a]) * scale;
            hessian[a * width + a] += pull + 1e-9;
            for b in 0..a {
                hessian[b * width + a] = hessian[a * width + b];
            }
        }
        (gradient, hessian)
    }
}

/// The same weights with the intercept that fits the examples best.
#[must_use]
pub fn move_intercept(examples: &Examples, rows: Range<usize>, weights: &[f64]) -> Vec<f64> {
    let scores: Vec<f64> = rows.clone().map(|at| examples.score(weights, at)).collect();
    let mut shift = 0.0;
    for _ in 0..20 {
        let (mut gradient, mut curvature) = (-INTERCEPT_PULL * shift, INTERCEPT_PULL);
        for (at, score) in rows.clone().zip(&scores) {
            let (p, count) = (sigmoid(score + shift), f64::from(examples.counts[at]));
            gradient += count * (f64::from(u8::from(examples.labels[at])) - p);
            curvature += count * p * (1.0 - p);
        }
        let step = (gradient / curvature).clamp(-2.0, 2.0);
        shift += step;
        if step.abs() < 1e-6 {
            break;
        }
    }
    let mut moved = weights.to_vec();
    moved[0] += shift;
    moved
}

/// Mean logarithmic loss of weights on some examples.
#[must_use]
pub fn log_loss(examples: &Examples, rows: Range<usize>, weights: &[f64]) -> f64 {
    let (mut sum, mut total) = (0.0, 0.0);
    for at in rows {
        let count = f64::from(examples.counts[at]);
        let logit = examples.score(weights, at);
        // ln(1 + e^x) without overflow.
        let signed = if examples.labels[at] { -logit } else { logit };
        sum += count * (signed.max(0.0) + libm::log1p(libm::exp(-signed.abs())));
        total += count;
    }
    if total == 0.0 { 0.0 } else { sum / total }
}

fn deviations(examples: &Examples, rows: &Range<usize>, counts: &[f64]) -> Vec<f64> {
    let (mut sums, mut squares, mut total) = (vec![0.0; examples.width], vec![0.0; examples.width], 0.0);
    for (at, count) in rows.clone().zip(counts) {
        total += count;
        for (feature, &value) in examples.row(at).iter().enumerate() {
            sums[feature] += count * f64::from(value);
            squares[feature] += count * f64::from(value) * f64::from(value);
        }
    }
    let deviation = |at: usize| (squares[at] / total - (sums[at] / total) * (sums[at] / total)).max(0.0).sqrt();
    (0..examples.width).map(|at| deviation(at).max(1e-6)).collect()
}

/// Solves a symmetric positive system by Cholesky's method; nothing where it is not positive.
fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>, width: usize) -> Option<Vec<f64>> {
    for a in 0..width {
        for b in 0..=a {
            let mut sum = matrix[a * width + b];
            for k in 0..b {
                sum -= matrix[a * width + k] * matrix[b * width + k];
            }
            if a == b {
                if sum <= 0.0 || !sum.is_finite() {
                    return None;
                }
                matrix[a * width + a] = sum.sqrt();
            } else {
                matrix[a * width + b] = sum / matrix[b * width + b];
            }
        }
    }
    for a in 0..width {
        for k in 0..a {
            right[a] -= matrix[a * width + k] * right[k];
        }
        right[a] /= matrix[a * width + a];
    }
    for a in (0..width).rev() {
        for k in a + 1..width {
            right[a] -= matrix[k * width + a] * right[k];
        }
        right[a] /= matrix[a * width + a];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(examples: &Examples, prior: &[f64], pull: f64) -> Vec<f64> {
        Fit { examples, rows: 0..examples.len(), prior, pull, start: prior, emphasis: None }.run()
    }

    /// Examples of a known chance, spread evenly: the fit must find what made them.
    #[test]
    fn finds_the_weights_that_made_the_data() {
        let mut examples = Examples::new(2);
        for at in 0..40_000 {
            let (a, b) = (f64::from(at % 40) / 10.0 - 2.0, f64::from(at / 40 % 10) - 5.0);
            let chance = sigmoid(-1.0 + 0.8 * a - 0.3 * b);
            examples.push(&[a, b], true, chance);
            examples.push(&[a, b], false, 1.0 - chance);
        }
        let made = [-1.0, 0.8, -0.3];
        let fitted = fit(&examples, &[0.0; 3], 1e-6);
        for (found, made) in fitted.iter().zip(made) {
            assert!((found - made).abs() < 2e-3, "{fitted:?}");
        }
        let emphasised = Fit {
            emphasis: Some(&fitted),
            ..Fit {
                examples: &examples,
                rows: 0..80_000,
                prior: &[0.0; 3],
                pull: 1e-6,
                start: &[0.0; 3],
                emphasis: None,
            }
        }
        .run();
        assert!(emphasised.iter().zip(made).all(|(found, made)| (found - made).abs() < 2e-3), "{emphasised:?}");
        assert!(log_loss(&examples, 0..80_000, &fitted) < log_loss(&examples, 0..80_000, &[-1.0, 0.6, -0.3]));
    }

    /// Where every weight but the intercept is held, both ways of fitting end at the same intercept.
    #[test]
    fn moving_the_intercept_is_a_fit_that_holds_the_rest() {
        let mut examples = Examples::new(1);
        for at in 0..400 {
            examples.push(&[f64::from(at % 7)], at % 9 == 0, 1.0 + f64::from(at % 3));
        }
        let prior = [1.5, 0.2];
        let (moved, held) = (move_intercept(&examples, 0..400, &prior), fit(&examples, &prior, 1e12));
        assert!((moved[0] - held[0]).abs() < 1e-3 && moved[1] == 0.2, "{moved:?} {held:?}");
        assert!(moved[0] < -1.0, "one in nine is less than the prior says: {moved:?}");
        assert_eq!(move_intercept(&examples, 0..0, &prior), prior);
    }

    #[test]
    fn without_examples_or_with_a_strong_pull_the_prior_stays() {
        assert_eq!(fit(&Examples::new(1), &[0.5, 2.0], 1.0), [0.5, 2.0]);
        let mut examples = Examples::new(1);
        for at in 0..10 {
            examples.push(&[f64::from(at)], at > 4, 1.0);
        }
        assert!((fit(&examples, &[0.0, 2.0], 1e9)[1] - 2.0).abs() < 1e-3);
    }
}
