//! Logistic regression by Newton's method, pulled towards given weights.

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

    /// The features of one.
    #[must_use]
    pub fn row(&self, at: usize) -> &[f32] {
        &self.features[at * self.width..(at + 1) * self.width]
    }
}

/// Fits intercept and weights, starting from and pulled towards `prior`; `pull` is the number of standard-deviation units squared the
/// likelihood must gain to move a weight, the same for every feature as they are scaled first. The intercept is free.
#[must_use]
pub fn logistic(examples: &Examples, prior: &[f64], pull: f64) -> Vec<f64> {
    let width = examples.width;
    if examples.is_empty() {
        return prior.to_vec();
    }
    let scales = deviations(examples);
    let mut weights = prior.to_vec();
    for _ in 0..12 {
        let (gradient, hessian) = derivatives(examples, &weights, &scales, prior, pull);
        let Some(step) = solve(hessian, gradient, width + 1) else { break };
        let mut largest = 0.0f64;
        for at in 0..=width {
            // Steps are in scaled units; long ones are cut, as Newton's method may overshoot far from the optimum.
            let cut = step[at].clamp(-2.0, 2.0);
            largest = largest.max(cut.abs());
            weights[at] += if at == 0 { cut } else { cut / scales[at - 1] };
        }
        if largest < 1e-5 {
            break;
        }
    }
    weights
}

fn deviations(examples: &Examples) -> Vec<f64> {
    let (mut sums, mut squares, mut total) = (vec![0.0; examples.width], vec![0.0; examples.width], 0.0);
    for at in 0..examples.len() {
        let count = f64::from(examples.counts[at]);
        total += count;
        for (feature, &value) in examples.row(at).iter().enumerate() {
            sums[feature] += count * f64::from(value);
            squares[feature] += count * f64::from(value) * f64::from(value);
        }
    }
    let deviation = |at: usize| (squares[at] / total - (sums[at] / total) * (sums[at] / total)).max(0.0).sqrt();
    (0..examples.width).map(|at| deviation(at).max(1e-6)).collect()
}

/// Gradient and Hessian (row by row, full) of the penalised log likelihood in scaled units.
fn derivatives(examples: &Examples, weights: &[f64], scales: &[f64], prior: &[f64], pull: f64) -> (Vec<f64>, Vec<f64>) {
    let width = examples.width + 1;
    let (mut gradient, mut hessian) = (vec![0.0; width], vec![0.0; width * width]);
    let mut x = vec![1.0; width];
    let scaled: Vec<f64> = weights
        .iter()
        .enumerate()
        .map(|(at, weight)| if at == 0 { *weight } else { weight * scales[at - 1] })
        .collect();
    for at in 0..examples.len() {
        for ((x, value), scale) in x[1..].iter_mut().zip(examples.row(at)).zip(scales) {
            *x = f64::from(*value) / scale;
        }
        let p = sigmoid(x.iter().zip(&scaled).map(|(x, weight)| x * weight).sum());
        let count = f64::from(examples.counts[at]);
        let error = count * (f64::from(u8::from(examples.labels[at])) - p);
        let curvature = count * p * (1.0 - p);
        for a in 0..width {
            gradient[a] += error * x[a];
            let along = curvature * x[a];
            for (sum, x) in hessian[a * width..a * width + a + 1].iter_mut().zip(&x) {
                *sum += along * x;
            }
        }
    }
    for a in 0..width {
        if a > 0 {
            gradient[a] -= pull * (weights[a] - prior[a]) * scales[a - 1];
            hessian[a * width + a] += pull;
        }
        hessian[a * width + a] += 1e-9;
        for b in 0..a {
            hessian[b * width + a] = hessian[a * width + b];
        }
    }
    (gradient, hessian)
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

    /// A thousand examples of a known chance, spread evenly: the fit must find what made them.
    #[test]
    fn finds_the_weights_that_made_the_data() {
        let mut examples = Examples::new(2);
        for at in 0..4_000 {
            let (a, b) = (f64::from(at % 40) / 10.0 - 2.0, f64::from(at / 40 % 10) - 5.0);
            let chance = sigmoid(-1.0 + 0.8 * a - 0.3 * b);
            examples.push(&[a, b], true, chance);
            examples.push(&[a, b], false, 1.0 - chance);
        }
        let fitted = logistic(&examples, &[0.0; 3], 1e-6);
        for (found, made) in fitted.iter().zip([-1.0, 0.8, -0.3]) {
            assert!((found - made).abs() < 1e-3, "{fitted:?}");
        }
    }

    #[test]
    fn without_examples_or_with_a_strong_pull_the_prior_stays() {
        assert_eq!(logistic(&Examples::new(1), &[0.5, 2.0], 1.0), [0.5, 2.0]);
        let mut examples = Examples::new(1);
        for at in 0..10 {
            examples.push(&[f64::from(at)], at > 4, 1.0);
        }
        assert!((logistic(&examples, &[0.0, 2.0], 1e9)[1] - 2.0).abs() < 1e-3);
    }
}
