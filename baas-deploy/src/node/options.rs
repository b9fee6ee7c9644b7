use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::versions::{NodeOption, NodeVersion, NotInVersion, OptionArity, OptionPlace};
use crate::reader::Problems;

/// The value of an option of `config.ini`, or its values where nodeos takes several.
///
/// In YAML a text, a number, a boolean, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct OptionValues(Vec<String>);

/// Options that a spec must not set, and why.
const REFUSED: [(&[&str], &str); 7] = [
    (&["plugin"], "list additional plugins under `plugins`"),
    (
        &[
            "http-server-address",
            "http-category-address",
            "https-server-address",
            "unix-socket-path",
            "p2p-listen-endpoint",
            "p2p-server-address",
            "p2p-peer-address",
        ],
        "addresses are chosen by the deployer; to fix a port, use `http_port` and `p2p_port`",
    ),
    (&["producer-name"], "the producer is the node's `account`"),
    (
        &["signature-provider", "private-key", "peer-private-key"],
        "private keys do not belong into a spec; they are given apart from it",
    ),
    (
        &["enable-stale-production", "pause-on-startup"],
        "the deployer decides which node may produce on a stale chain",
    ),
    (
        &[
            "block-log-retain-blocks",
            "blocks-log-stride",
            "blocks-retained-dir",
            "blocks-archive-dir",
            "max-retained-block-files",
        ],
        "a node keeps all its blocks, for they are what its state is repaired from",
    ),
    (
        &[
            "blocks-dir",
            "state-dir",
            "protocol-features-dir",
            "snapshots-dir",
            "config",
            "config-dir",
            "data-dir",
            "logconf",
            "genesis-json",
            "genesis-timestamp",
            "snapshot",
            "delete-all-blocks",
            "replay-blockchain",
            "hard-replay-blockchain",
            "truncate-at-block",
            "terminate-at-block",
            "print-genesis-json",
            "extract-genesis-json",
            "print-build-info",
            "extract-build-info",
        ],
        "where the node's data lies and how it starts is the deployer's business",
    ),
];

/// Plugins that a spec must not add, and why.
const REFUSED_PLUGINS: [(&str, &str); 2] = [
    (
        "eosio::wallet_plugin",
        "a wallet inside of a node can be used by whoever reaches its RPC; run keosd",
    ),
    (
        "eosio::wallet_api_plugin",
        "a wallet inside of a node can be used by whoever reaches its RPC; run keosd",
    ),
];

impl OptionValues {
    /// Returns an option's one value.
    pub fn one(value: impl Into<String>) -> Self {
        Self(vec![value.into()])
    }

    /// Returns the values of an option that may be given several times.
    pub fn several<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Self {
        Self(values.into_iter().map(Into::into).collect())
    }

    /// Returns the values.
    pub fn values(&self) -> &[String] {
        &self.0
    }
}

/// Reports options and plugins that a node of ours must not have.
pub(crate) fn check_options(
    options: &BTreeMap<String, OptionValues>,
    plugins: &[String],
    version: NodeVersion,
    problems: &mut Problems<'_>,
) {
    for (name, values) in options {
        let mut problems = problems.field("options");
        let mut problems = problems.field(name);
        if name.is_empty()
            || !name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        {
            problems.report("not the name of an option: only letters, digits, `-` and `_`");
            continue;
        }
        // nodeos tells capital letters from small ones: `Plugin` is no option of it.
        let known = version.option(name);
        let lower = name.to_ascii_lowercase();
        if let Some((_, why)) = REFUSED
            .iter()
            .find(|(refused, _)| refused.contains(&lower.as_str()))
        {
            problems.report(format!("not allowed here: {why}"));
        } else {
            check_option(known, values, version, &mut problems);
        }
        if !values.0.iter().all(|value| fits_a_line(value)) {
            problems.report("a value must not contain `#` or control characters");
        }
    }
    for (index, plugin) in plugins.iter().enumerate() {
        let mut problems = problems.field("plugins");
        let mut problems = problems.index(index);
        let is_name = plugin.split_once("::").is_some_and(|(space, name)| {
            [space, name].iter().all(|part| {
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            })
        });
        if !is_name {
            problems.report(format!(
                "`{plugin}` is not the name of a plugin such as `eosio::trace_api_plugin`"
            ));
        }
        if let Some((_, why)) = REFUSED_PLUGINS
            .iter()
            .find(|(refused, _)| refused == plugin)
        {
            problems.report(format!("not allowed: {why}"));
        } else if is_name && let Err(why) = version.plugin(plugin) {
            problems.report(why.to_string());
        }
    }
}

/// Says whether the file can hold a value: there a `#` begins a comment and a line break ends the value.
fn fits_a_line(value: &str) -> bool {
    !value.contains(|c: char| c == '#' || c.is_control())
}

fn check_option(
    known: Result<&NodeOption, NotInVersion>,
    values: &OptionValues,
    version: NodeVersion,
    problems: &mut Problems<'_>,
) {
    match known {
        Err(why) => problems.report(why.to_string()),
        Ok(option) if option.place == OptionPlace::CommandLine => problems.report(format!(
            "{version} takes it on the command line only, and how a node starts is the deployer's business"
        )),
        Ok(option) if option.arity != OptionArity::Several && values.0.len() != 1 => {
            problems.report(format!("it has one value, not {}", values.0.len()));
        }
        Ok(option) => {
            let on_a_line = values.0.iter().filter(|value| fits_a_line(value));
            let found = on_a_line.filter_map(|value| option.kind.problem(value));
            found.for_each(|problem| problems.report(problem));
        }
    }
}

impl<'de> Deserialize<'de> for OptionValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;

        impl<'de> de::Visitor<'de> for Values {
            type Value = OptionValues;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number, true, false, or a list of them")
            }
            fn visit_bool<E>(self, value: bool) -> Result<OptionValues, E> {
                Ok(OptionValues::one(value.to_string()))
            }
            fn visit_i64<E>(self, value: i64) -> Result<OptionValues, E> {
                Ok(OptionValues::one(value.to_string()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<OptionValues, E> {
                Ok(OptionValues::one(value.to_string()))
            }
            fn visit_f64<E>(self, value: f64) -> Result<OptionValues, E> {
                Ok(OptionValues::one(value.to_string()))
            }
            fn visit_str<E>(self, value: &str) -> Result<OptionValues, E> {
                Ok(OptionValues::one(value))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<OptionValues, A::Error> {
                let mut all = Vec::new();
                while let Some(values) = seq.next_element::<OptionValues>()? {
                    all.extend(values.0);
                }
                Ok(OptionValues(all))
            }
        }

        deserializer.deserialize_any(Values)
    }
}
