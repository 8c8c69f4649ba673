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
    /// What turns the weekly score into an honest chance.
    pub bend: Bend,
}

/// Weights of the weekly chance, and of a product bought before, in models built before steady rhythms were told apart; the others are then
/// the defaults.
const EARLIER_WEEK: usize = 38;
const EARLIER_REPEAT: usize = 42;

/// Points of a [`Bend`].
pub const BEND_POINTS: usize = 11;

/// A correction of a score in logits: between its points it changes evenly, outside it stays.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bend {
    /// Scores, rising.
    pub at: [f64; BEND_POINTS],
    /// What is added there.
    pub add: [f64; BEND_POINTS],
}

impl Bend {
    /// The corrected score. A straight bend changes nothing.
    #[must_use]
    pub fn apply(&self, logit: f64) -> f64 {
        let above = self.at.partition_point(|&at| at <= logit);
        if above == 0 {
            return logit + self.add[0];
        }
        if above == BEND_POINTS {
            return logit + self.add[BEND_POINTS - 1];
        }
        let (low, high) = (self.at[above - 1], self.at[above]);
        let part = if high > low { (logit - low) / (high - low) } else { 0.0 };
        logit + self.add[above - 1] + part * (self.add[above] - self.add[above - 1])
    }

    /// Adds as much everywhere.
    pub(super) fn shift(&mut self, by: f64) {
        self.add.iter_mut().for_each(|add| *add += by);
    }

    /// The bend that makes the mean chance of each part of the examples what came of it. Parts are tenths by score, the last one cut
    /// again at its top; each is believed the more the more purchases it holds. Order is kept: a higher score stays a higher chance.
    pub(super) fn fit(mut scored: Vec<(f64, bool, f64)>) -> Self {
        scored.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.total_cmp(&b.2)));
        let total: f64 = scored.iter().map(|example| example.2).sum();
        let mut bend = Self::default();
        let (mut from, mut passed) = (0, 0.0);
        for point in 0..BEND_POINTS {
            let share = if point < 9 { (point + 1) as f64 / 10.0 } else { [0.98, 1.0][point - 9] };
            let start = from;
            while from < scored.len() && (passed < share * total || point == BEND_POINTS - 1) {
                passed += scored[from].2;
                from += 1;
            }
            let part = &scored[start..from];
            let previous = point.saturating_sub(1);
            (bend.at[point], bend.add[point]) = part_shift(part).unwrap_or((bend.at[previous], bend.add[previous]));
        }
        for point in 1..BEND_POINTS {
            // A step down steeper than the scores rise would turn the order round.
            let room = 0.9 * (bend.at[point] - bend.at[point - 1]);
            bend.add[point] = bend.add[point].max(bend.add[point - 1] - room);
        }
        bend
    }
}

/// The middle score of a part, and the shift that makes its chances add up to what was bought.
fn part_shift(part: &[(f64, bool, f64)]) -> Option<(f64, f64)> {
    let count: f64 = part.iter().map(|example| example.2).sum();
    if count == 0.0 {
        return None;
    }
    let bought: f64 = part.iter().filter(|example| example.1).map(|example| example.2).sum();
    let middle = part.iter().map(|example| example.0 * example.2).sum::<f64>() / count;
    let mut shift = 0.0;
    for _ in 0..20 {
        let chances = part.iter().map(|example| (sigmoid(example.0 + shift), example.2));
        let (sum, slope) =
            chances.fold((0.0, 0.0), |(sum, slope), (p, count)| (sum + count * p, slope + count * p * (1.0 - p)));
        let step: f64 = (bought.max(0.5) - sum) / slope.max(1e-9);
        shift += step.clamp(-1.0, 1.0);
    }
    Some((middle, shift * bought / (bought + 3.0)))
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            week: super::week::DEFAULT,
            repeat: super::order::REPEAT_DEFAULT,
            new: super::order::NEW_DEFAULT,
            bend: Bend::default(),
        }
    }
}

impl Weights {
    pub(super) fn encode(&self) -> Vec<u8> {
        self.week
            .iter()
            .chain(&self.repeat)
            .chain(&self.new)
            .chain(&self.bend.at)
            .chain(&self.bend.add)
            .flat_map(|weight| weight.to_le_bytes())
            .collect()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut numbers = bytes.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight bytes")));
        let mut weights = Self::default();
        let earlier = bytes.len() == 8 * (EARLIER_WEEK + EARLIER_REPEAT + NEW_FEATURES + 1 + 2 * BEND_POINTS);
        let (week, repeat) =
            if earlier { (EARLIER_WEEK, EARLIER_REPEAT) } else { (weights.week.len(), weights.repeat.len()) };
        let Bend { at, add } = &mut weights.bend;
        let (first, second) =
            (weights.week[..week].iter_mut().chain(&mut weights.repeat[..repeat]), weights.new.iter_mut());
        for weight in first.chain(second).chain(at).chain(add) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_come_back_as_written_and_earlier_ones_with_defaults_for_what_is_new() {
        let mut weights = Weights::default();
        (weights.week[3], weights.repeat[5], weights.new[1], weights.bend.add[4]) = (0.5, 0.25, 0.125, 2.0);
        assert_eq!(Weights::decode(&weights.encode()), Some(weights.clone()));
        let bytes = weights.encode();
        let week = 8 * weights.week.len();
        let repeat = week + 8 * weights.repeat.len();
        let earlier = [&bytes[..8 * EARLIER_WEEK], &bytes[week..week + 8 * EARLIER_REPEAT], &bytes[repeat..]].concat();
        assert_eq!(Weights::decode(&earlier), Some(weights));
        assert_eq!(Weights::decode(&bytes[8..]), None);
    }
}
