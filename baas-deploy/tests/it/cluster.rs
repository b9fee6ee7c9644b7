//! What needs more than Rust, Python and a nodeos; `baas-deploy/tests/cluster/setup.sh` brings it.

mod api_server;
mod manifests;
mod registry;
mod shellcheck;
mod size_limit;
