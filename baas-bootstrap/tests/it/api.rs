//! The shape of the public API.

use std::error::Error as StdError;
use std::fmt::Debug;

fn shared<T: Send + Sync + Debug>() {}
fn error<T: StdError + Send + Sync + 'static>() {}

#[test]
fn public_types_can_be_shared_between_threads() {
    shared::<baas_bootstrap::ChainSpec>();
    shared::<baas_bootstrap::Contracts>();
    shared::<baas_bootstrap::LiveChain>();
    shared::<baas_bootstrap::Plan>();
    shared::<baas_bootstrap::Proof>();
    shared::<baas_bootstrap::Report>();
    shared::<baas_bootstrap::progress::Event>();
    shared::<baas_bootstrap::testing::Chain>();
    error::<baas_bootstrap::Error>();
    error::<baas_bootstrap::ContractProblems>();
}
