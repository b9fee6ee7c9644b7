//! What the end of nodeos means, read from its exit and its log, and what helps: pure.

use crate::local::NodeExit;

/// What the end of a node means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    StoppedOnRequest,
    StateDatabaseFull,
    DatabaseDirty,
    BlockLogDamaged,
    DiskFull,
    OtherChain,
    SnapshotRefused,
    UnknownOption,
    NoSuchPlugin,
    PortTaken,
    DataInUse,
    KeyRefused,
    Crashed,
    Killed,
    Refused,
    Ended,
}

/// What nodeos (or the C++ library) says, and what it means; the first that is found counts.
const SAID: [(&str, Cause); 25] = [
    ("database dirty flag set", Cause::DatabaseDirty),
    ("Database dirty flag set", Cause::DatabaseDirty),
    ("code cache is dirty", Cause::DatabaseDirty),
    ("No space left on device", Cause::DiskFull),
    ("exceeded file system configured threshold", Cause::DiskFull),
    (
        "increase the value set for \"chain-state-db-size-mb\"",
        Cause::StateDatabaseFull,
    ),
    ("database_guard_exception", Cause::StateDatabaseFull),
    ("std::bad_alloc", Cause::StateDatabaseFull),
    ("boost::interprocess::bad_alloc", Cause::StateDatabaseFull),
    (
        "does not match the existing genesis state",
        Cause::OtherChain,
    ),
    ("does not match the existing chain ID", Cause::OtherChain),
    ("does not match the existing  chain ID", Cause::OtherChain),
    (
        "Genesis state can only be set on a fresh blockchain",
        Cause::OtherChain,
    ),
    (
        "Snapshot can only be used to initialize an empty database",
        Cause::SnapshotRefused,
    ),
    (
        "Block log is provided with snapshot but does not contain",
        Cause::SnapshotRefused,
    ),
    ("snapshot_exception", Cause::SnapshotRefused),
    ("block_log_exception", Cause::BlockLogDamaged),
    ("unrecognised option", Cause::UnknownOption),
    ("Unknown option", Cause::UnknownOption),
    ("unable to find plugin", Cause::NoSuchPlugin),
    ("Address already in use", Cause::PortTaken),
    ("address already in use", Cause::PortTaken),
    (
        "Could not gain write access to the shared memory file",
        Cause::DataInUse,
    ),
    ("could not gain write access", Cause::DataInUse),
    (
        "Private key does not match given public key",
        Cause::KeyRefused,
    ),
];

/// Says whether nodeos found its database dirty, as after a kill.
pub(crate) fn is_dirty_database(exit: NodeExit, log: &str) -> bool {
    exit.is_dirty_database() || log.contains("database dirty flag set")
}

/// Says whether nodeos found its block log damaged, or the index of it. Without an index it refuses to start as
/// well, so that removing it is no remedy.
pub(crate) fn is_block_log_damaged(log: &str) -> bool {
    log.contains("block_log_exception")
}

/// Says whether nodeos found a database that nothing was ever written to; or one of before it had a version.
pub(crate) fn is_state_void(log: &str) -> bool {
    log.contains("state database version pre-dates versioning")
}

impl Cause {
    /// Returns what the end of a node means. `asked`: it had been asked to end.
    pub(crate) fn of(exit: NodeExit, log: &str, asked: bool) -> Self {
        if asked && exit == NodeExit::Code(0) {
            return Self::StoppedOnRequest;
        }
        match exit {
            NodeExit::Code(1) => return Self::StateDatabaseFull,
            NodeExit::Code(2) => return Self::DatabaseDirty,
            _ => {}
        }
        let said = SAID.iter().find(|(said, _)| log.contains(said));
        match (said, exit) {
            (Some((_, cause)), _) => *cause,
            // SIGBUS: a page of a mapped file finds no room.
            (None, NodeExit::Signal(7)) => Self::DiskFull,
            (None, NodeExit::Signal(9)) => Self::Killed,
            (None, NodeExit::Signal(15 | 2)) if asked => Self::StoppedOnRequest,
            (None, NodeExit::Signal(_)) => Self::Crashed,
            (None, NodeExit::Code(254 | 255)) => Self::Refused,
            (None, _) => Self::Ended,
        }
    }

