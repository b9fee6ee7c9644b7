//! What a schema allows.

use crate::limits::Limits;

/// What is done beside the types: how much, how strictly, and whether secrets may pass.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rules {
    pub(super) limits: Limits,
    /// What nodeos takes is taken, as long as it means one thing only.
    pub(super) lenient: bool,
    pub(super) private_keys: bool,
}
