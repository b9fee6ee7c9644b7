//! The main job, run as people run it: the program itself, with real nodes.

mod rollout;
mod support;
