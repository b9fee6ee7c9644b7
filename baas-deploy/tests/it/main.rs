//! Tests of the public interface, most of them with a real nodeos.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
#[cfg(feature = "cluster-tests")]
mod cluster;
mod console_template;
mod damaged;
mod elected;
mod keosd;
mod keosd_interchange;
mod killed;
mod launch;
mod launch_control;
mod launch_probes;
mod launch_refused;
mod lint;
mod manifests;
mod manifests_lint;
mod manifests_rules;
mod migrate;
mod network;
mod network_policies;
mod pod;
mod provision;
mod reader;
mod refused_options;
mod registry;
mod start_script;
mod support;
mod template;
mod throwaway;
mod tutorial;
mod versions;
