//! Lists whose length the type says.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

use crate::error::InvalidValue;

/// `N` values without a length before them (`type[N]` in an ABI), for numbers beyond the 32 where serde's own arrays end.
///
/// They live on the heap, so that a large array does not fill a thread's stack.
///
/// ```
/// use eos_abi::{FixedArray, from_bytes, to_bytes};
///
/// let bytes = vec![7; 40];
/// let array: FixedArray<u8, 40> = from_bytes(&bytes)?;
/// assert_eq!(array.first(), Some(&7));
/// assert_eq!(to_bytes(&array)?, bytes);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FixedArray<T, const N: usize>(Box<[T]>);

impl<T, const N: usize> FixedArray<T, N> {
    /// Returns the values.
    pub fn into_vec(self) -> Vec<T> {
        self.0.into_vec()
    }
}

impl<T, const N: usize> Deref for FixedArray<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const N: usize> DerefMut for FixedArray<T, N> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T, const N: usize> From<[T; N]> for FixedArray<T, N> {
    fn from(values: [T; N]) -> Self {
        Self(values.into())
    }
}

impl<T, const N: usize> TryFrom<Vec<T>> for FixedArray<T, N> {
    type Error = InvalidValue;

    fn try_from(values: Vec<T>) -> Result<Self, InvalidValue> {
        if values.len() == N {
            return Ok(Self(values.into()));
        }
        let given = format!("{} values for {N}", values.len());
        Err(InvalidValue::new(
            "an array of fixed length",
            &given,
            "the numbers differ",
        ))
    }
}

impl<T: Default, const N: usize> Default for FixedArray<T, N> {
    fn default() -> Self {
        Self(std::iter::repeat_with(T::default).take(N).collect())
    }
}

impl<T: fmt::Debug, const N: usize> fmt::Debug for FixedArray<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Serialize, const N: usize> Serialize for FixedArray<T, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(N)?;
        for value in &self.0 {
            tuple.serialize_element(value)?;
        }
        tuple.end()
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for FixedArray<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(N, ArrayVisitor(PhantomData))
    }
}

struct ArrayVisitor<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for ArrayVisitor<T, N> {
    type Value = FixedArray<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {N} values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        // The input, not the type, says what there is room for.
        let mut values = Vec::with_capacity(seq.size_hint().unwrap_or(0).min(N));
        while values.len() < N {
            let value = seq
                .next_element()?
                .ok_or_else(|| de::Error::invalid_length(values.len(), &self))?;
            values.push(value);
        }
        Ok(FixedArray(values.into()))
    }
}
