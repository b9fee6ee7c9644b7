use std::fmt;

use eos_abi::{Checksum256, Name};
use eos_keys::{PrivateKey, PublicKey};
use zeroize::Zeroizing;

/// What the value of an option is, as far as that is certain: what nodeos takes for it, its default in `nodeos --help`, or its
/// documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OptionKind {
    /// Anything.
    Text,
    /// A whole number within these bounds: those of the type that nodeos reads it into, or narrower ones where it refuses more, or takes what was
    /// not meant (a negative number for one near the largest that there is).
    #[non_exhaustive]
    Number {
        /// The least.
        least: i128,
        /// The greatest.
        most: i128,
    },
    /// `true` or `false`, or a word that nodeos takes for one of them.
    Flag,
    /// A flag, or one of these words.
    FlagOr(&'static [&'static str]),
    /// One of these words.
    Words(&'static [&'static str]),
    /// Where to listen: `host:port`, without a host on all addresses; an empty one is for nowhere.
    Endpoint,
    /// Where to listen, or this word.
    EndpointOr(&'static str),
    /// The name of an account.
    Name,
    /// An account's name, this character, and what belongs to it.
    #[non_exhaustive]
    NameAnd {
        /// What stands between them.
        separator: char,
        /// An example of it.
        example: &'static str,
    },
    /// An account and one of its actions.
    Action,
    /// A public key.
    PublicKey,
    /// A public key in quotation marks, which nodeos reads as JSON.
    QuotedPublicKey,
    /// A public key and its private key, each in quotation marks.
    QuotedKeyPair,
    /// The number and the id of a block.
    Checkpoint,
}

/// What [Boost](https://github.com/boostorg/program_options/blob/boost-1.83.0/src/value_semantic.cpp) takes for a flag, in capital or small
/// letters.
const FLAGS: [&str; 8] = ["true", "false", "1", "0", "yes", "no", "on", "off"];

pub(super) const MIN_I32: i128 = i32::MIN as i128;
pub(super) const MAX_I32: i128 = i32::MAX as i128;
pub(super) const MAX_U32: i128 = u32::MAX as i128;
pub(super) const MAX_U64: i128 = u64::MAX as i128;
pub(super) const MAX_I64: i128 = i64::MAX as i128;
/// So many are counted in bytes by a number of 64 bits with a sign.
pub(super) const MOST_MEBIBYTES: i128 = MAX_I64 >> 20;
/// It must be less than what 64 bits count in bytes.
pub(super) const MOST_GIBIBYTES: i128 = (MAX_U64 >> 30) - 1;

pub(super) const U16: OptionKind = number(0, u16::MAX as i128);
pub(super) const U32: OptionKind = number(0, MAX_U32);
pub(super) const U64: OptionKind = number(0, MAX_U64);
pub(super) const I32: OptionKind = number(MIN_I32, MAX_I32);
pub(super) const I64: OptionKind = number(i64::MIN as i128, MAX_I64);
pub(super) const PERCENT: OptionKind = number(0, 100);
/// Some work is only ever done by threads of its own.
pub(super) const THREADS: OptionKind = number(1, u16::MAX as i128);

pub(super) const fn number(least: i128, most: i128) -> OptionKind {
    OptionKind::Number { least, most }
}

pub(super) const fn name_and(separator: char, example: &'static str) -> OptionKind {
    OptionKind::NameAnd { separator, example }
}

/// How long a value may be to be shown: shorter than a key.
const LONGEST_SHOWN: usize = 40;

impl OptionKind {
    /// Says whether it may be this.
    ///
    /// ```
    /// use baas_deploy::node::NodeVersion;
    ///
    /// let max_clients = NodeVersion::Leap4.option("max-clients")?;
    /// assert!(max_clients.kind.accepts("25"));
    /// assert!(!max_clients.kind.accepts("many"));
    /// # Ok::<(), baas_deploy::node::NotInVersion>(())
    /// ```
    pub fn accepts(self, value: &str) -> bool {
        let is_flag = || FLAGS.contains(&value.to_ascii_lowercase().as_str());
        match self {
            Self::Text => true,
            Self::Number { least, most } => value
                .parse()
                .is_ok_and(|number| (least..=most).contains(&number)),
            Self::Flag => is_flag(),
            // nodeos tells no capital letters from small ones here, and does in other words.
            Self::FlagOr(words) => {
                is_flag() || words.contains(&value.to_ascii_lowercase().as_str())
            }
            Self::Words(words) => words.contains(&value),
            Self::Endpoint => value.is_empty() || is_endpoint(value),
            Self::EndpointOr(word) => value == word || Self::Endpoint.accepts(value),
            Self::Name => value.parse::<Name>().is_ok(),
            Self::NameAnd { separator, .. } => value
                .split_once(separator)
                .is_some_and(|(name, rest)| is_name(name) && !rest.is_empty()),
            Self::Action => value
                .split_once("::")
                .is_some_and(|(account, action)| is_name(account) && is_name(action)),
            Self::PublicKey => is_public_key(value),
            Self::QuotedPublicKey => {
                serde_json::from_str(value).is_ok_and(|key: String| is_public_key(&key))
            }
            Self::QuotedKeyPair => serde_json::from_str(value).is_ok_and(
                |(public, private): (String, Zeroizing<String>)| {
                    let private = private.parse::<PrivateKey>();
                    private.is_ok_and(|private| Ok(private.public_key()) == public.parse())
                },
            ),
            Self::Checkpoint => serde_json::from_str(value)
                .is_ok_and(|(_, id): (u32, String)| id.parse::<Checksum256>().is_ok()),
        }
    }

