//! The programs, run as people run them: the main job with real nodes, Rust from ABIs, what a spec is rendered to, and the wallet.

mod abi2rs;
mod render;
mod rendered;
mod rollout;
mod support;
mod wallet;
