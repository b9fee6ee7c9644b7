//! What the programs of this package share: reading the rollout's file, and showing progress to people and programs.

pub mod display;
pub mod rollout_spec;
pub mod summary;

/// The programs in the workspace's README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
