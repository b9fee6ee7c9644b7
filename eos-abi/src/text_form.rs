//! What all values with a text form have in common.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};

/// Reads a value from its text, without copying the text.
pub(crate) fn deserialize<'de, T, D>(deserializer: D, what: &'static str) -> Result<T, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    struct TextVisitor<T>(&'static str, PhantomData<T>);

    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for TextVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(TextVisitor(what, PhantomData))
}

/// Gives a value serde's traits: its `Display` and `FromStr` where people read, an inner value elsewhere.
macro_rules! impl_serde {
    ($type:ty, $what:literal, $inner:ty, |$value:ident| $to_inner:expr, |$from:ident| $from_inner:expr) => {
        impl serde::Serialize for $type {
            #[inline]
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    return serializer.collect_str(self);
                }
                let $value = self;
                serde::Serialize::serialize(&$to_inner, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            #[inline]
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    return $crate::text_form::deserialize(deserializer, $what);
                }
                let $from = <$inner as serde::Deserialize>::deserialize(deserializer)?;
                $from_inner.map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use impl_serde;
