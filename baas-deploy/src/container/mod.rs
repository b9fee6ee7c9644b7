//! What people need who build the image of nodes with docker, podman or OpenShift: a Containerfile and a start script.

mod containerfile;

pub use containerfile::Containerfile;

/// The start script for images that have a shell, in POSIX sh. It is the tutorial's `nodeosd.sh` as it was meant: it puts the public
/// configuration and the mounted keys together in memory, decides from what is on the disk how nodeos starts, and becomes it.
///
/// Its options are a part of those of `baas-launch`, so the same arguments serve in images with either.
pub const START_SCRIPT: &str = include_str!("nodeosd.sh");

/// Where the parts of an image of nodes lie, in those that this crate makes as in those of its Containerfile.
pub mod layout {
    /// The program that starts nodeos in an image without a shell.
    pub const LAUNCHER: &str = "/opt/baas/bin/baas-launch";
    /// The script that starts nodeos in an image with a shell.
    pub const START_SCRIPT: &str = "/opt/baas/bin/nodeosd.sh";
    /// nodeos, or a link to the executable that is nodeos, cleos and keosd.
    pub const NODEOS: &str = "/usr/local/bin/nodeos";
    /// The executables of the chain.
    pub const PROGRAMS: &str = "/opt/eosio/bin";
    /// Their libraries, found by `LD_LIBRARY_PATH`.
    pub const LIBRARIES: &str = "/opt/eosio/lib";
    /// Where the public configuration and the genesis are mounted.
    pub const CONFIG: &str = "/etc/baas/config";
    /// Where the keys are mounted.
    pub const SECRET: &str = "/etc/baas/secret";
    /// Where memory is mounted, for the configuration with the keys.
    pub const RUN: &str = "/run/baas";
    /// Where the chain's volume is mounted.
    pub const DATA: &str = "/data";
    /// The port at which `baas-launch` answers probes.
    pub const PROBE_PORT: u16 = 8890;
    /// The user and group of the image; a cluster may choose another user, in the same group.
    pub const USER: &str = "1000:0";
}
