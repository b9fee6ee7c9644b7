use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Parts of a unit in which a quantity is counted: the finest that Kubernetes knows.
const NANOS: u128 = 1_000_000_000;

/// Suffixes and what they stand for, in parts of a unit.
const SUFFIXES: [(&str, u128); 16] = [
    ("n", 1),
    ("u", 1_000),
    ("m", 1_000_000),
    ("", NANOS),
    ("k", NANOS * 1_000),
    ("M", NANOS * 1_000_000),
    ("G", NANOS * 1_000_000_000),
    ("T", NANOS * 1_000_000_000_000),
    ("P", NANOS * 1_000_000_000_000_000),
    ("E", NANOS * 1_000_000_000_000_000_000),
    ("Ki", NANOS << 10),
    ("Mi", NANOS << 20),
    ("Gi", NANOS << 30),
    ("Ti", NANOS << 40),
    ("Pi", NANOS << 50),
    ("Ei", NANOS << 60),
];

/// An amount as Kubernetes writes it: `10Gi`, `500m`, `1.5`.
///
/// It is printed as it was written and compared by what it is; see
/// [resource units](https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/). The form with an exponent (`1e3`) is
/// not taken, for nobody writes it by hand.
///
/// ```
/// use baas_deploy::spec::Quantity;
///
/// let size: Quantity = "1Gi".parse()?;
/// assert_eq!(size, "1024Mi".parse()?);
/// assert!(size > "1G".parse()?);
/// assert_eq!(size.to_bytes(), 1 << 30);
/// assert_eq!("0.5".parse::<Quantity>()?.to_millis(), 500);
/// # Ok::<(), baas_deploy::spec::ParseQuantityError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Quantity {
    text: String,
    nanos: u128,
}

/// Why a text is not a [`Quantity`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a quantity such as `10Gi`, `500m` or `1.5`: {reason}")]
#[non_exhaustive]
pub struct ParseQuantityError {
    /// The text.
    pub text: String,
    reason: &'static str,
}

impl Quantity {
    /// Returns how many whole units it is, rounded up; of storage and memory these are bytes.
    pub fn to_bytes(&self) -> u64 {
        u64::try_from(self.nanos.div_ceil(NANOS)).unwrap_or(u64::MAX)
    }

    /// Returns how many thousandths of a unit it is, rounded up; of processors the usual measure.
    pub fn to_millis(&self) -> u64 {
        u64::try_from(self.nanos.div_ceil(NANOS / 1_000)).unwrap_or(u64::MAX)
    }

    /// Returns the text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Quantity {
    type Err = ParseQuantityError;

    fn from_str(text: &str) -> Result<Self, ParseQuantityError> {
        parse(text)
            .map(|nanos| Self {
                text: text.to_owned(),
                nanos,
            })
            .map_err(|reason| ParseQuantityError {
                text: text.to_owned(),
                reason,
            })
    }
}

/// Returns the amount in billionths of a unit.
fn parse(text: &str) -> Result<u128, &'static str> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    if number.is_empty() {
        return Err("it must begin with a digit");
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err("a point stands between digits, once");
    }
    let unit = SUFFIXES.iter().find(|(known, _)| *known == suffix);
    let Some((_, unit)) = unit else {
        return Err("the suffixes are m, k, M, G, T, P, E and Ki, Mi, Gi, Ti, Pi, Ei");
    };
    // Kubernetes has no more than that, and it keeps the sums below far from their limits.
    if whole.len() > 18 || fraction.len() > 9 {
        return Err("it has too many digits");
    }
    let digits = |text: &str| text.parse::<u128>().map_err(|_| "it is not a number");
    let scale = 10_u128.pow(u32::try_from(fraction.len()).unwrap_or(u32::MAX));
    let of_fraction = digits(fraction)? * unit;
    let nanos = digits(whole)? * unit + of_fraction / scale;
    if of_fraction % scale != 0 {
        return Err("it is finer than a billionth");
    }
    if nanos > u128::from(u64::MAX / 2) * NANOS {
        return Err("it is too large");
    }
    Ok(nanos)
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl Hash for Quantity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.nanos.hash(state);
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Amount;

        impl de::Visitor<'_> for Amount {
            type Value = Quantity;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a quantity such as `10Gi`, `500m` or 2")
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Quantity, E> {
                self.visit_str(&value.to_string())
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Quantity, E> {
                self.visit_str(&value.to_string())
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Quantity, E> {
                value.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_compare_by_what_they_are() {
        let ascending = [
            "0", "1n", "500m", "0.75", "1", "1k", "1Ki", "1.5Gi", "2G", "1Ei",
        ];
        for pair in ascending.windows(2) {
            assert!(quantity(pair[0]) < quantity(pair[1]), "{pair:?}");
        }
        for (one, other) in [
            ("1000m", "1"),
            ("1024Ki", "1Mi"),
            ("0.5", "500m"),
            ("1.0", "1"),
        ] {
            assert_eq!(quantity(one), quantity(other));
        }
        assert_eq!(quantity("1.5Gi").to_string(), "1.5Gi");
        assert_eq!(quantity("1500m").to_bytes(), 2);
        assert_eq!(quantity("1u").to_millis(), 1);
    }

    #[test]
    fn what_is_no_amount_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", "begin with a digit"),
            ("-1", "begin with a digit"),
            ("Gi", "begin with a digit"),
            ("10GB", "suffixes"),
            ("10 Gi", "suffixes"),
            ("10gi", "suffixes"),
            ("1e3", "suffixes"),
            ("1.", "point"),
            (".5", "point"),
            ("1.2.3", "point"),
            ("0.1n", "finer"),
            ("10Ei", "too large"),
            ("99999999999999999999", "too many digits"),
            ("0.0000000001", "too many digits"),
        ] {
            let error = text.parse::<Quantity>().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
            assert!(
                error.starts_with(&format!("`{text}` is not a quantity")),
                "{error}"
            );
        }
    }

    #[test]
    fn numbers_and_text_are_read() {
        let read = |json: &str| serde_json::from_str::<Quantity>(json);
        assert_eq!(read("2").unwrap(), quantity("2"));
        assert_eq!(read("0.5").unwrap(), quantity("500m"));
        assert_eq!(read("\"10Gi\"").unwrap(), quantity("10Gi"));
        read("-1").unwrap_err();
        read("1e300").unwrap_err();
        read("[]").unwrap_err();
        assert_eq!(
            serde_json::to_string(&quantity("10Gi")).unwrap(),
            "\"10Gi\""
        );
    }
}
