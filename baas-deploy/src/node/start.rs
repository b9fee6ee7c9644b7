use std::ffi::OsString;
use std::path::PathBuf;

use super::versions::NodeVersion;

/// What a node starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeStart {
    /// An empty directory and a genesis. With `produce` it makes the second block of the chain, whatever the clock says: that is for the
    /// boot node alone.
    Genesis {
        /// The file.
        genesis_json: PathBuf,
        /// Whether it begins the chain.
        produce: bool,
    },
    /// An empty state and a snapshot.
    Snapshot {
        /// The file.
        snapshot: PathBuf,
    },
    /// What it has.
    Resume,
    /// As much of its block log as is whole, after an exit that left the state dirty.
    Replay,
}

/// Why a version cannot start so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{version} cannot start from a snapshot: {first} is the first that can")]
#[non_exhaustive]
pub struct UnsupportedStart {
    /// The version.
    pub version: NodeVersion,
    /// The first version that can.
    pub first: NodeVersion,
}

impl NodeStart {
    /// Returns nodeos' arguments.
    ///
    /// Dawn 4.1 reads its genesis from where its `config.ini` says: beside it, as `genesis.json`.
    ///
    /// # Errors
    ///
    /// When this version cannot start so.
    ///
    /// ```
    /// use baas_deploy::node::{NodeStart, NodeVersion};
    ///
    /// let first = NodeStart::Genesis { genesis_json: "/config/genesis.json".into(), produce: true };
    /// let arguments = first.arguments(NodeVersion::Leap4, "/config".into(), "/data".into())?;
    /// assert_eq!(
    ///     arguments.join(" ".as_ref()),
    ///     "--config-dir /config --data-dir /data --genesis-json /config/genesis.json --enable-stale-production"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn arguments(
        &self,
        version: NodeVersion,
        config_dir: PathBuf,
        data_dir: PathBuf,
    ) -> Result<Vec<OsString>, UnsupportedStart> {
        let is_dawn = version == NodeVersion::Dawn4_1;
        let mut arguments: Vec<OsString> = vec![
            "--config-dir".into(),
            config_dir.into(),
            "--data-dir".into(),
            data_dir.into(),
        ];
        match self {
            Self::Genesis {
                genesis_json,
                produce,
            } => {
                if !is_dawn {
                    arguments.extend(["--genesis-json".into(), genesis_json.into()]);
                }
                if *produce {
                    arguments.push("--enable-stale-production".into());
                }
            }
            Self::Snapshot { .. } if is_dawn => {
                return Err(UnsupportedStart {
                    version,
                    first: NodeVersion::Eosio1_8,
                });
            }
            Self::Snapshot { snapshot } => {
                arguments.extend(["--snapshot".into(), snapshot.into()]);
            }
            Self::Resume => {}
            Self::Replay if is_dawn => arguments.push("--replay-blockchain".into()),
            Self::Replay => arguments.push("--hard-replay-blockchain".into()),
        }
        Ok(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::OptionPlace;

    #[test]
    fn each_version_gets_only_arguments_that_it_knows() {
        let genesis = |produce| NodeStart::Genesis {
            genesis_json: "g".into(),
            produce,
        };
        let snapshot = NodeStart::Snapshot {
            snapshot: "s".into(),
        };
        for version in NodeVersion::ALL {
            for start in [
                genesis(true),
                genesis(false),
                NodeStart::Resume,
                NodeStart::Replay,
                snapshot.clone(),
            ] {
                let Ok(arguments) = start.arguments(version, "c".into(), "d".into()) else {
                    assert_eq!((version, &start), (NodeVersion::Dawn4_1, &snapshot));
                    continue;
                };
                for argument in arguments.iter().filter_map(|argument| argument.to_str()) {
                    if let Some(name) = argument.strip_prefix("--") {
                        version.option(name).unwrap();
                    }
                }
                // Never after the first start, and never from the file.
                let produces = arguments
                    .iter()
                    .any(|argument| argument == "--enable-stale-production");
                assert_eq!(produces, start == genesis(true));
            }
        }
        assert_eq!(
            NodeVersion::Leap4.option("snapshot").unwrap().place,
            OptionPlace::CommandLine
        );
        let error = snapshot
            .arguments(NodeVersion::Dawn4_1, "c".into(), "d".into())
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "dawn-4.1 cannot start from a snapshot: eosio-1.8 is the first that can"
        );
    }
}
