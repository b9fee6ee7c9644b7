use std::fmt;
use std::str::FromStr;

use eos_abi::Name;
use serde::{Deserialize, Serialize};

/// The longest that DNS allows.
const MAX_LEN: usize = 63;
/// Stands before an account whose name does not begin with a letter. No account's name has a `0`, so that it cannot be mistaken.
const ESCAPE: &str = "n0";

/// A DNS label that starts with a letter (RFC 1035), as the name of a Kubernetes Service must: 1 to 63 of the characters a-z, 0-9 and -.
///
/// Each account has one of its own, from which it is found again:
///
/// ```
/// use baas_deploy::DnsLabel;
///
/// for (account, label) in [("bp1", "bp1"), ("bp.one", "bp-one"), ("1bp", "n01bp")] {
///     let made = DnsLabel::from_account(account.parse()?)?;
///     assert_eq!(made.as_str(), label);
///     assert_eq!(made.account(), Some(account.parse()?));
/// }
/// // These are labels, but no account's.
/// assert_eq!("bp-6".parse::<DnsLabel>()?.account(), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DnsLabel(String);

/// Why a text is not a [`DnsLabel`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a DNS label: 1 to {MAX_LEN} of the characters a-z, 0-9 and -, the first a letter, the last not -"
)]
#[non_exhaustive]
pub struct ParseDnsLabelError {
    /// The text.
    pub text: String,
}

impl DnsLabel {
    /// Returns the label of an account: its name with `-` for each `.`, after `n0` when that does not begin with a letter.
    ///
    /// No two accounts have the same: names have neither `-` nor `0`.
    ///
    /// # Errors
    ///
    /// When the name is empty.
    pub fn from_account(account: Name) -> Result<Self, ParseDnsLabelError> {
        let text = account.to_string().replace('.', "-");
        if text.starts_with(|c: char| c.is_ascii_lowercase()) || text.is_empty() {
            text.parse()
        } else {
            format!("{ESCAPE}{text}").parse()
        }
    }

    /// Returns the account whose label it is; `None` when it is no account's.
    pub fn account(&self) -> Option<Name> {
        let text = self.0.strip_prefix(ESCAPE).unwrap_or(&self.0);
        let account = text.replace('-', ".").parse().ok()?;
        // Only what is made from the account counts: `n0bp1` is not, for `bp1` needs no escape.
        (Self::from_account(account).as_ref() == Ok(self)).then_some(account)
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DnsLabel {
    type Err = ParseDnsLabelError;

    fn from_str(text: &str) -> Result<Self, ParseDnsLabelError> {
        let is_label = (1..=MAX_LEN).contains(&text.len())
            && text
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-');
        if is_label {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseDnsLabelError {
                text: text.to_owned(),
            })
        }
    }
}

impl TryFrom<String> for DnsLabel {
    type Error = ParseDnsLabelError;
    fn try_from(text: String) -> Result<Self, ParseDnsLabelError> {
        text.parse()
    }
}

impl From<DnsLabel> for String {
    fn from(label: DnsLabel) -> Self {
        label.0
    }
}

impl fmt::Display for DnsLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn label(account: &str) -> String {
        let account: Name = account.parse().unwrap();
        DnsLabel::from_account(account).unwrap().to_string()
    }

    #[test]
    fn the_tutorials_accounts_keep_their_names_and_odd_ones_get_theirs() {
        for (account, expected) in [
            ("bp1", "bp1"),
            ("eosio", "eosio"),
            ("eosio.token", "eosio-token"),
            ("bp.one", "bp-one"),
            ("1bp", "n01bp"),
            ("5", "n05"),
            (".a", "n0-a"),
            ("a..b", "a--b"),
            ("n", "n"),
            ("zzzzzzzzzzzzj", "zzzzzzzzzzzzj"),
        ] {
            assert_eq!(label(account), expected);
        }
        let error = DnsLabel::from_account(Name::default()).unwrap_err();
        assert!(
            error.to_string().starts_with("`` is not a DNS label"),
            "{error}"
        );
    }

    #[test]
    fn labels_are_checked() {
        let longest = "a".repeat(MAX_LEN);
        for good in ["a", "bp-6", "n0bp1", "xn--a", &longest] {
            assert_eq!(good.parse::<DnsLabel>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "1a",
            "-a",
            "a-",
            "A",
            "a.b",
            "a_b",
            "ä",
            &"a".repeat(MAX_LEN + 1),
        ] {
            bad.parse::<DnsLabel>().unwrap_err();
        }
        // Labels that look like an account's, but are not what it is given.
        for other in [
            "n0bp1",
            "n0",
            "n0n01a",
            "bp6",
            "a0",
            "zzzzzzzzzzzzz",
            &longest,
        ] {
            assert_eq!(
                other.parse::<DnsLabel>().unwrap().account(),
                None,
                "{other}"
            );
        }
    }

    proptest! {
        #[test]
        fn each_account_has_its_own_label_and_is_found_again(value in 1..=u64::MAX, other in 1..=u64::MAX) {
            let (account, other) = (Name::from_u64(value), Name::from_u64(other));
            let label = DnsLabel::from_account(account).unwrap();
            prop_assert_eq!(label.account(), Some(account));
            prop_assert_eq!(label.as_str().parse::<DnsLabel>().unwrap(), label.clone());
            prop_assert!(label.as_str().len() <= 15);
            let others = DnsLabel::from_account(other).unwrap();
            prop_assert_eq!(label == others, account == other);
        }

        #[test]
        fn short_accounts_do_not_collide_either(text in "[.1n]{0,3}[a1n]", other in "[.1n]{0,3}[a1n]") {
            prop_assert_eq!(label(&text) == label(&other), text == other);
        }

        #[test]
        fn a_label_is_of_at_most_one_account(text in "[a-z]([a-z0-9-]{0,13}[a-z0-9])?") {
            let parsed: DnsLabel = text.parse().unwrap();
            if let Some(account) = parsed.account() {
                prop_assert_eq!(DnsLabel::from_account(account).unwrap(), parsed);
            }
        }
    }
}
