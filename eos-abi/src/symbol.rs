//! What an amount is counted in.

use std::fmt;
use std::str::FromStr;

use crate::error::{InvalidValue, excerpt};
use crate::stack_text::StackText;
use crate::text_form::impl_serde;

/// The most digits after the decimal point.
pub(crate) const MAX_PRECISION: u8 = 18;

/// The code of a token: up to seven capital letters, the first one in the lowest byte.
///
/// The empty code is legal: it stands in the null asset `0 `, which real tables hold.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SymbolCode(u64);

/// A token's code and the number of digits after the decimal point: `4,SYS`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(u64);

impl SymbolCode {
    /// Returns the code that a literal spells; meant for constants, where a bad one does not compile.
    ///
    /// # Panics
    ///
    /// When the text is not a symbol code. Text that is not a literal is parsed with [`FromStr`].
    pub const fn from_static(text: &'static str) -> Self {
        match parse_code(text.as_bytes()) {
            Ok(code) => code,
            Err(reason) => panic!("{}", reason),
        }
    }

    /// Returns the code with this value.
    ///
    /// # Errors
    ///
    /// When a byte is not a capital letter.
    pub fn from_u64(value: u64) -> Result<Self, InvalidValue> {
        let letters = value.to_le_bytes();
        let mut ended = false;
        for (position, letter) in letters.into_iter().enumerate() {
            let fits = match letter {
                0 => true,
                b'A'..=b'Z' => !ended && position < 7,
                _ => false,
            };
            if !fits {
                let value = format!("{value:#018x}");
                return Err(InvalidValue::new(
                    "a symbol code",
                    &value,
                    "it must be capital letters, then zeros",
                ));
            }
            ended |= letter == 0;
        }
        Ok(Self(value))
    }

    /// Returns the code's value.
    pub const fn to_u64(self) -> u64 {
        self.0
    }

    /// Puts the code before what is in `text`.
    pub(crate) fn push_front<const N: usize>(self, text: &mut StackText<N>) {
        for letter in self
            .0
            .to_be_bytes()
            .into_iter()
            .filter(|letter| *letter != 0)
        {
            text.push_front(letter);
        }
    }

    fn text(self) -> StackText<8> {
        let mut text = StackText::new();
        self.push_front(&mut text);
        text
    }
}

impl Symbol {
    /// Returns the symbol of a code with `precision` digits after the decimal point.
    ///
    /// # Errors
    ///
    /// When the precision is above 18.
    pub fn new(precision: u8, code: SymbolCode) -> Result<Self, InvalidValue> {
        if precision > MAX_PRECISION {
            return Err(InvalidValue::new(
                "a precision",
                &precision.to_string(),
                "it is above 18",
            ));
        }
        Ok(Self((code.0 << 8_u32) | u64::from(precision)))
    }

    /// Returns the symbol that a literal spells; meant for constants, where a bad one does not compile.
    ///
    /// # Panics
    ///
    /// When the text is not a symbol. Text that is not a literal is parsed with [`FromStr`].
    pub const fn from_static(text: &'static str) -> Self {
        match parse_symbol(text.as_bytes()) {
            Ok(symbol) => symbol,
            Err(reason) => panic!("{}", reason),
        }
    }

    /// Returns the symbol with this value.
    ///
    /// # Errors
    ///
    /// When the precision is above 18 or the code is not capital letters.
    pub fn from_u64(value: u64) -> Result<Self, InvalidValue> {
        let [precision, ..] = value.to_le_bytes();
        Self::new(precision, SymbolCode::from_u64(value >> 8_u32)?)
    }

    /// Returns the symbol's value.
    pub const fn to_u64(self) -> u64 {
        self.0
    }

    /// Returns how many digits follow the decimal point.
    pub const fn precision(self) -> u8 {
        let [precision, ..] = self.0.to_le_bytes();
        precision
    }

    /// Returns the code.
    pub const fn code(self) -> SymbolCode {
        SymbolCode(self.0 >> 8_u32)
    }
}

impl FromStr for SymbolCode {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        parse_code(text.as_bytes())
            .map_err(|reason| InvalidValue::new("a symbol code", text, reason))
    }
}

impl FromStr for Symbol {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        parse_symbol(text.as_bytes())
            .map_err(|reason| InvalidValue::new("a symbol", excerpt(text), reason))
    }
}

impl fmt::Display for SymbolCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text().as_str())
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = StackText::<12>::new();
        self.code().push_front(&mut text);
        text.push_front(b',');
        text.push_number_front(u64::from(self.precision()), 1);
        f.pad(text.as_str())
    }
}

impl fmt::Debug for SymbolCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SymbolCode({})", self.text().as_str())
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Symbol({self})")
    }
}

impl_serde!(SymbolCode, "a symbol code", u64, |code| code.0, |value| {
    Self::from_u64(value)
});
impl_serde!(Symbol, "a symbol", u64, |symbol| symbol.0, |value| {
    Self::from_u64(value)
});

pub(crate) const fn parse_code(text: &[u8]) -> Result<SymbolCode, &'static str> {
    if text.len() > 7 {
        return Err("the code has more than 7 letters");
    }
    let mut value = 0_u64;
    let mut shift = 0_u32;
    let mut rest = text;
    while let Some((&letter, tail)) = rest.split_first() {
        if !letter.is_ascii_uppercase() {
            return Err("the code must be capital letters A-Z");
        }
        value |= (letter as u64).wrapping_shl(shift);
        shift = shift.wrapping_add(8);
        rest = tail;
    }
    Ok(SymbolCode(value))
}

const fn parse_symbol(text: &[u8]) -> Result<Symbol, &'static str> {
    let mut precision = 0_u8;
    let mut rest = text;
    let mut digits = 0_u8;
    loop {
        match rest.split_first() {
            Some((b',', code)) if digits > 0 => {
                return match parse_code(code) {
                    Ok(code) => Ok(Symbol((code.0 << 8_u32) | precision as u64)),
                    Err(reason) => Err(reason),
                };
            }
            Some((digit @ b'0'..=b'9', tail)) if digits < 2 => {
                precision = precision.wrapping_mul(10).wrapping_add(*digit & 0x0f);
                digits = digits.wrapping_add(1);
                rest = tail;
            }
            Some((b'0'..=b'9', _)) => return Err("the precision is above 18"),
            _ => return Err("it must be a precision, a comma and a code, as in 4,SYS"),
        }
        if precision > MAX_PRECISION {
            return Err("the precision is above 18");
        }
    }
}
