//! The programs, run as people run them; the main job with real nodes.

mod abi2rs;
mod rollout;
mod support;
