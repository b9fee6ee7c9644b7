//! The programs, run as people run them: the main job with real nodes, Rust from ABIs, and the wallet.

mod abi2rs;
mod rollout;
mod support;
mod wallet;
