#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod accounts;
mod contracts;
mod converge;
mod error;
mod live;
mod operations;
mod plan;
pub mod progress;
mod report;
mod spec;
#[cfg(feature = "testing")]
pub mod testing;

pub use accounts::AccountKeys;
pub use contracts::{Contract, ContractProblem, ContractProblems, Contracts};
pub use converge::{Outcome, Report, converge};
pub use error::Error;
pub use live::LiveChain;
pub use operations::{Operation, State};
pub use plan::{Plan, Stage};
pub use report::{Proof, SignedBlock, prove};
pub use spec::{
    AccountSpec, ChainSpec, DelegationSpec, ProducerSpec, SpecProblem, TokenSpec, VoteSpec,
};
