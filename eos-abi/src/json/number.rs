//! Numbers as the chain's JSON has them.

use std::fmt;
use std::str::FromStr;

/// The greatest magnitude that nodeos prints as a number; beyond it, a text.
pub(crate) const MAX_BARE: u64 = 0xffff_ffff;

/// A float as nodeos prints it: 17 decimals, `nan`, `-nan`, `inf`, `-inf`.
#[derive(Clone, Copy)]
pub(crate) struct FloatText(pub(crate) f64);

impl fmt::Display for FloatText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_finite() {
            return write!(f, "{:.17}", self.0);
        }
        if self.0.is_sign_negative() {
            f.write_str("-")?;
        }
        f.write_str(if self.0.is_nan() { "nan" } else { "inf" })
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
        return Err("it is not an integer");
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
    const NOT_A_FLOAT: &str = "it is not a floating point number";
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
