use eos_abi::Name;
use eos_keys::PublicKey;

use crate::ContractProblems;
use crate::spec::SpecProblem;

/// Why a chain could not be brought to where its spec wants it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The spec cannot be carried out; all that is wrong with it.
    #[error("the chain spec cannot be carried out: {}", list(problems))]
    Spec {
        /// Each problem, with its place.
        problems: Vec<SpecProblem>,
    },
    /// Contract files are missing or not what they should be.
    #[error("the contracts cannot be used")]
    Contracts {
        /// Each problem, with its file.
        #[source]
        source: ContractProblems,
    },
    /// A key is published somewhere, so that anybody could sign with it.
    #[error(
        "the key {key} of account {account} is published: anybody can sign with it; generate a fresh one"
    )]
    PublishedKey {
        /// The account.
        account: Name,
        /// Its public key.
        key: PublicKey,
    },
    /// An account of the spec came without a key.
    #[error("no key is given for account {account}")]
    NoKey {
        /// The account.
        account: Name,
    },
    /// An action could not be written in the form its contract expects.
    #[error("action {contract}::{action} could not be packed")]
    Action {
        /// The contract.
        contract: Name,
        /// The action.
        action: String,
        /// Where the arguments depart from the contract's ABI.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The node did not do what an operation needs.
    #[error("{operation} failed")]
    Operation {
        /// The operation, as the plan lists it.
        operation: String,
        /// What the node said.
        #[source]
        source: eos_client::Error,
    },
    /// The chain is in a state that the spec rules out and no operation can lead out of.
    #[error("{operation}: the chain has {found}, the spec wants {wanted}; it is left as it is")]
    Conflict {
        /// The operation, as the plan lists it.
        operation: String,
        /// What is there.
        found: String,
        /// What should be there.
        wanted: String,
    },
    /// An operation was carried out, but its effect does not show on the chain.
    #[error(
        "{operation} was carried out, but the chain does not show it after {waited_s} s: {missing}"
    )]
    NotVerified {
        /// The operation, as the plan lists it.
        operation: String,
        /// What is still missing.
        missing: String,
        /// How long was waited.
        waited_s: u64,
    },
    /// The elected producers did not prove themselves in time.
    #[error("no proof after {waited_s} s: {missing}")]
    NotProven {
        /// What is missing: who has not signed, or how far the last irreversible block is.
        missing: String,
        /// How long was waited.
        waited_s: u64,
    },
    /// A text is not what it should be: an account's name, an amount.
    #[error("`{text}` cannot be used")]
    Argument {
        /// The text.
        text: String,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The chain could not be observed.
    #[error("the chain could not be observed")]
    Observe {
        /// What the node said.
        #[source]
        source: eos_client::Error,
    },
}

fn list(problems: &[SpecProblem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}
