//! Where the contracts of these tests come from.

use std::path::PathBuf;

use baas_deploy::local::{Environment, Wheel};

/// The system's contracts, as the package brings them that also holds the node.
pub(crate) async fn contracts_dir() -> PathBuf {
    Wheel::provide(&Environment::from_process(), &|_| {})
        .await
        .unwrap()
        .contracts_dir()
}