    /// Returns what it means, and what helps.
    pub(crate) fn explain(self) -> (&'static str, &'static str) {
        match self {
            Self::StoppedOnRequest => ("stopped on request", ""),
            Self::StateDatabaseFull => (
                "the state database is full",
                "raise chain-state-db-size-mb in config.ini, and the memory limit with it",
            ),
            Self::DatabaseDirty => (
                "the database is dirty after a kill, and computing it again from the blocks did not help",
                "restore a snapshot on an empty directory; give nodeos more time to stop (terminationGracePeriodSeconds)",
            ),
            Self::BlockLogDamaged => (
                "the block log is damaged",
                "restore a snapshot on an empty directory, or begin from the genesis and let the peers send the blocks",
            ),
            Self::DiskFull => (
                "the disk is full, or fuller than nodeos allows (resource-monitor-space-threshold)",
                "enlarge the volume, or remove what else lies on it",
            ),
            Self::OtherChain => (
                "the genesis is not the one of the chain on the disk",
                "mount the right volume, or the right genesis.json",
            ),
            Self::SnapshotRefused => (
                "the snapshot does not fit to what is on the disk, or is damaged",
                "restore it on an empty directory, or take a snapshot of a block that is in the block log",
            ),
            Self::UnknownOption => (
                "config.ini has an option that this version of nodeos does not know",
                "remove the option that the log names, or render the configuration for this version",
            ),
            Self::NoSuchPlugin => (
                "config.ini has a plugin that this version of nodeos does not have",
                "remove the plugin that the log names, or render the configuration for this version",
            ),
            Self::PortTaken => (
                "a port of nodeos is taken by another process",
                "give http-server-address and p2p-listen-endpoint other ports than the probes and other containers",
            ),
            Self::DataInUse => (
                "another nodeos has the database open",
                "run one node on a volume only",
            ),
            Self::KeyRefused => (
                "a private key is not the one of its public key",
                "mount the right secret",
            ),
            Self::Crashed => (
                "nodeos crashed",
                "look at the order of the plugins in config.ini (chain_api_plugin before producer_plugin), and at the version of nodeos",
            ),
            Self::Killed => (
                "nodeos was killed, most likely because it needed more memory than its limit",
                "raise the memory limit above chain-state-db-size-mb and some hundred MiB, or lower chain-state-db-size-mb",
            ),
            Self::Refused => (
                "nodeos refused to start",
                "the last lines of its log say why",
            ),
            Self::Ended => (
                "nodeos ended by itself",
                "the last lines of its log say why",
            ),
        }
    }

    /// Says whether nothing is known of it but that nodeos would not start: the data may be to blame.
    pub(crate) fn may_be_the_data(self) -> bool {
        matches!(
            self,
            Self::DatabaseDirty | Self::BlockLogDamaged | Self::Refused | Self::Crashed
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nodeos_says_has_a_meaning() {
        use NodeExit::{Code, Signal};
        for (exit, log, asked, cause) in [
            (
                Code(0),
                "exceeded file system configured threshold",
                true,
                Cause::StoppedOnRequest,
            ),
            (
                Code(0),
                "Gracefully shutting down, exceeded file system configured threshold.",
                false,
                Cause::DiskFull,
            ),
            (
                Code(0),
                "Please increase the value set for \"chain-state-db-size-mb\" and restart",
                false,
                Cause::StateDatabaseFull,
            ),
            (Code(0), "", false, Cause::Ended),
            (Code(1), "anything", false, Cause::StateDatabaseFull),
            (Code(2), "", false, Cause::DatabaseDirty),
            (
                Code(254),
                "error: database dirty flag set (likely due to",
                false,
                Cause::DatabaseDirty,
            ),
            (
                Code(254),
                "write: No space left on device",
                false,
                Cause::DiskFull,
            ),
            (
                Code(254),
                "unrecognised option 'x'",
                false,
                Cause::UnknownOption,
            ),
            (
                Code(254),
                "unable to find plugin: x",
                false,
                Cause::NoSuchPlugin,
            ),
            (
                Code(254),
                "block_log_exception",
                false,
                Cause::BlockLogDamaged,
            ),
            (
                Code(254),
                "bind: Address already in use",
                false,
                Cause::PortTaken,
            ),
            (Code(254), "", false, Cause::Refused),
            (Code(3), "", false, Cause::Ended),
            (Signal(7), "", false, Cause::DiskFull),
            (Signal(9), "", true, Cause::Killed),
            (Signal(11), "", false, Cause::Crashed),
            (Signal(15), "", true, Cause::StoppedOnRequest),
            (Signal(15), "", false, Cause::Crashed),
        ] {
            assert_eq!(Cause::of(exit, log, asked), cause, "{exit:?} {log}");
        }
    }

    #[test]
    fn nodeos_refused_is_no_reason_to_touch_the_data_if_it_says_why() {
        for said in [
            "unrecognised option",
            "Address already in use",
            "No space left on device",
        ] {
            assert!(
                !Cause::of(NodeExit::Code(254), said, false).may_be_the_data(),
                "{said}"
            );
        }
        assert!(Cause::of(NodeExit::Code(254), "", false).may_be_the_data());
    }
}
