use std::fmt;

/// Tells which kind of key, and with it which curve and which rules, a key or a signature belongs to.
///
/// The order is the protocol's: keys of an authority and of a wallet file are sorted by it first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyType {
    /// secp256k1, the curve of almost every account.
    K1,
    /// secp256r1 (NIST P-256), the curve of secure hardware.
    R1,
    /// secp256r1 as browsers and security tokens use it, bound to a web site's name.
    WebAuthn,
}

impl KeyType {
    /// Returns the index that stands before the key's bytes in packed form.
    pub const fn index(self) -> u8 {
        match self {
            Self::K1 => 0,
            Self::R1 => 1,
            Self::WebAuthn => 2,
        }
    }

    /// Returns the key type of a packed index, or `None` for one the protocol does not know.
    pub const fn from_index(index: u8) -> Option<Self> {
        match index {
            0 => Some(Self::K1),
            1 => Some(Self::R1),
            2 => Some(Self::WebAuthn),
            _ => None,
        }
    }

    /// Returns the two letters that name this type in texts such as `PUB_K1_…`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::K1 => "K1",
            Self::R1 => "R1",
            Self::WebAuthn => "WA",
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
