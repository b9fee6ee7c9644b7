//! Amounts of tokens.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Neg;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::InvalidValue;
use crate::name::Name;
use crate::stack_text::StackText;
use crate::symbol::{MAX_PRECISION, Symbol, SymbolCode, parse_code};
use crate::text_form::impl_serde;

const WHAT: &str = "an asset";

/// An amount of a token: `1.0000 SYS` is 10,000 units of the symbol `4,SYS`.
///
/// The amount lies within ±(2^62−1), as the chain demands. Arithmetic is checked: other symbols and results out of
/// range give an error. Assets of different symbols have no order.
///
/// ```
/// use eos_abi::Asset;
///
/// let price: Asset = "-0.0100 SYS".parse()?;
/// assert_eq!(price.amount(), -100);
/// assert_eq!(price.checked_add("1.0000 SYS".parse()?)?.to_string(), "0.9900 SYS");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Asset {
    amount: i64,
    symbol: Symbol,
}

/// An amount of a token and the account whose contract keeps it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExtendedAsset {
    /// The amount.
    pub quantity: Asset,
    /// The token's contract.
    pub contract: Name,
}

/// Why two amounts cannot be calculated with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssetError {
    /// The amounts are of different symbols.
    #[error("{left} and {right} are different symbols")]
    Symbols {
        /// The symbol on the left.
        left: Symbol,
        /// The symbol on the right.
        right: Symbol,
    },
    /// The amount is outside ±(2^62−1).
    #[error("the amount is outside ±(2^62−1)")]
    Range,
    /// The divisor is 0.
    #[error("an amount cannot be divided by 0")]
    DivisionByZero,
}

impl Asset {
    /// The greatest amount, 2^62−1.
    pub const MAX_AMOUNT: i64 = (1 << 62) - 1;

    /// Returns an amount of smallest units of `symbol`.
    ///
    /// # Errors
    ///
    /// When the amount is outside ±(2^62−1).
    pub fn new(amount: i64, symbol: Symbol) -> Result<Self, AssetError> {
        if amount.unsigned_abs() > Self::MAX_AMOUNT.unsigned_abs() {
            return Err(AssetError::Range);
        }
        Ok(Self { amount, symbol })
    }

    /// Returns the amount in smallest units.
    pub const fn amount(self) -> i64 {
        self.amount
    }

    /// Returns what the amount is counted in.
    pub const fn symbol(self) -> Symbol {
        self.symbol
    }

    /// Returns the sum.
    ///
    /// # Errors
    ///
    /// When the symbols differ or the sum is out of range.
    pub fn checked_add(self, other: Self) -> Result<Self, AssetError> {
        self.combine(other, i64::checked_add)
    }

    /// Returns the difference.
    ///
    /// # Errors
    ///
    /// When the symbols differ or the difference is out of range.
    pub fn checked_sub(self, other: Self) -> Result<Self, AssetError> {
        self.combine(other, i64::checked_sub)
    }

    /// Returns `factor` times the amount.
    ///
    /// # Errors
    ///
    /// When the product is out of range.
    pub fn checked_mul(self, factor: i64) -> Result<Self, AssetError> {
        Self::new(
            self.amount.checked_mul(factor).ok_or(AssetError::Range)?,
            self.symbol,
        )
    }

    /// Returns the amount divided by `divisor`, rounded towards zero as contracts do.
    ///
    /// # Errors
    ///
    /// When the divisor is 0.
    pub fn checked_div(self, divisor: i64) -> Result<Self, AssetError> {
        // The least i64 by −1 would not fit, but no amount is as low.
        let amount = self.amount.checked_div(divisor);
        Self::new(amount.ok_or(AssetError::DivisionByZero)?, self.symbol)
    }

    fn combine(
        self,
        other: Self,
        operation: fn(i64, i64) -> Option<i64>,
    ) -> Result<Self, AssetError> {
        if self.symbol != other.symbol {
            return Err(AssetError::Symbols {
                left: self.symbol,
                right: other.symbol,
            });
        }
        Self::new(
            operation(self.amount, other.amount).ok_or(AssetError::Range)?,
            self.symbol,
        )
    }

    /// Returns the text: sign, up to 19 digits with a point, a space, a code.
    pub(crate) fn text(self) -> StackText<32> {
        let mut text = StackText::new();
        self.symbol.code().push_front(&mut text);
        text.push_front(b' ');
        let precision = u32::from(self.symbol.precision());
        let units = self.amount.unsigned_abs();
        if precision == 0 {
            text.push_number_front(units, 1);
        } else {
            // At most 10^18, which fits.
            let one = 10_u64.wrapping_pow(precision);
            let fraction = units.checked_rem(one).unwrap_or_default();
            text.push_number_front(fraction, precision);
            text.push_front(b'.');
            text.push_number_front(units.checked_div(one).unwrap_or_default(), 1);
        }
        if self.amount < 0 {
            text.push_front(b'-');
        }
        text
    }
}

/// The range is symmetric, so that each amount has one of the other sign.
impl Neg for Asset {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            amount: self.amount.wrapping_neg(),
            symbol: self.symbol,
        }
    }
}

impl PartialOrd for Asset {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.symbol == other.symbol).then(|| self.amount.cmp(&other.amount))
    }
}

impl FromStr for Asset {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        parse(text.as_bytes()).map_err(|reason| InvalidValue::new(WHAT, text, reason))
    }
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text().as_str())
    }
}

impl fmt::Debug for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Asset({})", self.text().as_str())
    }
}

impl fmt::Display for ExtendedAsset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.quantity, self.contract)
    }
}

impl_serde!(
    Asset,
    "an asset",
    (i64, Symbol),
    |asset| (asset.amount, asset.symbol),
    |parts| Self::new(parts.0, parts.1)
);

fn parse(text: &[u8]) -> Result<Asset, &'static str> {
    const RANGE: &str = "the amount is outside ±(2^62−1)";
    let (negative, mut rest) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    let mut units = 0_i64;
    let mut digits = 0_u32;
    // The number of digits after the point, once there is a point.
    let mut precision: Option<u8> = None;
    let code: SymbolCode = loop {
        match rest.split_first() {
            Some((digit @ b'0'..=b'9', tail)) => {
                let digit = i64::from(*digit & 0x0f);
                units = units
                    .checked_mul(10)
                    .and_then(|units| units.checked_add(digit))
                    .ok_or(RANGE)?;
                digits = digits.saturating_add(1);
                precision = precision.map(|precision| precision.saturating_add(1));
                rest = tail;
            }
            Some((b'.', tail)) if digits > 0 && precision.is_none() => {
                precision = Some(0);
                rest = tail;
            }
            Some((b' ', code)) if digits > 0 && precision != Some(0) => break parse_code(code)?,
            _ => return Err("it must be a number, one space and a code, as in 1.0000 SYS"),
        }
    };
    let precision = precision.unwrap_or_default();
    if precision > MAX_PRECISION {
        return Err("the precision is above 18");
    }
    let symbol = Symbol::new(precision, code).map_err(|_| "the precision is above 18")?;
    let amount = if negative {
        units.wrapping_neg()
    } else {
        units
    };
    Asset::new(amount, symbol).map_err(|_| RANGE)
}
