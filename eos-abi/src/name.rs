//! Account, action, table and permission names.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::error::InvalidValue;
use crate::text_form::impl_serde;

const WHAT: &str = "a name";
const LONGEST: usize = 13;
const ROOM: usize = 16;

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
    pub(crate) fn text(self) -> NameText {
        // Two characters at a time, each half in a register: eight characters and five, of which the last one has four bits only.
        let pair = |shift: u32| u64::from(entry(&PAIRS, (self.0 >> shift) & 0x3ff));
        let first = pair(54) | pair(44) << 16_u32 | pair(34) << 32_u32 | pair(24) << 48_u32;
        let last = u64::from(entry(CHARACTERS, self.0 & 0x0f));
        let second = pair(14) | pair(4) << 16_u32 | last << 32_u32;
        let bytes = (u128::from(second) << 64_u32 | u128::from(first)).to_le_bytes();
        // Dots at the end are not printed: four bits of the last character, and five of each one before it.
        let dots = self.0.trailing_zeros().saturating_add(1) / 5;
        NameText { bytes, dots }
    }
}

/// A name's text, with zeros behind it. Sixteen aligned bytes are seen to be UTF-8 at once.
#[repr(align(16))]
pub(crate) struct NameText {
    bytes: [u8; ROOM],
    dots: u32,
}

impl NameText {
    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        let dots = usize::try_from(self.dots).unwrap_or(LONGEST);
        let text = std::str::from_utf8(&self.bytes).unwrap_or_default();
        text.get(..LONGEST.saturating_sub(dots)).unwrap_or_default()
    }
}

/// Returns what stands in a table at the place that some bits say.
#[inline]
fn entry<T: Copy + Default>(table: &[T], bits: u64) -> T {
    let place = usize::try_from(bits).ok();
    let entry = place.and_then(|place| table.get(place));
    entry.copied().unwrap_or_default()
}

/// What five bits stand for.
const CHARACTERS: &[u8; 32] = b".12345abcdefghijklmnopqrstuvwxyz";

/// What ten bits stand for: two characters, the first one in the lower byte.
#[expect(
    clippy::indexing_slicing,
    reason = "five bits have their place in the table"
)]
static PAIRS: [u16; 1 << 10] = {
    let mut pairs = [0; 1 << 10];
    let mut bits = 0_usize;
    while bits < pairs.len() {
        pairs[bits] = u16::from_le_bytes([CHARACTERS[bits >> 5_u32], CHARACTERS[bits & 0x1f]]);
        bits = bits.wrapping_add(1);
    }
    pairs
};

impl FromStr for Name {
    type Err = InvalidValue;

    #[inline]
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        parse(text.as_bytes()).map_err(|reason| InvalidValue::new(WHAT, text, reason))
    }
}

impl fmt::Display for Name {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text().as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({:?})", self.text().as_str())
    }
}

impl From<Name> for String {
    /// Does without what formatting costs.
    #[inline]
    fn from(name: Name) -> Self {
        name.text().as_str().to_owned()
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

#[expect(
    clippy::indexing_slicing,
    reason = "each byte has its place in the table"
)]
const fn parse(text: &[u8]) -> Result<Name, &'static str> {
    if text.len() > LONGEST {
        return Err("it has more than 13 characters");
    }
    if let Some(b'.') = text.last() {
        return Err("it ends with a dot");
    }
    let mut value = 0_u64;
    let mut rest = text;
    let mut room = 64_u32;
    while let Some((&character, tail)) = rest.split_first() {
        let symbol = SYMBOLS[character as usize];
        if symbol == NO_SYMBOL {
            return Err("only a-z, 1-5 and dots are allowed");
        }
        rest = tail;
        if room > 4 {
            // Twelve characters of five bits, the first one highest; four bits remain below them.
            value = (value << 5_u32) | symbol as u64;
            room = room.wrapping_sub(5);
        } else if symbol > 0x0f {
            return Err("the thirteenth character must be a dot, 1-5 or a-j");
        } else {
            value = (value << 4_u32) | symbol as u64;
            room = 0;
        }
    }
    // No character leaves all 64 bits, and nothing to be moved.
    Ok(Name(value.wrapping_shl(room)))
}

/// What characters stand for.
#[expect(
    clippy::indexing_slicing,
    reason = "each byte has its place in the table"
)]
const SYMBOLS: [u8; 256] = {
    let mut symbols = [NO_SYMBOL; 256];
    let mut byte = 0_u8;
    while byte < u8::MAX {
        symbols[byte as usize] = match byte {
            b'.' => 0,
            b'1'..=b'5' => byte.wrapping_sub(b'0'),
            b'a'..=b'z' => byte.wrapping_sub(b'a').wrapping_add(6),
            _ => NO_SYMBOL,
        };
        byte = byte.wrapping_add(1);
    }
    symbols
};

const NO_SYMBOL: u8 = u8::MAX;
