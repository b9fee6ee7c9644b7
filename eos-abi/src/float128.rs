//! Floats of 128 bits, as the bits they are.

use std::fmt;
use std::str::FromStr;

use crate::checksum::Fixed;
use crate::error::InvalidValue;
use crate::hex;
use crate::text_form::impl_serde;

/// A 128-bit float (`float128`): sixteen bytes, the lowest first, that print as `0x` and hexadecimal digits.
///
/// Rust cannot calculate with it and neither do we: it is carried through bit by bit.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Float128([u8; 16]);

impl Float128 {
    /// Returns the float that these bytes are.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl FromStr for Float128 {
    type Err = InvalidValue;

    /// Reads the digits with `0x` before them, as nodeos has them, or without, as abieos has them.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let wrong_length = "it must be 16 bytes, of two hexadecimal digits each";
        hex::decode_array(text.strip_prefix("0x").unwrap_or(text), wrong_length)
            .map(Self)
            .map_err(|reason| InvalidValue::new("a float128", text, reason))
    }
}

impl fmt::Display for Float128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        hex::format(&self.0, f)
    }
}

impl fmt::Debug for Float128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Float128({self})")
    }
}

impl_serde!(
    Float128,
    "a float128",
    Fixed<16>,
    |float| Fixed(float.0),
    |bytes| Ok::<_, std::convert::Infallible>(Self(bytes.0))
);
