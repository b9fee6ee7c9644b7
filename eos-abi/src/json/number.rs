//! Numbers as the chain's JSON has them.

use std::fmt;
use std::str::FromStr;

use crate::stack_text::StackText;

/// The greatest magnitude that nodeos prints as a number; beyond it, a text.
pub(crate) const MAX_BARE: u64 = 0xffff_ffff;

/// A float as nodeos prints it: 17 decimals, `nan`, `-nan`, `inf`, `-inf`.
#[derive(Clone, Copy)]
pub(crate) struct FloatText(pub(crate) f64);

impl fmt::Display for FloatText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_finite() {
            return f.write_str(fixed(self.0).as_str());
        }
        if self.0.is_sign_negative() {
            f.write_str("-")?;
        }
        f.write_str(if self.0.is_nan() { "nan" } else { "inf" })
    }
}

/// How many digits stand behind the point.
const DECIMALS: u32 = 17;

/// Returns a finite float with 17 decimals, rounded to the nearest, to the even one of two. The standard library has the
/// same text; for large numbers it takes fifty times as long.
fn fixed(value: f64) -> StackText<336> {
    const FRACTION_BITS: u32 = 52;
    const ONE: u128 = 10_u128.pow(DECIMALS);
    let bits = value.to_bits();
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    let exponent = u32::try_from((bits >> FRACTION_BITS) & 0x7ff).unwrap_or_default();
    // The value is `mantissa` · 2^(`exponent` − 1075); subnormal ones have the lowest exponent and no leading one.
    let mantissa = if exponent == 0 {
        fraction
    } else {
        fraction | 1 << FRACTION_BITS
    };
    let exponent = exponent.max(1);
    let mut text = StackText::new();
    if let Some(down) = 1075_u32.checked_sub(exponent) {
        let whole = mantissa.checked_shr(down).unwrap_or_default();
        let rest = mantissa.saturating_sub(whole.checked_shl(down).unwrap_or_default());
        // Fewer than 110 bits, so that what is shifted further is nothing.
        let scaled = u128::from(rest).saturating_mul(ONE);
        let mut decimals = scaled.checked_shr(down).unwrap_or_default();
        let rest = scaled.saturating_sub(decimals.checked_shl(down).unwrap_or_default());
        let half = match down {
            0 => u128::MAX,
            _ => 1_u128
                .checked_shl(down.saturating_sub(1))
                .unwrap_or(u128::MAX),
        };
        if rest > half || (rest == half && decimals & 1 == 1) {
            decimals = decimals.saturating_add(1);
        }
        let carried = decimals >= ONE;
        let decimals = if carried {
            0
        } else {
            u64::try_from(decimals).unwrap_or_default()
        };
        text.push_number_front(decimals, DECIMALS);
        text.push_front(b'.');
        text.push_number_front(whole.saturating_add(carried.into()), 1);
    } else {
        text.push_number_front(0, DECIMALS);
        text.push_front(b'.');
        push_shifted_front(&mut text, mantissa, exponent.saturating_sub(1075));
    }
    if value.is_sign_negative() {
        text.push_front(b'-');
    }
    text
}

/// Puts the digits of `value` · 2^`up` before what is in the text.
fn push_shifted_front<const N: usize>(text: &mut StackText<N>, value: u64, up: u32) {
    /// Nine digits at a time, which fit a word.
    const GROUP: u64 = 1_000_000_000;
    // The lowest word first: 2^1024 has 32 of them.
    let mut words = [0_u32; 33];
    let shifted = u128::from(value).wrapping_shl(up % 32);
    let start = usize::try_from(up / 32).unwrap_or_default();
    for (at, word) in (0_u32..).zip(words.iter_mut().skip(start).take(3)) {
        *word = u32::try_from((shifted >> at.saturating_mul(32)) & u128::from(u32::MAX))
            .unwrap_or_default();
    }
    let mut used = words.len();
    loop {
        while used > 1 && words.get(used.saturating_sub(1)) == Some(&0) {
            used = used.saturating_sub(1);
        }
        let mut rest = 0_u64;
        for word in words.iter_mut().take(used).rev() {
            let dividend = rest << 32_u32 | u64::from(*word);
            *word = u32::try_from(dividend / GROUP).unwrap_or_default();
            rest = dividend % GROUP;
        }
        if words.iter().take(used).all(|word| *word == 0) {
            text.push_number_front(rest, 1);
            return;
        }
        text.push_number_front(rest, 9);
    }
}

/// A float in the form of [`FloatText`] where that says all of it, and else in the fewest digits that do: nodeos prints
/// small numbers as zero, which is no way to hand a value on.
pub(crate) struct ExactFloat<T>(pub(crate) T);

