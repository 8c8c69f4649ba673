//! The two functions that scoring spends its time in, in the same bits natively and in Wasm.
//!
//! A customer of 1,300 products costs some 26,000 logarithms. `libm` errs by a last bit at most and takes 14 ns for each; here a
//! third of the time gives an error below 10⁻¹⁵, which no chance notices.

use std::sync::LazyLock;

/// Intervals of the mantissa, by its leading bits.
const INTERVAL_BITS: u32 = 7;
const INTERVALS: usize = 1 << INTERVAL_BITS;
const MANTISSA_BITS: u32 = 52;
const ONE: u64 = 0x3ff0_0000_0000_0000;

/// For each interval of the mantissa the reciprocal of its middle, and the logarithm of that middle.
static MIDDLES: LazyLock<[(f64, f64); INTERVALS]> = LazyLock::new(|| {
    std::array::from_fn(|at| {
        let inverse = 1.0 / (1.0 + (at as f64 + 0.5) / INTERVALS as f64);
        (inverse, -libm::log(inverse))
    })
});

/// The natural logarithm, off by less than 10⁻¹⁵ or as much of itself. Zero, negatives, infinities and what is not a number as in
/// `libm::log`.
#[must_use]
#[inline]
pub fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = (bits >> MANTISSA_BITS) as i32 - 1023;
    // Zero and subnormals below, negatives and what is not finite above.
    if !(-1022..=1023).contains(&exponent) {
        return libm::log(x);
    }
    let mantissa = f64::from_bits((bits & ((1 << MANTISSA_BITS) - 1)) | ONE);
    let (inverse, ln_middle) = MIDDLES[(bits >> (MANTISSA_BITS - INTERVAL_BITS)) as usize % INTERVALS];
    // At most 1/256 from nothing, so that six terms of the series are enough.
    let r = mantissa * inverse - 1.0;
    let r2 = r * r;
    let series = r - r2 * (0.5 - r * (1.0 / 3.0)) - r2 * r2 * (0.25 - r * (0.2 - r * (1.0 / 6.0)));
    f64::from(exponent) * std::f64::consts::LN_2 + (ln_middle + series)
}

/// Powers of a number below one, looked up.
pub struct Powers {
    ln: f64,
    known: Vec<f64>,
}

impl Powers {
    /// Exponents up to this are looked up.
    const KNOWN: usize = 1024;

    /// Powers of the number with this logarithm.
    #[must_use]
    pub fn of_ln(ln: f64) -> Self {
        Self { ln, known: (0..Self::KNOWN).map(|exponent| libm::exp(ln * exponent as f64)).collect() }
    }

    /// The number to the power of a whole number.
    #[must_use]
    #[inline]
    pub fn to(&self, exponent: u32) -> f64 {
        match self.known.get(exponent as usize) {
            Some(&power) => power,
            None => libm::exp(self.ln * f64::from(exponent)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(x: f64) -> bool {
        let exact = libm::log(x);
        (ln(x) - exact).abs() <= 1e-15 * exact.abs().max(1.0)
    }

    proptest! {
        #[test]
        fn logarithms_are_close(x in 1e-300f64..1e300, near_one in 0.9f64..1.1, count in 1u32..10_000, exponent in 0u32..3_000) {
            prop_assert!(close(x) && close(1.0 / x) && close(near_one) && close(f64::from(count)));
            prop_assert!(close(f64::from(count) + 0.02) && close(f64::from(count) / 365.0));
            let powers = Powers::of_ln(libm::log(0.97));
            prop_assert_eq!(powers.to(exponent), libm::exp(libm::log(0.97) * f64::from(exponent)));
        }
    }

    #[test]
    fn the_ends_are_those_of_libm() {
        assert_eq!(ln(0.0), f64::NEG_INFINITY);
        assert_eq!(ln(f64::INFINITY), f64::INFINITY);
        assert!(ln(-1.0).is_nan() && ln(f64::NAN).is_nan() && ln(-0.0) == f64::NEG_INFINITY);
        for x in
            [f64::MIN_POSITIVE, f64::MIN_POSITIVE / 8.0, f64::MAX, 1.0, 2.0, 1.0 - f64::EPSILON, 1.0 + f64::EPSILON]
        {
            assert!(close(x), "{x}: {} {}", ln(x), libm::log(x));
        }
    }
}
