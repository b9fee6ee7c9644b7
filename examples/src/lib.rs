//! What the programs of this package share: reading the rollout's file, progress for people and programs, secrets and wallets.

pub mod display;
pub mod input_text;
pub mod output_dir;
pub mod rendering;
pub mod rollout_spec;
pub mod secret_input;
mod steps_by_hand;
pub mod summary;
pub mod wallet_file;

/// The programs in the workspace's README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
