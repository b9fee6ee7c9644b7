//! Account, action, table and permission names.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::error::InvalidValue;
use crate::stack_text::StackText;
use crate::text_form::impl_serde;

const WHAT: &str = "a name";
const LONGEST: usize = 13;

/// A name: 64 bits that print as up to 13 characters of `.12345a-z`.
///
/// The thirteenth character has four bits only (`.`, `1`–`5`, `a`–`j`). Any number is a name, so that decoding never
/// fails; text must be exactly what the name prints as, which rules out capitals, a dot at the end and the like. Order
/// is by value, as in the chain's tables.
///
/// ```
/// use eos_abi::Name;
///
/// const TOKEN: Name = Name::from_static("eosio.token"); // checked when it is compiled
/// assert_eq!("eosio.token".parse::<Name>()?, TOKEN);
/// assert_eq!(Name::from_u64(6_138_663_577_826_885_632).to_string(), "eosio");
/// # Ok::<(), eos_abi::InvalidValue>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(u64);

impl Name {
    /// Returns the name with this value.
    pub const fn from_u64(value: u64) -> Self {
        Self(value)
    }

    /// Returns the name that a literal spells; meant for constants, where a bad one does not compile.
    ///
    /// # Panics
    ///
    /// When the text is not a name. Text that is not a literal is parsed with [`FromStr`].
    pub const fn from_static(text: &'static str) -> Self {
        match parse(text.as_bytes()) {
            Ok(name) => name,
            Err(reason) => panic!("{}", reason),
        }
    }

    /// Returns the name's value.
    pub const fn to_u64(self) -> u64 {
        self.0
    }

    /// Returns whether this is the empty name, whose value is 0.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[inline]
    pub(crate) fn text(self) -> StackText<LONGEST> {
        let mut text = StackText::new();
        let mut shown = false;
        let [last, ..] = self.0.to_le_bytes();
        let mut push = |symbol: u8| {
            shown |= symbol != 0;
            if shown {
                text.push_front(match symbol {
                    0 => b'.',
                    1..=5 => b'0' | symbol,
                    _ => (b'a' - 6).wrapping_add(symbol),
                });
            }
        };
        push(last & 0x0f);
        let mut rest = self.0 >> 4_u32;
        for _ in 1..LONGEST {
            let [low, ..] = rest.to_le_bytes();
            push(low & 0x1f);
            rest >>= 5_u32;
        }
        text
    }
}

impl FromStr for Name {
    type Err = InvalidValue;

    #[inline]
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        parse(text.as_bytes()).map_err(|reason| InvalidValue::new(WHAT, text, reason))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text().as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({:?})", self.text().as_str())
    }
}

impl From<Name> for u64 {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl_serde!(Name, "a name", u64, |name| name.0, |value| Ok::<
    _,
    Infallible,
>(Self(value)));

const fn parse(text: &[u8]) -> Result<Name, &'static str> {
    if text.len() > LONGEST {
        return Err("it has more than 13 characters");
    }
    if let Some(b'.') = text.last() {
        return Err("it ends with a dot");
    }
    let mut value = 0_u64;
    let mut rest = text;
    let mut position = 0_u32;
    while let Some((&character, tail)) = rest.split_first() {
        let symbol = match character {
            b'.' => 0,
            b'1'..=b'5' => character.wrapping_sub(b'0'),
            b'a'..=b'z' => character.wrapping_sub(b'a').wrapping_add(6),
            _ => return Err("only a-z, 1-5 and dots are allowed"),
        };
        if position == 12 {
            if symbol > 0x0f {
                return Err("the thirteenth character must be a dot, 1-5 or a-j");
            }
            value |= symbol as u64;
        } else {
            // Twelve characters of five bits, the first one highest; four bits remain below them.
            value |= (symbol as u64).wrapping_shl(59_u32.wrapping_sub(position.wrapping_mul(5)));
        }
        position = position.wrapping_add(1);
        rest = tail;
    }
    Ok(Name(value))
}