    /// Returns what is wrong with a value; it is quoted unless it is as long as a key.
    pub(crate) fn problem(self, value: &str) -> Option<String> {
        if self.accepts(value) {
            return None;
        }
        let is_secret = self == Self::QuotedKeyPair;
        Some(if is_secret || value.chars().count() > LONGEST_SHOWN {
            format!("the value is not {self}")
        } else {
            format!("`{value}` is not {self}")
        })
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.parse::<Name>().is_ok()
}

fn is_public_key(text: &str) -> bool {
    text.parse::<PublicKey>().is_ok()
}

fn is_endpoint(value: &str) -> bool {
    value.rsplit_once(':').is_some_and(|(host, port)| {
        let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
        is_number && port.parse::<u16>().is_ok() && host.bytes().all(|byte| byte.is_ascii_graphic())
    })
}

impl fmt::Display for OptionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (flag, words) = match self {
            Self::Text => return f.write_str("a text"),
            Self::Number { least, most } => {
                return write!(f, "a whole number from {least} to {most}");
            }
            Self::Endpoint => return f.write_str("a host and a port such as `127.0.0.1:8888`"),
            Self::EndpointOr(word) => return write!(f, "{} or `{word}`", Self::Endpoint),
            Self::Name => return f.write_str("the name of an account"),
            Self::NameAnd { separator, example } => {
                return write!(
                    f,
                    "the name of an account, `{separator}` and what belongs to it, such as `{example}`"
                );
            }
            Self::Action => {
                return f.write_str("an account and its action such as `eosio.token::transfer`");
            }
            Self::PublicKey => return f.write_str("a public key"),
            Self::QuotedPublicKey => {
                return f.write_str("a public key in quotation marks, `\"PUBLIC\"`");
            }
            Self::QuotedKeyPair => {
                return f.write_str("a public key and its private key, `[\"PUBLIC\",\"PRIVATE\"]`");
            }
            Self::Checkpoint => {
                return f.write_str("the number and the id of a block, `[NUMBER,\"ID\"]`");
            }
            Self::Flag => ("`true` or `false`", &[][..]),
            Self::FlagOr(words) => ("`true`, `false`", *words),
            Self::Words(words) => ("", *words),
        };
        f.write_str(flag)?;
        for (index, word) in words.iter().enumerate() {
            let is_first = index == 0 && flag.is_empty();
            let before = match (is_first, index + 1 == words.len()) {
                (true, _) => "",
                (false, true) => " or ",
                (false, false) => ", ",
            };
            write!(f, "{before}`{word}`")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::node::NodeVersion;

    const KEY: &str = "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV";
    /// The development key that is printed in the documents of nodeos.
    const PRIVATE: &str = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";

    #[test]
    fn values_are_taken_as_nodeos_takes_them() {
        // What nodeos 4.1 did with each line in its config.ini.
        for (option, good, bad) in [
            (
                "contracts-console",
                &["true", "0", "yes", "off", "TRUE"][..],
                &["maybe", "2", "t", "\"true\""][..],
            ),
            ("http-validate-host", &["false", "on"], &["2", ""]),
            (
                "max-clients",
                &["5", "+5", "05"],
                &[
                    "many",
                    "0x5",
                    "5.0",
                    "5，",
                    "5 6",
                    "\"5\"",
                    "",
                    "4294967296",
                ],
            ),
            ("http-threads", &["1", "2"], &["0", "65536"]),
            ("greylist-limit", &["1", "1000"], &["0", "1001"]),
            ("cpu-effort-percent", &["0", "100"], &["101"]),
            (
                "http-max-bytes-in-flight-mb",
                &["-1", "8796093022206"],
                &["-2", "8796093022207"],
            ),
            (
                "transaction-retry-max-storage-size-gb",
                &["18446744073709551615"],
                &["18446744073709551616"],
            ),
            ("state-history-log-retain-blocks", &["1000"], &["999"]),
            (
                "max-transaction-time",
                &["200", "-1"],
                &["x", "99999999999999999999"],
            ),
            (
                "eos-vm-oc-enable",
                &["auto", "AUTO", "none", "1", "off"],
                &["foo"],
            ),
            (
                "wasm-runtime",
                &["eos-vm", "eos-vm-jit"],
                &["eos-vm-oc", "EOS-VM", "wabt"],
            ),
            (
                "database-map-mode",
                &["mapped", "heap"],
                &["foo", "mapped_private"],
            ),
            ("read-mode", &["head", "speculative"], &["read-only"]),
            ("validation-mode", &["light"], &["foo"]),
            (
                "producer-name",
                &["bp1", "eosio"],
                &["BP1", "bp_1", "a.", "a b", "abcdefghijklmnop"],
            ),
            (
                "http-server-address",
                &[
                    "127.0.0.1:8888",
                    ":8888",
                    "[::1]:8888",
                    "localhost:1",
                    "",
                    "http-category-address",
                ],
                &[
                    "127.0.0.1",
                    "127.0.0.1：8888",
                    "127.0.0.1:x",
                    "a b:1",
                    "127.0.0.1:65536",
                ],
            ),
            ("agent-name", &["anything goes"], &[]),
        ] {
            check(option, good, bad);
        }
    }

    #[test]
    fn values_of_several_parts_are_taken_as_nodeos_takes_them() {
        for (option, good, bad) in [
            (
                "p2p-auto-bp-peer",
                &["bp1,host:1"][..],
                &["x", "BAD,host:1"][..],
            ),
            ("trace-rpc-abi", &["eosio=eosio.abi"], &["x"]),
            (
                "action-blacklist",
                &["eosio.token::transfer"],
                &["eosio", "eosio:x", "a::b::c", "BAD::x", "a::BAD"],
            ),
            (
                "key-blacklist",
                &[
                    KEY,
                    "PUB_K1_6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5BoDq63",
                ],
                &["x", &format!("\"{KEY}\"")],
            ),
            (
                "peer-key",
                &[&format!("\"{KEY}\"")],
                &[KEY, "x", "\"x\"", &format!("'{KEY}'")],
            ),
            (
                "peer-private-key",
                &[&format!("[\"{KEY}\",\"{PRIVATE}\"]")],
                &[
                    "x",
                    "[\"x\",\"y\"]",
                    &format!("[{KEY},{PRIVATE}]"),
                    &format!("[\"{PRIVATE}\",\"{KEY}\"]"),
                ],
            ),
            (
                "checkpoint",
                &[&format!("[5,\"{}\"]", "0a".repeat(32))],
                &[
                    "5",
                    "5,abc",
                    "[5,5]",
                    "[5,\"zz\"]",
                    "[5,\"abc\"]",
                    "[5,null]",
                ],
            ),
        ] {
            check(option, good, bad);
        }
    }

    #[track_caller]
    fn check(option: &str, good: &[&str], bad: &[&str]) {
        let kind = NodeVersion::Leap4.option(option).unwrap().kind;
        for value in good {
            assert!(kind.accepts(value), "{option} = {value}");
        }
        for value in bad {
            assert!(!kind.accepts(value), "{option} = {value}");
        }
    }

    #[test]
    fn a_problem_says_what_it_should_be_and_shows_no_key() {
        let told = |option: &str, value: &str| {
            let kind = NodeVersion::Leap4.option(option).unwrap().kind;
            kind.problem(value).unwrap()
        };
        assert_eq!(
            told("max-clients", "many"),
            "`many` is not a whole number from 0 to 4294967295"
        );
        assert_eq!(
            told("max-transaction-time", "2147484"),
            "`2147484` is not a whole number from -2147483648 to 2147483"
        );
        assert_eq!(
            told("contracts-console", "maybe"),
            "`maybe` is not `true` or `false`"
        );
        assert_eq!(
            told("eos-vm-oc-enable", "foo"),
            "`foo` is not `true`, `false`, `auto`, `all` or `none`"
        );
        assert_eq!(
            told("wasm-runtime", "wabt"),
            "`wabt` is not `eos-vm` or `eos-vm-jit`"
        );
        assert_eq!(
            told("max-clients", &"5".repeat(51)),
            "the value is not a whole number from 0 to 4294967295"
        );
        assert_eq!(
            told("peer-private-key", "5K"),
            "the value is not a public key and its private key, `[\"PUBLIC\",\"PRIVATE\"]`"
        );
        assert_eq!(
            told("peer-key", "EOS"),
            "`EOS` is not a public key in quotation marks, `\"PUBLIC\"`"
        );
        assert_eq!(
            told("p2p-auto-bp-peer", "bp1"),
            "`bp1` is not the name of an account, `,` and what belongs to it, such as `bp1,host:9876`"
        );
    }
}
