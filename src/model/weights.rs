//! Weights of the scores: defaults, and the form in which a snapshot carries a shop's own.

use super::order::{NEW_FEATURES, REPEAT_FEATURES};
use super::week::WEEK_FEATURES;

/// Weights of every score. The first of each list is the intercept.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Of the weekly chance.
    pub week: [f64; WEEK_FEATURES + 1],
    /// Of a product bought before, at the next order.
    pub repeat: [f64; REPEAT_FEATURES + 1],
    /// Of a product never bought, at the next order.
    pub new: [f64; NEW_FEATURES + 1],
}

impl Default for Weights {
    fn default() -> Self {
        Self { week: super::week::DEFAULT, repeat: super::order::REPEAT_DEFAULT, new: super::order::NEW_DEFAULT }
    }
}

impl Weights {
    pub(super) fn encode(&self) -> Vec<u8> {
        self.week.iter().chain(&self.repeat).chain(&self.new).flat_map(|weight| weight.to_le_bytes()).collect()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut numbers = bytes.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight bytes")));
        let mut weights = Self::default();
        for weight in weights.week.iter_mut().chain(&mut weights.repeat).chain(&mut weights.new) {
            *weight = numbers.next()?;
        }
        (numbers.next().is_none() && bytes.len().is_multiple_of(8)).then_some(weights)
    }
}

/// The logistic function.
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// Intercept and weights applied to features.
#[must_use]
pub fn score(weights: &[f64], features: &[f64]) -> f64 {
    weights[1..].iter().zip(features).fold(weights[0], |sum, (weight, feature)| sum + weight * feature)
}