impl<T> fmt::Display for ExactFloat<T>
where
    T: Float + Copy + PartialEq + Into<f64> + fmt::LowerExp,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide: f64 = self.0.into();
        let text = FloatText(wide).to_string();
        if wide.is_finite() && text.parse::<T>().ok() != Some(self.0) {
            return fmt::LowerExp::fmt(&self.0, f);
        }
        f.write_str(&text)
    }
}

/// Reads an integer: digits, a minus sign where it can be, nothing else, and no needless zero.
pub(crate) fn parse_integer<T: FromStr>(text: &str) -> Result<T, &'static str> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = match digits.as_bytes() {
        [b'0'] => digits.len() == text.len(),
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if !plain {
        return Err("it must be digits alone, without a plus sign, a fraction or a needless zero");
    }
    text.parse().map_err(|_| "it is out of the type's range")
}

/// A type of floats.
pub(crate) trait Float: FromStr {
    /// The only value that finite text must not give.
    fn is_infinite(&self) -> bool;
}

impl Float for f32 {
    fn is_infinite(&self) -> bool {
        Self::is_infinite(*self)
    }
}

impl Float for f64 {
    fn is_infinite(&self) -> bool {
        Self::is_infinite(*self)
    }
}

/// Reads a float: a decimal number, or one of the names that nodeos and abieos print, in any case.
pub(crate) fn parse_float<T: Float>(text: &str) -> Result<T, &'static str> {
    const NOT_A_FLOAT: &str = "it must be a decimal number, nan or inf";
    let magnitude = text.strip_prefix('-').unwrap_or(text);
    if magnitude.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        let value: T = text.parse().map_err(|_| NOT_A_FLOAT)?;
        if value.is_infinite() {
            return Err("it is out of the type's range");
        }
        return Ok(value);
    }
    let is_name = ["nan", "inf", "infinity"]
        .iter()
        .any(|name| magnitude.eq_ignore_ascii_case(name));
    if !is_name {
        return Err(NOT_A_FLOAT);
    }
    text.parse().map_err(|_| NOT_A_FLOAT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{FloatText, parse_float, parse_integer};

    #[test]
    fn corners_print_as_the_standard_library_has_them() {
        // Among them ties, which go to the even digit, and what carries into the whole part.
        let ties = (1..40).map(|at| f64::from(2 * at + 1) / 262_144.0);
        let powers = (-1074..1024).map(|exponent| 2_f64.powi(exponent));
        let corners = [
            0.0,
            -0.0,
            0.1,
            1e-17,
            5e-18,
            0.999_999_999_999_999_9,
            f64::MIN_POSITIVE,
            f64::EPSILON,
            1e17,
            1e300,
        ];
        let near = [
            f64::MAX,
            f64::from_bits(1),
            9_007_199_254_740_991.0,
            9_007_199_254_740_992.0,
            4_503_599_627_370_495.5,
        ];
        for value in ties.chain(powers).chain(corners).chain(near) {
            for value in [value, -value, value.next_up(), value.next_down()] {
                if value.is_finite() {
                    assert_eq!(
                        FloatText(value).to_string(),
                        format!("{value:.17}"),
                        "{value:e}"
                    );
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn floats_of_any_bits_print_as_the_standard_library_has_them(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(FloatText(value).to_string(), format!("{value:.17}"));
        }

        #[test]
        fn floats_of_common_size_print_as_the_standard_library_has_them(value in -1e20..1e20_f64, small in -2.0..2.0_f64) {
            prop_assert_eq!(FloatText(value).to_string(), format!("{value:.17}"));
            prop_assert_eq!(FloatText(small).to_string(), format!("{small:.17}"));
        }

        #[test]
        fn float_texts_are_read_to_the_last_bit(bits in any::<u64>(), narrow in any::<u32>()) {
            let value = f64::from_bits(bits);
            if value.is_finite() {
                for text in [format!("{value:e}"), format!("{value}"), format!("{value:.60}"), format!("{value:.20e}")] {
                    let read: f64 = parse_float(&text).unwrap();
                    prop_assert_eq!(read.to_bits(), text.parse::<f64>().unwrap().to_bits());
                }
                let exact: f64 = parse_float(&format!("{value:e}")).unwrap();
                prop_assert_eq!(exact.to_bits(), bits);
            }
            let value = f32::from_bits(narrow);
            if value.is_finite() {
                let exact: f32 = parse_float(&format!("{value:e}")).unwrap();
                prop_assert_eq!(exact.to_bits(), narrow);
            }
        }

        #[test]
        fn integers_are_read_exactly(wide in any::<u128>(), signed in any::<i128>()) {
            prop_assert_eq!(parse_integer(&wide.to_string()), Ok(wide));
            prop_assert_eq!(parse_integer(&signed.to_string()), Ok(signed));
        }
    }
}
