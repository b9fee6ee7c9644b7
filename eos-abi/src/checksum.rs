//! Hashes: fixed numbers of bytes that print as hexadecimal digits.

use sha2::{Digest as _, Sha256, Sha512};

/// Defines a type of `N` bytes with its text and binary forms.
macro_rules! fixed_bytes {
    ($(#[$doc:meta])* $type:ident, $length:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $type([u8; $length]);

        impl $type {
            /// The number of bytes.
            pub const LENGTH: usize = $length;

            /// Returns the value that these bytes are.
            pub const fn new(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// Returns the bytes.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }

            /// Returns the bytes.
            pub const fn to_bytes(self) -> [u8; $length] {
                self.0
            }

            /// Returns whether all bytes are zero.
            pub fn is_zero(&self) -> bool {
                self.0.iter().all(|byte| *byte == 0)
            }
        }

        impl Default for $type {
            fn default() -> Self {
                Self([0; $length])
            }
        }

        impl From<[u8; $length]> for $type {
            fn from(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }
        }

        impl TryFrom<&[u8]> for $type {
            type Error = $crate::InvalidValue;

            fn try_from(bytes: &[u8]) -> Result<Self, $crate::InvalidValue> {
                bytes.try_into().map(Self).map_err(|_| {
                    let length = format!("{} bytes", bytes.len());
                    $crate::InvalidValue::new($what, &length, concat!("it must be ", $length, " bytes"))
                })
            }
        }

        impl AsRef<[u8]> for $type {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::InvalidValue;

            fn from_str(text: &str) -> Result<Self, $crate::InvalidValue> {
                let wrong_length = concat!("it must be ", $length, " bytes, of two hexadecimal digits each");
                $crate::hex::decode_array(text, wrong_length)
                    .map(Self)
                    .map_err(|reason| $crate::InvalidValue::new($what, text, reason))
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::hex::format(&self.0, f)
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self)
            }
        }

        $crate::text_form::impl_serde!(
            $type,
            $what,
            $crate::checksum::Fixed<$length>,
            |value| $crate::checksum::Fixed(value.0),
            |bytes| Ok::<_, std::convert::Infallible>(Self(bytes.0))
        );
    };
}

pub(crate) use fixed_bytes;

fixed_bytes! {
    /// A hash of 20 bytes (`checksum160`), as RIPEMD-160 gives.
    Checksum160, 20, "a checksum160"
}

fixed_bytes! {
    /// A hash of 32 bytes (`checksum256`), as SHA-256 gives.
    Checksum256, 32, "a checksum256"
}

fixed_bytes! {
    /// A hash of 64 bytes (`checksum512`), as SHA-512 gives.
    Checksum512, 64, "a checksum512"
}

impl Checksum256 {
    /// Returns the SHA-256 of `data`.
    pub fn hash(data: &[u8]) -> Self {
        Self(Sha256::digest(data).into())
    }
}

impl Checksum512 {
    /// Returns the SHA-512 of `data`.
    pub fn hash(data: &[u8]) -> Self {
        Self(Sha512::digest(data).into())
    }
}

/// `N` bytes without a length, in serde's terms a tuple; serde itself stops at 32.
pub(crate) struct Fixed<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> serde::Serialize for Fixed<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeTuple;

        let mut tuple = serializer.serialize_tuple(N)?;
        for byte in &self.0 {
            tuple.serialize_element(byte)?;
        }
        tuple.end()
    }
}

impl<'de, const N: usize> serde::Deserialize<'de> for Fixed<N> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FixedVisitor<const N: usize>;

        impl<'de, const N: usize> serde::de::Visitor<'de> for FixedVisitor<N> {
            type Value = Fixed<N>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{N} bytes")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<Fixed<N>, A::Error> {
                let mut bytes = [0; N];
                for (index, place) in bytes.iter_mut().enumerate() {
                    *place = seq
                        .next_element()?
                        .ok_or_else(|| serde::de::Error::invalid_length(index, &self))?;
                }
                Ok(Fixed(bytes))
            }
        }

        deserializer.deserialize_tuple(N, FixedVisitor)
    }
}
